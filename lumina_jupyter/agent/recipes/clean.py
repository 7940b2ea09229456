"""Data to be cleaned: a cell that changes the table that is there, run."""

from __future__ import annotations

from ..plan import Phase, Plan
from ..scene import Scene
from ..task import Task
from .scenery import place_below, unread_table
from .steps import RUNS, add_code, look_at_file, run_new


def clean(task: Task, scene: Scene) -> Plan:
    """A new cell that assigns the cleaned data to the variable that holds them, run."""
    file = unread_table(task, scene)
    name = task.target if task.target_kind == "variable" else ""
    kept = f" Assign the result to `{name}` itself." if name else ""
    steps = (
        *((look_at_file(file),) if file else ()),
        add_code(
            f"Code that cleans the data as asked.{kept}", title="Write the cleaning", after=place_below(task, scene)
        ),
        run_new(check=RUNS),
    )
    return Plan(phases=(Phase(title="Clean", steps=steps),))
