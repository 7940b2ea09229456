"""Code that is to be better and to do the same: the cell edited, run, and what depends on it run again."""

from __future__ import annotations

from ..plan import Phase, Plan
from ..scene import Scene
from ..task import Task
from .idioms import idioms
from .rename import rename
from .scenery import code_target, dependents
from .steps import RUNS, edit, run
from .write import write

_WRITES = "The whole code of the cell, changed as asked. It must still define and show everything that it does now."


def refactor(task: Task, scene: Scene) -> Plan:
    """Edit the cell, then run it and the cells after it that use what it defines."""
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
        check=RUNS,
        expects="The cell does the same as before.",
    )
    after = tuple(
        run(each, title="Run a cell that depends on it", id=f"run_{number}")
        for number, each in enumerate(dependents(cell, scene), start=1)
    )
    phases = (Phase(title="Refactor", steps=(step,)), *((Phase(title="Check", steps=after),) if after else ()))
    return Plan(phases=phases)
