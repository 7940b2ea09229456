"""Code that is to be better and to do the same: the cell edited, and run with what depends on it, as before."""

from __future__ import annotations

from ..plan import Check, Phase, Plan
from ..scene import Scene
from ..task import Task
from .idioms import idioms
from .rename import rename
from .scenery import code_target, dependents
from .steps import edit
from .write import write

_WRITES = "The whole code of the cell, changed as asked. It must still define and show everything that it does now."


def refactor(task: Task, scene: Scene) -> Plan:
    """Edit the cell; it and the cells after it that use what it defines must come to the same as before."""
    plan = rename(task, scene)
    if plan is not None:
        return plan
    cell = code_target(task, scene)
    if cell is None:
        return write(task, scene)
    step = edit(
        cell.id,
        f"{_WRITES} {idioms(task.words, cell.source)}".rstrip(),
        title="Rewrite the cell",
        check=Check(kind="same", text=" ".join(dependents(cell, scene))),
        expects="The cell does the same as before.",
    )
    return Plan(phases=(Phase(title="Refactor", steps=(step,)),))
