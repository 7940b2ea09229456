"""Turns that no model answers: what a person gave to the agent, and what came of it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..events import Event
from ..storage import Database
from .asking import ask, question_of
from .conversations import Conversations
from .live import LiveConversations
from .log import Log, NewEntry
from .people import Viewer, shown
from .turn_log import TurnLog

if TYPE_CHECKING:
    from sqlalchemy import Connection

log = logging.getLogger(__name__)


class Works:
    """Puts work into the conversation in which it was given, so that its log is whole without whoever does the work.

    Args:
        database: Where the logs are.
        live: Who reads along.
    """

    def __init__(self, database: Database, live: LiveConversations) -> None:
        self._database = database
        self._log = Log(database)
        self._conversations = Conversations(database)
        self._live = live
        self._open: dict[tuple[str, str], TurnLog] = {}

    async def begin(
        self,
        conversation: str,
        run: str,
        text: str,
        viewer: Viewer,
        *,
        author: str,
        parent: str | None,
        model: str,
        persona: str,
    ) -> None:
        """Put what was asked for into the log, as a turn of the run's id that goes on until `end`.

        Args:
            conversation: Its id; the viewer may see it.
            run: The run's id.
            text: What was asked for.
            viewer: Who asked.
            author: Their name in the usage log; empty for none.
            parent: The turn that it follows: None for the last one asked, empty for none.
            model: The model that was chosen; empty for none.
            persona: Who works; empty for Lumina itself.

        Raises:
            LuminaError: when it cannot be written; nothing is in the log then.
        """
        data = {
            "text": text,
            "model": model,
            "command": "",
            "persona": persona,
            "images": [],
            "by": shown(viewer.person),
            "run": run,
        }
        entry = NewEntry("question", data, run, author)
        asked = await self._database.run(lambda connection: ask(connection, conversation, entry, parent, ()))
        channel = self._live.channel(conversation)
        if asked.fresh:
            channel.publish([asked.entry])
        if asked.entry.sequence == 1:
            self._live.changed(await self._conversations.get(conversation, viewer))
        self._open[conversation, run] = TurnLog(self._log, channel, run)

    async def end(self, conversation: str, run: str, events: Sequence[Event]) -> None:
        """Put what came of it into the log; nothing happens where it was never begun, or has an end.

        Args:
            conversation: Its id.
            run: The run's id.
            events: What is told of it; the last one is an end.

        Raises:
            LuminaError: when the log cannot be read.
        """
        kept = self._open.pop((conversation, run), None)
        if kept is None:
            # It was begun before the server was started.
            if not await self._database.read(lambda connection: _is_open(connection, conversation, run)):
                return
            kept = TurnLog(self._log, self._live.channel(conversation), run)
        for event in events:
            kept.add(event)
        if not await kept.finish():
            log.error("what came of a run could not be kept in its conversation: %s", kept.trouble)
            kept.give_up()


def _is_open(connection: Connection, conversation: str, run: str) -> bool:
    """Whether a run's turn is in a log, and has no end."""
    from sqlalchemy import select

    from ..storage.tables import conversation_events as log_table

    if question_of(connection, conversation, run) is None:
        return False
    ends = select(log_table.c.sequence).where(
        log_table.c.conversation_id == conversation,
        log_table.c.turn == run,
        log_table.c.kind.in_(["message_finished", "failed"]),
    )
    return connection.execute(ends.limit(1)).scalar() is None
