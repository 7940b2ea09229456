"""A change of a cell that is there."""

from __future__ import annotations

from ..plan import Phase, Plan
from ..scene import Scene
from ..task import Task
from .scenery import target_cell
from .steps import READS_BACK, RUNS, edit
from .write import write


def change(task: Task, scene: Scene) -> Plan:
    """Edit the cell; code is run again."""
    cell = target_cell(task, scene)
    if cell is None:
        return write(task, scene)
    code = cell.kind == "code"
    step = edit(
        cell.id,
        f"The whole {'code' if code else 'text'} of the cell with that change. Keep everything else as it is.",
        title="Change the cell",
        check=RUNS if code else READS_BACK,
    )
    return Plan(phases=(Phase(title="Change", steps=(step,)),))
