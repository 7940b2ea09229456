"""Cells to be run as they are."""

from __future__ import annotations

from ..plan import Check, Phase, Plan, Step
from ..scene import Scene
from ..task import Task
from .steps import run


def run_cells(task: Task, scene: Scene) -> Plan:
    """The cell that is meant, or all of them."""
    cell = scene.notebook.cell(task.target) if task.target_kind == "cell" else None
    if cell is not None and cell.kind == "code":
        step = run(cell.id)
    else:
        step = Step(
            id="run",
            title="Run all cells",
            tool="run_all_cells",
            expects="All cells run without an error.",
            check=Check(),
        )
    return Plan(phases=(Phase(title="Run", steps=(step,)),), answers=True)
