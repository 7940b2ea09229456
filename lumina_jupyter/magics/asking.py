"""Asks a question and shows the answer in the cell while it streams."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..errors import LuminaError
from ..events import (
    Cost,
    Event,
    Failed,
    FinishReason,
    MessageFinished,
    MessageStarted,
    Notice,
    ReasoningDelta,
    TextDelta,
    ToolCallFinished,
    ToolResult,
    Usage,
)
from .code_blocks import python_code
from .display_text import whole
from .output import Output, escaped, markdown
from .reading import Reading
from .result import Answer

if TYPE_CHECKING:
    from ..client import Client
    from ..memory import Question
    from .approving import Approving
    from .views import View

_PASSING = {"embedded_loading", "question", "question_over", "retry"}
"""Notices that mean nothing any more once the answer has begun."""
_ENDINGS = {
    "cancelled": "Stopped. What came so far is kept.",
    "length": "The answer ends here because it reached the limit of its length (see --max-tokens).",
    "content_filter": "The provider's content filter ended the answer here.",
}


class Asking:
    """One question and what has come back so far."""

    def __init__(self, question: Question, view: View, approving: Approving) -> None:
        self._question = question
        self._approving = approving
        self._view = view
        self._began = time.monotonic()
        self._text: list[str] = []
        self._reasoning: list[str] = []
        self._model = question.model
        self._usage = Usage()
        self._cost: float | None = None
        self._finish: FinishReason | None = None
        self.failure: Failed | None = None
        self.notices: list[str] = []
        """What a person should know beside the answer."""

    def run(self, client: Client) -> Answer:
        """Ask, and show what comes until it is over; an interrupt ends the answer and keeps what came."""
        reading = Reading(client, self._question)
        over = False
        try:
            for event in reading:
                if event is None:
                    self._view.tick()
                else:
                    self._take(event)
            over = True
        except KeyboardInterrupt:
            for event in reading.stop():
                self._take(event)
            over = True
        finally:
            if not over:
                reading.stop()
        self._view.close()
        note = _ENDINGS.get(self._finish or "")
        if note:
            self.notices.append(note)
        return self._answer()

    def _take(self, event: Event) -> None:
        match event:
            case TextDelta(text):
                self._text.append(text)
                self._view.text(text)
            case ReasoningDelta(text):
                self._reasoning.append(text)
                self._view.reasoning(text)
            case MessageStarted():
                self._model = event.model
            case Usage():
                self._usage = event
            case Cost(usd):
                self._cost = usd
            case MessageFinished(reason):
                self._finish = reason
            case Failed():
                self.failure = event
            case _:
                self._take_aside(event)

    def _take_aside(self, event: Event) -> None:
        """What is beside the answer: notices, and the calls of tools."""
        match event:
            case Notice("approval", text):
                self._approving.ask(text)
            case Notice("approval_decided", text):
                self._approving.decided(text)
            case Notice(code, text) if code in _PASSING:
                self._view.progress(text)
            case Notice(_, text):
                self.notices.append(text)
            case ToolCallFinished() if self._question.tools:
                self._view.progress(f"{event.name} …")
            case ToolCallFinished():
                self.notices.append(f"The model wanted to call the tool {event.name}; the cell has no --tools.")
            case ToolResult():
                self.notices.append(f"{event.name}: {'failed' if event.is_error else 'done'}")

    def _answer(self) -> Answer:
        text = whole("".join(self._text))
        return Answer(
            text=text,
            code=python_code(text),
            data=None,
            model=self._model,
            usage=self._usage,
            cost=self._cost,
            seconds=time.monotonic() - self._began,
            request_id=self._question.request_id,
            reasoning=whole("".join(self._reasoning)),
            finish=self._finish,
            error=self.failure.message if self.failure else "",
        )


def show_footer(output: Output, answer: Answer, notices: Sequence[str], remark: str = "") -> None:
    """Notices, who answered, and what it took, in small print."""
    line = answer.summary + (f" · {remark}" if remark else "")
    told = [text for notice in notices for text in notice.splitlines() if text.strip()]
    rich = [*(f"*{escaped(text.strip())}*" for text in told), f"<small>{escaped(line)}</small>"]
    output.show(markdown("\n\n".join(rich), "\n".join([*told, line])))


def error_of(failure: Failed) -> LuminaError:
    """The error that a `Failed` event tells of."""
    return LuminaError(failure.message, hint=failure.hint, provider=failure.provider, retry_after=failure.retry_after)
