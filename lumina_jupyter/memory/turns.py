"""One turn: a question goes into the log, its answer streams to the asker and into the log."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing

from ..errors import LuminaError
from ..events import Event, MessageFinished, Notice, ReasoningDelta, TextDelta, event_name, is_end, to_dict
from ..gateway import ChatRequest, Gateway, Message
from ..settings import Lumina
from .conversations import Conversations, NewEntry
from .history import messages_of
from .question import Question

FLUSH_SECONDS = 0.5
"""How much of a streaming answer a killed server may lose."""


class Turns:
    """Runs questions against the gateway, with the notebook's history."""

    def __init__(self, settings: Lumina, gateway: Gateway, conversations: Conversations) -> None:
        self._settings = settings
        self._gateway = gateway
        self._conversations = conversations
        self._under_way: set[str] = set()
        self._idle = asyncio.Event()
        self._idle.set()

    async def ask(self, question: Question) -> AsyncGenerator[Event, None]:
        """Stream the answer; ends with exactly one `MessageFinished` or `Failed`.

        Trouble with the log is told by a `Notice` and does not take the answer away.
        """
        self._under_way.add(question.request_id)
        self._idle.clear()
        try:
            async with aclosing(self._stream(question)) as events:
                async for event in events:
                    yield event
        finally:
            self._under_way.discard(question.request_id)
            if not self._under_way:
                self._idle.set()

    async def until_idle(self, seconds: float) -> None:
        """Wait until every turn has written its end, but no longer than that."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), seconds)

    async def _stream(self, question: Question) -> AsyncGenerator[Event, None]:
        log, history = await self._open(question)
        if log.trouble is not None:
            yield log.trouble_notice()
        async with aclosing(self._gateway.chat(self._request(question, history))) as events:
            try:
                async for event in events:
                    log.add(event)
                    if is_end(event) or log.is_due:
                        trouble_before = log.trouble
                        await log.flush()
                        if log.trouble is not trouble_before:
                            yield log.trouble_notice()
                    yield event
            finally:
                # The asker may be gone (a stop, a closed tab): what came so far is kept all the same.
                await log.close()

    async def _open(self, question: Question) -> tuple[_TurnLog, tuple[Message, ...]]:
        if not question.history:
            return _TurnLog(None, "", question), ()
        try:
            conversation = await self._conversations.current(question.notebook)
            entries = await self._conversations.after(conversation, limit=100_000)
            log = _TurnLog(self._conversations, conversation, question)
            await log.begin()
        except LuminaError as error:
            log = _TurnLog(None, "", question)
            log.trouble = error
            return log, ()
        return log, messages_of(entries, token_limit=self._settings.history_tokens)

    def _request(self, question: Question, history: tuple[Message, ...]) -> ChatRequest:
        system = self._settings.system_prompt if question.system is None else question.system
        first = (Message.of("system", system),) if system else ()
        return ChatRequest(
            messages=(*first, *history, Message("user", (*question.context, *question.prompt))),
            model=question.model,
            response_format=question.schema,
            max_tokens=question.max_tokens,
            temperature=question.temperature,
            request_id=question.request_id,
            user=question.user,
            notebook=question.notebook,
        )


class _TurnLog:
    """Writes one turn into its conversation, deltas of a kind put together, a few times a second.

    Without `conversations` it keeps nothing: the question asked for no history, or there is trouble.
    """

    def __init__(self, conversations: Conversations | None, conversation_id: str, question: Question) -> None:
        self._conversations = conversations
        self._id = conversation_id
        self._question = question
        self._waiting: list[Event] = []
        self._flushed_at = time.monotonic()
        self._ended = False
        self.trouble: LuminaError | None = None

    async def begin(self) -> None:
        question = self._question
        data = {"text": question.text, "model": question.model}
        await self._write([NewEntry("question", data, question.request_id, question.user)])

    @property
    def is_due(self) -> bool:
        return time.monotonic() - self._flushed_at >= FLUSH_SECONDS

    def add(self, event: Event) -> None:
        if self._conversations is None:
            return
        self._ended = self._ended or is_end(event)
        last = self._waiting[-1] if self._waiting else None
        if isinstance(event, TextDelta) and isinstance(last, TextDelta):
            self._waiting[-1] = TextDelta(last.text + event.text)
        elif isinstance(event, ReasoningDelta) and isinstance(last, ReasoningDelta) and last.signature is None:
            self._waiting[-1] = ReasoningDelta(last.text + event.text, event.signature)
        else:
            self._waiting.append(event)

    async def flush(self) -> None:
        self._flushed_at = time.monotonic()
        events, self._waiting = self._waiting, []
        if not events:
            return
        entries = []
        for event in events:
            data = to_dict(event)
            del data["type"]
            entries.append(NewEntry(event_name(event), data, self._question.request_id))
        try:
            await self._write(entries)
        except LuminaError as error:
            # Kept for the next try: a disk that was full may have room again before the end.
            self._waiting = events + self._waiting
            self.trouble = self.trouble or error

    async def close(self) -> None:
        if self._conversations is not None and not self._ended:
            self.add(MessageFinished("cancelled"))
        if self._waiting:
            await self.flush()

    def trouble_notice(self) -> Notice:
        reason = self.trouble.message if self.trouble else ""
        return Notice("history", f"This turn could not be kept in the notebook's history. {reason}")

    async def _write(self, entries: list[NewEntry]) -> None:
        if self._conversations is not None:
            await self._conversations.append(self._id, entries)
