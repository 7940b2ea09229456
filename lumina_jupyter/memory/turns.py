"""Turns: questions are put into the log and answered, for an asker who waits or for whoever reads the conversation."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..errors import InvalidBody, LuminaError, NotFound
from ..events import Event, Failed, Notice
from ..gateway import Gateway, Message
from ..settings import Lumina
from ..storage import Database, storable
from .asking import Asked, ask
from .attachments import images_of, with_images
from .conversations import Conversations, current, get
from .gathering import Expand, Gather, Work
from .history import messages
from .live import LiveConversations
from .log import TURN_LENGTH, Log, NewEntry
from .people import NOBODY, Viewer, shown
from .question import Question
from .turn import Turn
from .turn_log import TurnLog, trouble_notice
from .unsaved import UnsavedTurns

if TYPE_CHECKING:
    from sqlalchemy import Connection

Sees = Callable[[str], Awaitable[bool]]
"""Whether a model, by its name or empty for the default one, looks at images."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A turn whose question is in the log, as entry number `sequence`."""

    turn: str
    sequence: int


class Turns:
    """Runs questions against the gateway, with the conversation's history.

    Args:
        expand: Gives slash commands their prompts.
        gather: Gathers what the model shall see of the notebook.
        sees: Tells whether a model is shown earlier images again.
        work: Answers with tools.
    """

    def __init__(
        self,
        settings: Lumina,
        gateway: Gateway,
        database: Database,
        live: LiveConversations,
        *,
        expand: Expand | None = None,
        gather: Gather | None = None,
        sees: Sees | None = None,
        work: Work | None = None,
    ) -> None:
        self._settings = settings
        self._gateway = gateway
        self._database = database
        self._conversations = Conversations(database)
        self._log = Log(database)
        self._live = live
        self._expand = expand
        self._gather = gather
        self._sees = sees
        self._work = work
        self._under_way: dict[str, Turn] = {}
        self._begun: dict[tuple[str, str], asyncio.Task[Started]] = {}
        self._runs: set[asyncio.Task[None]] = set()
        self._idle = asyncio.Event()
        self._idle.set()
        self.unsaved = UnsavedTurns()

    # --- for an asker who waits -------------------------------------------------------------------

    async def ask(self, question: Question, viewer: Viewer = NOBODY) -> AsyncGenerator[Event, None]:
        """Stream the answer; ends with exactly one `MessageFinished` or `Failed`. Closing the stream stops it.

        Trouble with the log is told by a `Notice` and does not take the answer away.
        """
        try:
            turn = Turn(await self._expanded(question), question)
        except LuminaError as error:
            yield Failed.of(error)
            return
        self._count(turn)
        try:
            trouble = await self._open(turn, question, viewer) if question.history else None
            if trouble is not None:
                yield trouble
            async with aclosing(self._answer(turn)) as events:
                async for event in events:
                    yield event
        except LuminaError as error:
            yield Failed.of(error)
        finally:
            self._uncount(turn)

    async def _open(self, turn: Turn, question: Question, viewer: Viewer) -> Notice | None:
        """Put the question into the log and read what came before it; what went wrong with that, if anything."""
        try:
            asked = await self._place(question, turn.question, viewer)
            if not asked.fresh:
                raise InvalidBody("This request id was used before.", field="request_id")
            turn.kept = TurnLog(self._log, self._live.channel(asked.conversation), question.request_id)
            turn.history = await self._history(question, asked)
        except InvalidBody:
            raise
        except LuminaError as error:
            if turn.kept is None and question.conversation and isinstance(error, NotFound):
                raise
            return trouble_notice(error)
        return None

    # --- for whoever reads the conversation -------------------------------------------------------

    async def start(self, question: Question, viewer: Viewer) -> Started:
        """Put a question into the log of its conversation and begin to answer it, whoever listens.

        The same question twice is the same turn: it is answered once.

        Raises:
            LuminaError: when the question could not be written; nothing was asked then.
        """
        name = (question.conversation, question.request_id)
        if name not in self._begun:
            self._begun[name] = asyncio.get_running_loop().create_task(self._start(question, viewer))
            self._begun[name].add_done_callback(lambda task: self._forget_failed(name, task))
        return await asyncio.shield(self._begun[name])

    def _forget_failed(self, name: tuple[str, str], task: asyncio.Task[Started]) -> None:
        if task.cancelled() or task.exception() is not None:
            self._begun.pop(name, None)

    async def _start(self, question: Question, viewer: Viewer) -> Started:
        prompted = await self._expanded(question)
        asked = await self._place(question, prompted, viewer)
        if asked.answered or question.request_id in self._under_way:
            self._begun.pop((question.conversation, question.request_id), None)
        else:
            turn = Turn(prompted, question)
            turn.kept = TurnLog(self._log, self._live.channel(asked.conversation), question.request_id)
            self._count(turn)
            run = asyncio.get_running_loop().create_task(self._run(turn, turn.kept, question, asked))
            self._runs.add(run)
            run.add_done_callback(self._runs.discard)
        return Started(turn=question.request_id, sequence=asked.entry.sequence)

    async def _run(self, turn: Turn, kept: TurnLog, question: Question, asked: Asked) -> None:
        try:
            try:
                turn.history = await self._history(question, asked)
            except LuminaError as error:
                kept.add(Notice("history", f"Earlier turns could not be read. {error.message}"))
            async with aclosing(self._answer(turn)) as events:
                async for _ in events:
                    # Nobody slows this down, and others want their turn.
                    await asyncio.sleep(0)
        finally:
            self._begun.pop((question.conversation, question.request_id), None)
            self._uncount(turn)

    # --- what both share --------------------------------------------------------------------------

    async def _answer(self, turn: Turn) -> AsyncGenerator[Event, None]:
        try:
            async with aclosing(turn.answer(self._settings, self._gateway.chat, self._gather, self._work)) as events:
                async for event in events:
                    yield event
        finally:
            if turn.kept is not None and turn.kept.is_unsaved:
                self.unsaved.add(turn.kept)

    async def _expanded(self, question: Question) -> Question:
        """The question with the prompt that its command gives it, and its images as what they are."""
        images = images_of(question.prompt, most_mb=self._settings.max_image_mb)
        question = replace(question, prompt=with_images(question.prompt, images))
        return question if self._expand is None else await self._expand(question)

    async def _place(self, question: Question, prompted: Question, viewer: Viewer) -> Asked:
        """Put a question into the log of the conversation that it names, or of its notebook's current one."""
        if len(question.request_id) > TURN_LENGTH:
            raise InvalidBody(f"An id has {TURN_LENGTH} characters at most.", field="request_id")
        images = images_of(question.prompt, most_mb=self._settings.max_image_mb)
        data = {
            "text": question.text,
            "model": question.model,
            "command": prompted.command,
            "persona": prompted.persona,
            "images": [{"sha256": image.sha256, "media_type": image.media_type} for image in images],
            "by": shown(viewer.person),
        }
        if prompted.text != question.text:
            data["prompt"] = prompted.text
        entry = NewEntry("question", data, question.request_id, question.user)

        def place(connection: Connection) -> Asked:
            if question.conversation:
                conversation = get(connection, question.conversation, viewer).id
            else:
                conversation = current(connection, storable(question.notebook))
            return ask(connection, conversation, entry, question.parent, images)

        asked = await self._database.run(place)
        if asked.fresh:
            self._live.channel(asked.conversation).publish([asked.entry])
        if asked.entry.sequence == 1:
            self._live.changed(await self._conversations.get(asked.conversation, viewer))
        return asked

    async def _history(self, question: Question, asked: Asked) -> Sequence[Message]:
        sees = self._sees is not None and await self._sees(question.model)
        limit = self._settings.history_tokens
        return await self._database.read(
            lambda connection: messages(connection, asked.conversation, asked.parent, token_limit=limit, sees=sees)
        )

    # --- what is under way ------------------------------------------------------------------------

    def _count(self, turn: Turn) -> None:
        self._under_way[turn.question.request_id] = turn
        self._idle.clear()

    def _uncount(self, turn: Turn) -> None:
        if self._under_way.get(turn.question.request_id) is turn:
            del self._under_way[turn.question.request_id]
        if not self._under_way:
            self._idle.set()

    def conversation_of(self, request_id: str) -> str:
        """The conversation of a turn that is under way; empty when there is none."""
        turn = self._under_way.get(request_id)
        return turn.kept.conversation if turn is not None and turn.kept is not None else ""

    def cancel(self, request_id: str) -> bool:
        """Stop a turn; whether one of that id was under way."""
        turn = self._under_way.get(request_id)
        self._gateway.cancel(request_id)
        if turn is not None:
            turn.cancel()
        return turn is not None

    def cancel_all(self, conversation_id: str | None = None) -> None:
        """Stop every turn, or every turn of a conversation."""
        for request_id in list(self._under_way):
            if conversation_id is None or self.conversation_of(request_id) == conversation_id:
                self.cancel(request_id)

    async def until_idle(self, seconds: float) -> None:
        """Wait until every turn has written its end, but no longer than that."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), seconds)
        await self.unsaved.close()
