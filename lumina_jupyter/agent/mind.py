"""The mind: what a model does for a run. It only writes; whatever shall happen goes through the toolbox's gate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from .gears import Gear
from .plan import Plan, Step
from .report import Report
from .run_events import Spent, Thought
from .scene import Scene
from .task import Task

Tell = Callable[["Thought | Spent"], None]
"""Takes the chain of thought, and what each call of a model took, as they come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thinking:
    """In what circumstances a model is asked.

    `model` is `provider/name`, `persona` a prompt; `tell` is called with thoughts and with what each call took.
    """

    gear: Gear
    model: str
    tell: Tell
    persona: str = ""
    user: str = ""
    notebook: str = ""


class Mind(Protocol):
    """What a model writes.

    Each method raises a LuminaError when the model cannot be reached or gives nothing of use, also after it was told
    what was wrong with its answer; cancelling it closes the provider's connection.
    """

    async def read(self, words: str, scene: Scene, thinking: Thinking) -> Task:
        """What the words ask for."""
        ...

    async def plan(self, task: Task, scene: Scene, thinking: Thinking) -> Plan:
        """Steps that lead there: only tools of the scene, arguments that fit them, no more steps than the gear allows."""
        ...

    async def write(self, task: Task, step: Step, scene: Scene, thinking: Thinking, *, fault: str = "") -> str:
        """What `step.writes` asks for: code without fences, or Markdown. `fault` is why the text before did not do."""
        ...

    async def other_way(self, task: Task, plan: Plan, step: Step, scene: Scene, thinking: Thinking) -> Step | None:
        """Another step to the same end after a step has failed for good; None when there is none."""
        ...

    async def answer(self, task: Task, scene: Scene, thinking: Thinking) -> str:
        """The answer in words, from what the steps gave back and nothing else."""
        ...

    async def critique(self, task: Task, report: Report, scene: Scene, thinking: Thinking) -> tuple[str, ...]:
        """What is wrong with the work, a sentence each; nothing when it does what was asked."""
        ...

    async def revise(self, task: Task, faults: tuple[str, ...], scene: Scene, thinking: Thinking) -> Plan:
        """Steps that mend the faults."""
        ...
