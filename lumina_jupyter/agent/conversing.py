"""A run in the conversation in which it was asked for: it is a turn there, and what came of it is the answer."""

from __future__ import annotations

from dataclasses import replace

from ..events import Cost, Event, MessageFinished, MessageStarted, TextDelta, Usage
from ..memory import NOBODY, Memory, Viewer
from .agents import Agents
from .run import RunRequest, RunView


async def start_run(
    agents: Agents, memory: Memory, request: RunRequest, viewer: Viewer = NOBODY, follows: str | None = None
) -> RunView:
    """Begin a run, and enter it in its conversation before it does anything.

    What a cell asks for is a turn of the conversation that its notebook's cells go on with, as the cells' questions are.

    Args:
        agents: Who does it.
        memory: Where the conversations are.
        request: What to do.
        viewer: Who asks.
        follows: The turn that it follows: None for the last one asked, empty for none.

    Raises:
        NotFound: when there is no such notebook or conversation.
        LuminaError: when it cannot be begun.
    """
    if request.conversation:
        await memory.get(request.conversation, viewer)

    async def place(run: RunRequest) -> RunRequest:
        if run.conversation or run.asked_by != "magic":
            return run
        return replace(run, conversation=await memory.current(run.notebook))

    async def enter(run: RunRequest) -> None:
        if run.conversation:
            await memory.works.begin(
                run.conversation,
                run.run_id,
                run.words,
                viewer,
                author=run.user,
                parent=follows,
                model=run.model,
                persona=run.persona,
            )

    return await agents.start(request, place=place, begun=enter)


async def end_run(memory: Memory, request: RunRequest, run: RunView) -> None:
    """A run is over: its conversation, if it has one, says what came of it."""
    if request.conversation:
        await memory.works.end(request.conversation, run.id, told_of(run))


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
