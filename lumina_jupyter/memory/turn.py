"""One turn: what the model shall see is gathered, and its answer goes to the asker, the log and those who read along."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import replace

from ..errors import LuminaError
from ..events import Event, MessageFinished, Notice, is_end
from ..gateway import ChatRequest, Message
from ..settings import Lumina
from .gathering import Gather, Work, report_data
from .question import Question
from .turn_log import TurnLog

GATHER_SECONDS = 20.0
"""How long a question waits for what is gathered; then it goes without."""

Chat = Callable[[ChatRequest], AsyncGenerator[Event, None]]

log = logging.getLogger(__name__)


class Turn:
    """A question on its way to its answer.

    Args:
        question: The question, with the prompt that its command gave it.
        asked: The question as it was asked. What it mentions is gathered; a cell's code, which a command puts into
            the prompt, may hold what looks like a mention and is none.
    """

    def __init__(self, question: Question, asked: Question) -> None:
        self.question = question
        self._asked = asked
        self.kept: TurnLog | None = None
        """Where the turn is kept; None for one that is not."""
        self.history: Sequence[Message] = ()
        """What the model is shown of earlier turns."""
        self._stop = asyncio.Event()
        self._gathering: asyncio.Task[tuple[Question, Notice | None]] | None = None

    def cancel(self) -> None:
        """Stop it where the gateway cannot: before it has reached the model, and while tools work."""
        self._stop.set()
        if self._gathering is not None:
            self._gathering.cancel()

    async def answer(
        self, settings: Lumina, chat: Chat, gather: Gather | None, work: Work | None = None
    ) -> AsyncGenerator[Event, None]:
        """Stream the answer; ends with exactly one `MessageFinished` or `Failed`, which is in the log by then."""
        try:
            async with aclosing(self._events(settings, chat, gather, work)) as events:
                async for event in events:
                    if self.kept is None:
                        yield event
                        continue
                    warned = self.kept.trouble is not None
                    self.kept.add(event)
                    if is_end(event):
                        await self.kept.finish()
                    if self.kept.trouble is not None and not warned:
                        yield self.kept.notice
                    yield event
        finally:
            # The asker may be gone (a stop, a closed tab): what came so far is kept all the same.
            if self.kept is not None and not self.kept.is_finished:
                await self.kept.finish()

    async def _events(
        self, settings: Lumina, chat: Chat, gather: Gather | None, work: Work | None
    ) -> AsyncGenerator[Event, None]:
        question, trouble = await self._gathered(gather)
        if trouble is not None:
            yield trouble
        if self._stop.is_set():
            yield MessageFinished("cancelled")
            return
        request = self._request(question, settings)
        if work is not None and _wants_tools(question, settings):
            conversation = self.kept.conversation if self.kept is not None else ""
            answer = work(request, question, conversation, self._stop)
        else:
            answer = chat(request)
        async with aclosing(answer) as events:
            async for event in events:
                yield event

    async def _gathered(self, gather: Gather | None) -> tuple[Question, Notice | None]:
        if gather is None or self._stop.is_set():
            return self.question, None
        self._gathering = asyncio.get_running_loop().create_task(self._gather(gather))
        try:
            async with asyncio.timeout(GATHER_SECONDS):
                return await self._gathering
        except LuminaError as error:
            return self.question, Notice("context", f"What the notebook holds could not be gathered. {error.message}")
        except TimeoutError:
            return self.question, Notice("context", "What the notebook holds took too long to gather.")
        except asyncio.CancelledError:
            if not (self._stop.is_set() and self._gathering.cancelled()):
                raise
            return self.question, None
        except Exception:
            log.exception("gathering failed for turn %s", self.question.request_id)
            return self.question, Notice("context", "What the notebook holds could not be gathered; the log says why.")
        finally:
            self._gathering.cancel()

    async def _gather(self, gather: Gather) -> tuple[Question, Notice | None]:
        worded = self.question.text if self.question.prompt != self._asked.prompt else ""
        gathered = await gather(replace(self.question, prompt=self._asked.prompt), worded)
        if gathered is None:
            return self.question, None
        if self.kept is not None:
            await self.kept.note("context", report_data(gathered.report))
        notice = Notice("context", gathered.notice) if gathered.notice else None
        return replace(self.question, context=(*self.question.context, *gathered.parts)), notice

    def _request(self, question: Question, settings: Lumina) -> ChatRequest:
        system = settings.system_prompt if question.system is None else question.system
        first = (Message.of("system", system),) if system else ()
        return ChatRequest(
            messages=(*first, *self.history, Message("user", (*question.context, *question.prompt))),
            model=question.model,
            response_format=question.schema,
            max_tokens=question.max_tokens,
            temperature=question.temperature,
            request_id=question.request_id,
            user=question.user,
            notebook=question.notebook,
        )


def _wants_tools(question: Question, settings: Lumina) -> bool:
    return question.tools if question.tools is not None else question.asked_by == "chat" and settings.chat_tools
