"""What of a run stands in the conversation in which it was asked for, once it is over."""

from __future__ import annotations

from ..events import Cost, Event, MessageFinished, MessageStarted, TextDelta, Usage
from .run import RunView


def told_of(view: RunView) -> tuple[Event, ...]:
    """The run's outcome as an answer: its words, what it took, and an end.

    Args:
        view: The run, which is over.
    """
    report = view.report
    provider, _, _ = view.model.partition("/")
    text = view.why if report is None else report.answer or report.summary or view.why
    if report is not None and report.outcome == "partly":
        text = "\n\n".join(
            filter(None, [f"Partly done: {report.summary}" if report.summary else "Partly done.", report.answer])
        )
    events: list[Event] = [MessageStarted(view.id, provider, view.model)] if view.model else []
    if text:
        events.append(TextDelta(text))
    if view.input_tokens or view.output_tokens:
        events += [Usage(view.input_tokens, view.output_tokens), Cost(view.usd)]
    return (*events, MessageFinished("cancelled" if view.state == "stopped" else "stop"))
