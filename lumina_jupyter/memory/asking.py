"""How a question gets into a log: once, at its place among the turns, with its images."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..errors import InvalidBody
from .attachments import Image, attach
from .log import LogEntry, NewEntry, append, take

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Asked:
    """A question in a conversation's log.

    `fresh` says that this call put it there, else it was there already; `answered` that something of an
    answer follows it.
    """

    conversation: str
    entry: LogEntry
    fresh: bool = True
    answered: bool = False

    @property
    def parent(self) -> str:
        """The turn that it follows; empty when it is the first."""
        return str(self.entry.data.get("parent") or "")


def ask(
    connection: Connection, conversation_id: str, question: NewEntry, parent: str | None, images: Sequence[Image]
) -> Asked:
    """Add a question, within a transaction; nothing is added when the log has that turn already.

    `parent` is the turn that it follows: None for the last one asked, empty for none.

    Raises:
        NotFound: when there is no such conversation.
        InvalidBody: when it has no turn `parent`.
    """
    # Takes the row first: of two that send the same question at once, the second finds it.
    take(connection, conversation_id, time.time())
    found = question_of(connection, conversation_id, question.turn)
    if found is not None:
        return Asked(conversation_id, found, False, _is_answered(connection, conversation_id, question.turn))
    if parent is None:
        parent = last_turn(connection, conversation_id)
    elif parent and question_of(connection, conversation_id, parent) is None:
        raise InvalidBody("There is no such turn to go on with.", field="parent")
    attach(connection, conversation_id, images)
    placed = replace(question, data={**question.data, "parent": parent})
    (entry,) = append(connection, conversation_id, [placed])
    return Asked(conversation_id, entry)


def question_of(connection: Connection, conversation_id: str, turn: str) -> LogEntry | None:
    """The question of a turn."""
    from sqlalchemy import select

    from ..storage.tables import conversation_events as log

    row = connection.execute(
        select(log.c.sequence, log.c.at, log.c.turn, log.c.author, log.c.kind, log.c.data)
        .where(log.c.conversation_id == conversation_id, log.c.turn == turn, log.c.kind == "question")
        .limit(1)
    ).first()
    return LogEntry(*row) if row is not None else None


def _is_answered(connection: Connection, conversation_id: str, turn: str) -> bool:
    from sqlalchemy import select

    from ..storage.tables import conversation_events as log

    query = select(log.c.sequence).where(
        log.c.conversation_id == conversation_id, log.c.turn == turn, log.c.kind.not_in(["question", "context"])
    )
    return connection.execute(query.limit(1)).scalar() is not None


def last_turn(connection: Connection, conversation_id: str, before: int | None = None) -> str:
    """The turn that was asked last, or last before an entry; empty when there is none."""
    from sqlalchemy import select

    from ..storage.tables import conversation_events as log

    query = select(log.c.turn).where(log.c.conversation_id == conversation_id, log.c.kind == "question")
    if before is not None:
        query = query.where(log.c.sequence < before)
    turn: Any = connection.execute(query.order_by(log.c.sequence.desc()).limit(1)).scalar()
    return str(turn or "")
