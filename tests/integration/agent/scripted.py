"""A mind that says what a test tells it to, in place of a remote model; all around it is real."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from lumina_jupyter.agent import Check, Phase, Plan, Report, Step, Task
from lumina_jupyter.agent.mind import Thinking
from lumina_jupyter.agent.run_events import Spent, Thought
from lumina_jupyter.agent.scene import Scene

T = TypeVar("T")
RUNS = Check(kind="runs")


def plan(*steps: Step, answers: bool = False) -> Plan:
    """A plan of one phase."""
    return Plan(phases=(Phase(title="Work", steps=steps),), answers=answers)


def add(id: str = "a", source: str = "", **more: object) -> Step:
    """Adds a cell with that text; without one the mind writes it."""
    given: dict[str, object] = {"arguments": {"content": source}} if source else {"writes": "the code"}
    return Step(id=id, title=f"Add {id}", tool="add_cell", **{**given, **more})  # type: ignore[arg-type]


def run_of(source: str = "a", id: str = "r", **more: object) -> Step:
    """Runs the cell that a step has made."""
    return Step(id=id, title=f"Run {id}", tool="run_cell", from_steps={"cell_id": source}, **more)  # type: ignore[arg-type]


@dataclass
class Scripted:
    """What it says, in order; each list's last entry is said again and again."""

    plans: list[Plan] = field(default_factory=list)
    texts: list[str] = field(default_factory=lambda: ["1"])
    others: list[Step | None] = field(default_factory=lambda: [None])
    faults: list[tuple[str, ...]] = field(default_factory=lambda: [()])
    says: str = "It is done."
    task: Task = field(default_factory=lambda: Task(words="do it", action="write", complexity=0.5))
    tokens: int = 10
    usd: float | None = 0.0
    before: Callable[[str], object] | None = None
    """Called with the name of what is asked before it is answered; awaited when it can be."""
    asked: list[tuple[str, str]] = field(default_factory=list)
    scenes: list[Scene] = field(default_factory=list)

    async def _asked(self, what: str, fault: str, scene: Scene, thinking: Thinking) -> None:
        self.asked.append((what, fault))
        self.scenes.append(scene)
        thinking.tell(Thought(f"I {what}."))
        if self.before is not None:
            found = self.before(what)
            if asyncio.isfuture(found) or asyncio.iscoroutine(found):
                await found
        thinking.tell(Spent(self.tokens, self.tokens, self.usd))

    async def read(self, words: str, scene: Scene, thinking: Thinking) -> Task:
        await self._asked("read", "", scene, thinking)
        return self.task

    async def plan(self, task: Task, scene: Scene, thinking: Thinking) -> Plan:
        await self._asked("plan", "", scene, thinking)
        return _next(self.plans)

    async def write(self, task: Task, step: Step, scene: Scene, thinking: Thinking, *, fault: str = "") -> str:
        await self._asked("write", fault, scene, thinking)
        return _next(self.texts)

    async def other_way(self, task: Task, plan: Plan, step: Step, scene: Scene, thinking: Thinking) -> Step | None:
        await self._asked("other_way", "", scene, thinking)
        return _next(self.others)

    async def answer(self, task: Task, scene: Scene, thinking: Thinking) -> str:
        await self._asked("answer", "", scene, thinking)
        return self.says

    async def critique(self, task: Task, report: Report, scene: Scene, thinking: Thinking) -> tuple[str, ...]:
        await self._asked("critique", "", scene, thinking)
        return _next(self.faults)

    async def revise(self, task: Task, faults: tuple[str, ...], scene: Scene, thinking: Thinking) -> Plan:
        await self._asked("revise", " ".join(faults), scene, thinking)
        return _next(self.plans)


def _next(of: list[T]) -> T:
    return of.pop(0) if len(of) > 1 else of[0]
