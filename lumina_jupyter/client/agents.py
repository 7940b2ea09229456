"""What every face can ask of the agent, wherever the engine is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, Protocol

from ..agent import Gear, RunRequest, RunView
from ..agent.gears import Grid
from ..agent.personas import KnownPersonas
from ..agent.run_events import LoggedEvent, StateChanged

PlanVerdict = Literal["approve", "refuse"]


class AgentClient(Protocol):
    """The agent's runs. Each method raises a LuminaError when it cannot be done, or there is no such run."""

    def start(self, request: RunRequest) -> RunView:
        """Begin a run; it goes on whoever leaves. Who asks, and with what rights, the server knows by itself."""
        ...

    def runs(self, notebook: str = "", kernel_id: str = "") -> list[RunView]:
        """The runs in a notebook, or in that of a kernel, or all; the newest first."""
        ...

    def get(self, run_id: str) -> RunView:
        """A run as it is now."""
        ...

    def events(self, run_id: str, *, after: int = 0) -> list[LoggedEvent]:
        """What happened in a run after event number `after`."""
        ...

    def follow(self, run_id: str, *, after: int = 0) -> Iterator[LoggedEvent]:
        """What happened after event number `after`, and then whatever does, up to the run's end or interruption.

        Goes on where it stopped when the line to the server is lost. Closing it leaves the run alone.
        """
        ...

    def decide_plan(self, run_id: str, verdict: PlanVerdict) -> RunView:
        """Approve or refuse the plan; a kernel's token is refused unless a setting lets kernels decide."""
        ...

    def reply(self, run_id: str, text: str) -> RunView:
        """Answer what the run asked; refused as `decide_plan`."""
        ...

    def pause(self, run_id: str) -> RunView:
        """Hold a run before its next step."""
        ...

    def resume(self, run_id: str) -> RunView:
        """Let it go on."""
        ...

    def stop(self, run_id: str) -> RunView:
        """Stop a run; what it did stays."""
        ...

    def shift(self, run_id: str, gear: int, grid: Grid = "step") -> RunView:
        """Another gear, from the next step, phase or task on."""
        ...

    def undo(self, run_id: str, step: str | None = None, *, redo: bool = False) -> RunView:
        """Take back a step, or all that a run did: cells, files and variables; or bring it again."""
        ...

    def gears(self) -> list[Gear]:
        """The gears, from the most careful to the fastest."""
        ...

    def personas(self) -> KnownPersonas:
        """Who can be asked and who can work as the agent."""
        ...


def until_interrupted(run: RunView, events: Iterator[LoggedEvent], after: int) -> Iterator[LoggedEvent]:
    """The events up to where the run was interrupted for good: nothing more comes before somebody resumes it.

    Args:
        run: The run as it was before its events were asked for.
        events: What happened in it, and what does.
        after: The event after which they are read.
    """
    if run.state == "interrupted" and after >= run.sequence:
        return
    for logged in events:
        yield logged
        stops = isinstance(logged.event, StateChanged) and logged.event.state == "interrupted"
        if stops and logged.sequence >= run.sequence:
            return
