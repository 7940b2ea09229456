"""A cell that is wrong: its mended text, which must run."""

from __future__ import annotations

from ...context.sources.last_error import failed_cell
from ..plan import Phase, Plan
from ..scene import Scene
from ..task import Task
from .scenery import code_target
from .steps import RUNS, edit, run
from .write import write


def fix(task: Task, scene: Scene) -> Plan:
    """Edit the cell and run it; with no cell to mend, write one."""
    cell = code_target(task, scene)
    if cell is None:
        return write(task, scene)
    step = edit(
        cell.id,
        "The whole code of the cell, corrected so that it runs without the error. Change nothing else.",
        title="Mend the cell",
        check=RUNS,
        expects="The cell runs without an error.",
    )
    # The error may show in another cell than the one whose code causes it.
    index = failed_cell(scene.notebook)
    failed = scene.notebook.cells[index].id if index is not None else cell.id
    after = () if failed == cell.id else (run(failed, title="Run the cell that failed"),)
    return Plan(phases=(Phase(title="Fix", steps=(step, *after)),))
