"""What `%lumina undo` and `redo` mean where the agent was at work: its files and variables as well as its cells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..errors import NotFound
from .beside import beside

if TYPE_CHECKING:
    from ..agent import RunView
    from ..client.run_story import RunStory
    from .session import Session


def undo_run(session: Session, named: Sequence[str], *, redo: bool) -> bool:
    """Take back, or bring again, what a run of the agent did, or a step of it; whether a run of the agent was meant.

    Without a name it is the agent's last step in this notebook, where nothing else was done to it since.

    Raises:
        LuminaError: when it cannot be.
    """
    run, step = _named(session, named) if named else _last(session, redo=redo)
    if run is None:
        return False
    what = f"step {step} of the run {run.id}" if step else f"the run {run.id}"
    word, back = ("Done again", "") if redo else ("Undone", f" `%lumina redo {run.id}` brings it again.")

    def act() -> str:
        done = session.client.agents.undo(run.id, step or None, redo=redo)
        left = f" {done.why}" if done.why and done.why != run.why else ""
        return f"{word}: {what}; what people wrote is as it was.{left}{back}"

    # Variables are brought back in this kernel, once this cell has left it.
    beside(session, act, f"{'Bringing again' if redo else 'Taking back'} {what} …")
    return True


def _named(session: Session, named: Sequence[str]) -> tuple[RunView | None, str]:
    from ..client.run_steps import step_named

    agents = session.client.agents
    try:
        run = agents.get(named[0])
    except NotFound:
        return None, ""
    return run, step_named(agents.events(run.id), named[1]) if len(named) == 2 else ""


def _last(session: Session, *, redo: bool) -> tuple[RunView | None, str]:
    """The last run that has something to take back, and the step; none where the notebook's last step is another's."""
    identity, client = session.identity, session.client
    runs = sorted(client.agents.runs(identity.notebook, identity.kernel_id), key=lambda run: -run.updated_at)
    if not runs:
        return None, ""
    steps = [each for each in client.agent_steps(identity.notebook, identity.kernel_id) if each.undone == redo]
    latest = max(steps, key=lambda each: each.at) if steps else None
    for run in runs:
        step = _step(_story(session, run), redo=redo)
        if step and (latest is None or latest.run == run.id or latest.at <= run.updated_at):
            return run, step
    return None, ""


def _story(session: Session, run: RunView) -> RunStory:
    from ..client.run_story import RunStory

    story = RunStory.of(run)
    for logged in session.client.agents.events(run.id):
        story.take(logged)
    return story


def _step(story: RunStory, *, redo: bool) -> str:
    """The step of a run that is undone, or done again, next; empty when there is none."""
    begun = [step for step in story.steps.values() if step.number]
    if redo:
        return next((step.id for step in begun if step.progress == "undone"), "")
    return next((step.id for step in reversed(begun) if step.progress in ("done", "failed", "stopped")), "")
