"""What runs work with: the parts around the agent, and those of it that think, keep and take back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from ...collaboration import NotebookDocument
from ...settings import Lumina
from ...tools import Toolbox
from ..gears import Gear
from ..mind import Mind
from ..personas import Personas
from ..plan import Plan
from ..surroundings import Scenes
from ..task import Task

if TYPE_CHECKING:
    from ..checkpoints.checkpoints import Checkpoints
    from ..checkpoints.variables import HasKernels
    from ..undoing import Undoer


class OpensNotebooks(Protocol):
    """Where notebooks are to be had."""

    async def open(self, path: str, user: str = "") -> NotebookDocument:
        """The notebook at a path."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What a plan will take, as far as that can be told: dollars (None where a price is unknown), seconds, tokens."""

    usd: float | None
    seconds: float
    tokens: int


ChooseModel = Callable[[Gear, str], Awaitable[str]]
"""The model for a gear, given the one that a person named."""
ChooseGear = Callable[[Task, int], int]
"""The gear for a task, no higher than the number given."""
MakeEstimate = Callable[[Plan, Gear, str], Awaitable[Estimate]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """All of it."""

    settings: Lumina
    toolbox: Toolbox
    checks: Toolbox
    """The same gate before the tool that evaluates a check's expression."""
    mind: Callable[[], Mind]
    personas: Personas
    scenes: Scenes
    notebooks: OpensNotebooks
    kernels: HasKernels
    choose_model: ChooseModel
    choose_gear: ChooseGear
    estimate: MakeEstimate
    checkpoints: Checkpoints
    undoer: Undoer
