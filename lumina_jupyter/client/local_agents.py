"""The agent in this process."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from ..agent import GEARS, Gear, RunRequest, RunView
from ..agent.gears import Grid
from ..agent.personas import KnownPersonas
from ..agent.run_events import LoggedEvent
from .agents import PlanVerdict, until_interrupted

if TYPE_CHECKING:
    from ..agent.agents import Agents

T = TypeVar("T")
Begin = Callable[[RunRequest], Coroutine[Any, Any, RunView]]


class Work(Protocol):
    """Runs a coroutine on the engine's loop."""

    def __call__(self, work: Coroutine[Any, Any, T]) -> T:
        """Its result."""
        ...


class Read(Protocol):
    """Reads a stream of the engine's loop."""

    def __call__(self, events: AsyncGenerator[T, None]) -> Iterator[T]:
        """Its events."""
        ...


class LocalAgents:
    """An `AgentClient` of an engine in this process.

    Args:
        agents: The engine's.
        begin: Begins a run in the engine.
        work: Runs a coroutine on its loop.
        read: Reads a stream there.
        user: Who runs this process.
    """

    def __init__(self, agents: Agents, begin: Begin, work: Work, read: Read, user: str) -> None:
        self._agents = agents
        self._begin = begin
        self._work = work
        self._read = read
        self._user = user

    def start(self, request: RunRequest) -> RunView:
        """Begin a run."""
        return self._work(self._begin(replace(request, user=self._user)))

    def runs(self, notebook: str = "", kernel_id: str = "") -> list[RunView]:
        """The runs, the newest first."""
        return self._work(self._agents.list(notebook=notebook))

    def get(self, run_id: str) -> RunView:
        """A run as it is now."""
        return self._work(self._agents.get(run_id))

    def events(self, run_id: str, *, after: int = 0) -> list[LoggedEvent]:
        """What happened after an event."""
        return self._work(self._agents.events(run_id, after=after))

    def follow(self, run_id: str, *, after: int = 0) -> Iterator[LoggedEvent]:
        """What happened, and then whatever does."""
        return until_interrupted(self.get(run_id), self._read(self._agents.watch(run_id, after=after)), after)

    def decide_plan(self, run_id: str, verdict: PlanVerdict) -> RunView:
        """Approve or refuse the plan."""
        return self._work(self._agents.decide_plan(run_id, verdict, by=self._user))

    def reply(self, run_id: str, text: str) -> RunView:
        """Answer what the run asked."""
        return self._work(self._agents.reply(run_id, text, by=self._user))

    def pause(self, run_id: str) -> RunView:
        """Hold a run."""
        return self._work(self._agents.pause(run_id))

    def resume(self, run_id: str) -> RunView:
        """Let it go on."""
        return self._work(self._agents.resume(run_id))

    def stop(self, run_id: str) -> RunView:
        """Stop a run."""
        return self._work(self._agents.stop(run_id, by=self._user))

    def shift(self, run_id: str, gear: int, grid: Grid = "step") -> RunView:
        """Another gear."""
        return self._work(self._agents.shift(run_id, gear, grid))

    def undo(self, run_id: str, step: str | None = None, *, redo: bool = False) -> RunView:
        """Take something back, or bring it again."""
        act = self._agents.redo if redo else self._agents.undo
        return self._work(act(run_id, step=step, by=self._user))

    def gears(self) -> list[Gear]:
        """The gears."""
        return list(GEARS.values())

    def personas(self) -> KnownPersonas:
        """The personas."""
        return self._work(self._agents.personas.known())
