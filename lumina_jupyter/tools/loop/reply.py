"""One reply of a model, as it comes: what of it is passed on, and the message that it is for the next call."""

from __future__ import annotations

from dataclasses import replace

from ...events import (
    Cost,
    Event,
    Failed,
    FinishReason,
    MessageFinished,
    MessageStarted,
    ReasoningDelta,
    TextDelta,
    ToolCallDelta,
    ToolCallFinished,
    ToolCallStarted,
    Usage,
)
from ...gateway import Message, Part, ReasoningPart, TextPart, ToolCallPart
from ..call import ToolCall
from .totals import Totals


class Reply:
    """Collects one reply.

    Args:
        number: How many replies the turn had before.
        calls_before: How many calls of tools it had before: their numbers and ids must not come again.
        said_before: Whether it had said something before.
        totals: What all replies took.
    """

    def __init__(self, number: int, calls_before: int, said_before: bool, totals: Totals) -> None:
        self._number = number
        self._offset = calls_before
        self._said_before = said_before
        self._totals = totals
        self._text: list[str] = []
        self._reasoning: list[ReasoningPart] = []
        self.calls: list[ToolCall] = []
        self.failed: Failed | None = None
        self.reason: FinishReason = "stop"

    @property
    def said(self) -> bool:
        """Whether there is text in it."""
        return bool(self._text)

    def take(self, event: Event) -> Event | None:
        """The event as the turn's readers see it; None for what they are told at the turn's end, or were told."""
        match event:
            case Usage() | Cost():
                self._totals.add(event)
                return None
            case MessageStarted():
                return event if self._number == 0 else None
            case MessageFinished(reason):
                self.reason = reason
                return None
            case Failed():
                self.failed = event
                return None
            case TextDelta():
                return self._texted(event)
            case ReasoningDelta():
                self._reasoned(event)
                return event
            case ToolCallStarted() | ToolCallFinished():
                named = replace(event, index=event.index + self._offset, id=self._id(event))
                if isinstance(named, ToolCallFinished):
                    self.calls.append(ToolCall(named.id, named.name, named.arguments))
                return named
            case ToolCallDelta():
                return replace(event, index=event.index + self._offset)
            case _:
                return event

    def message(self) -> Message:
        """The reply as the model is shown it again."""
        calls = (ToolCallPart(call.id, call.name, str(call.arguments) or "{}") for call in self.calls)
        text = "".join(self._text)
        said: tuple[Part, ...] = (TextPart(text),) if text else ()
        return Message("assistant", (*self._reasoning, *said, *calls))

    def _texted(self, event: TextDelta) -> TextDelta | None:
        if not event.text:
            return None
        first = not self._text
        self._text.append(event.text)
        # A paragraph of its own: what was said before the tools and after them is one answer.
        return TextDelta(f"\n\n{event.text}") if first and self._said_before else event

    def _reasoned(self, event: ReasoningDelta) -> None:
        if self._reasoning and self._reasoning[-1].signature is None:
            last = self._reasoning.pop()
            self._reasoning.append(ReasoningPart(last.text + event.text, event.signature))
        else:
            self._reasoning.append(ReasoningPart(event.text, event.signature))

    def _id(self, event: ToolCallStarted | ToolCallFinished) -> str:
        """The call's id, made the turn's own where the provider counts anew in each reply, or gives none."""
        own = event.id[:100] or "call"
        return own if self._number == 0 and event.id else f"{own}_{event.index + self._offset}"
