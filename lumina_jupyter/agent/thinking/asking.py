"""One call of a model for a run: what it said, what it thought, what it took; told once what was wrong with it."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, TypeVar

from ...context.tokens import estimate
from ...errors import AnswerUnusable, LuminaError, error_classes
from ...events import Cost, Event, Failed, MessageFinished, ReasoningDelta, TextDelta, Usage, is_end
from ...gateway import ChatRequest, JsonSchema, Message
from ..gears.models import Ability
from ..mind import Thinking
from ..run_events import Spent, Thought
from .reply_text import LONGEST, json_object, without_thoughts
from .speeds import Speeds

Chat = Callable[[ChatRequest], AsyncGenerator[Event, None]]
T = TypeVar("T")

_AGAINST_LOOPS = {"dry_multiplier": 0.8, "dry_base": 1.75, "dry_allowed_length": 24, "dry_penalty_last_n": 1024}
"""Ends verbatim repetition in llama.cpp; a line may come again, a page may not."""
_SHOWN_AGAIN = 4_000
"""Characters of an unusable reply that the model is shown again."""
_THOUGHT_LENGTH = 20_000


@dataclass(frozen=True, slots=True)
class Said:
    """A reply; `cut` when it was ended before the model was through with it."""

    text: str
    cut: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Asks one model on behalf of one run.

    Raises what the gateway told, as errors.
    """

    chat: Chat
    thinking: Thinking
    ability: Ability
    speeds: Speeds

    async def text(
        self,
        messages: Sequence[Message],
        *,
        most: int,
        schema: JsonSchema | None = None,
        stop: tuple[str, ...] = (),
        temperature: float | None = None,
    ) -> Said:
        """What the model says, without its thoughts.

        Args:
            messages: What it is asked.
            most: Tokens that the reply may have.
            schema: What the reply has to be.
            stop: Where the reply ends.
            temperature: Of the sampling; 0 for small models and the provider's own for others when omitted.

        Raises:
            LuminaError: when the call failed.
        """
        small = self.ability.small
        request = ChatRequest(
            messages=tuple(messages),
            model=self.thinking.model,
            response_format=schema,
            max_tokens=most if small else None,
            temperature=0.0 if small and temperature is None else temperature,
            stop=stop,
            reasoning_effort=self.thinking.gear.effort if self.ability.reasons else None,
            extra=dict(_AGAINST_LOOPS) if self.ability.embedded else {},
            user=self.thinking.user,
            notebook=self.thinking.notebook,
        )
        heard = _Heard(request, self.thinking.tell)
        try:
            async with aclosing(self.chat(request)) as events:
                async for event in events:
                    if heard.take(event):
                        break
        finally:
            heard.settle(self.speeds)
        return heard.said()

    async def data(
        self, messages: Sequence[Message], *, schema: JsonSchema, read: Callable[[dict[str, Any]], T], most: int
    ) -> T:
        """What the model says, as data. It is told once what is wrong with its reply.

        Args:
            messages: What it is asked.
            schema: What the reply has to be; no provider is believed to hold to it.
            read: Makes something of the object; raises ValueError with what the model should know.
            most: Tokens that the reply may have.

        Raises:
            AnswerUnusable: when the second reply is no better.
            LuminaError: when a call failed.
        """
        asked = list(messages)
        wrong = ""
        for _ in range(2):
            said = await self.text(asked, most=most, schema=schema)
            try:
                return read(json_object(said.text))
            except ValueError as error:
                wrong = str(error)[:1_000]
            asked = [
                *messages,
                Message.of("assistant", said.text[:_SHOWN_AGAIN] or "(nothing)"),
                Message.of("user", f"That cannot be used: {wrong} Reply again, with the whole JSON object alone."),
            ]
        raise AnswerUnusable(
            f"The model gave no {schema.name} that can be used, also when told why: {wrong}",
            hint="Try again, use a larger model, or say it in simpler words.",
        )


@dataclass(slots=True)
class _Heard:
    """What has come of one reply."""

    request: ChatRequest
    tell: Callable[[Thought | Spent], None]
    began: float = field(default_factory=time.monotonic)
    first: float = 0.0
    pieces: list[str] = field(default_factory=list)
    length: int = 0
    thoughts: list[str] = field(default_factory=list)
    usage: Usage | None = None
    cost: Cost | None = None
    failed: Failed | None = None
    cut: bool = False

    def take(self, event: Event) -> bool:
        """Take an event in; whether nothing more is wanted."""
        match event:
            case TextDelta(text):
                self.first = self.first or time.monotonic()
                self.pieces.append(text)
                self.length += len(text)
                if self.length > LONGEST:
                    self.cut = True
                    return True
            case ReasoningDelta(text):
                self.first = self.first or time.monotonic()
                self.thoughts.append(text)
            case Usage():
                self.usage = event
            case Cost():
                self.cost = event
            case Failed():
                self.failed = event
            case MessageFinished(reason):
                self.cut = reason == "length"
            case _:
                pass
        return is_end(event)

    def settle(self, speeds: Speeds) -> None:
        """Tell what the call took, however it ended; where the provider did not say, it is estimated."""
        if not (self.usage or self.pieces or self.thoughts):
            return
        usage = self.usage or Usage(
            input_tokens=sum(estimate(message.text) for message in self.request.messages),
            output_tokens=estimate("".join(self.pieces)) + estimate("".join(self.thoughts)),
        )
        self.tell(Spent(usage.input_tokens, usage.output_tokens, self.cost.usd if self.cost is not None else None))
        if self.usage is not None and self.first:
            speeds.saw(
                self.request.model,
                read=usage.input_tokens - usage.cached_input_tokens,
                read_seconds=self.first - self.began,
                written=usage.output_tokens,
                write_seconds=time.monotonic() - self.first,
            )

    def said(self) -> Said:
        """The reply.

        Raises:
            LuminaError: when the call failed.
        """
        text, inside = without_thoughts("".join(self.pieces)[:LONGEST])
        thought = f"{''.join(self.thoughts)}\n{inside}".strip()
        if thought:
            self.tell(Thought(thought[:_THOUGHT_LENGTH]))
        if self.failed is not None:
            raise _error(self.failed)
        return Said(text, self.cut)


def _error(failed: Failed) -> LuminaError:
    made = error_classes().get(failed.code, LuminaError)
    error = LuminaError.__new__(made)
    LuminaError.__init__(
        error, failed.message, hint=failed.hint, provider=failed.provider, retry_after=failed.retry_after
    )
    return error
