"""Data to be cleaned: a cell that changes the table that is there, run."""

from __future__ import annotations

import re

from ..plan import Phase, Plan
from ..scene import Scene
from ..task import Task
from .scenery import place_below, unread_table
from .steps import RUNS, add_code, look_at_file, run_new

_TO_NUMBERS = re.compile(r"\b(?:numbers?|numeric|floats?|int(?:eger)?s?|currency|amounts?)\b", re.IGNORECASE)
_NUMBERS = (
    " First take away whatever belongs to no number, with `.str.replace(r'[^0-9.-]', '', regex=True)`, and then convert "
    "with `.astype(float)`. Keep every row."
)


def clean(task: Task, scene: Scene) -> Plan:
    """A new cell that assigns the cleaned data to the variable that holds them, run."""
    file = unread_table(task, scene)
    name = task.target if task.target_kind == "variable" else ""
    kept = f" Assign the result to `{name}` itself." if name else ""
    kept += _NUMBERS if _TO_NUMBERS.search(task.words) else ""
    steps = (
        *((look_at_file(file),) if file else ()),
        add_code(
            f"Code that cleans the data as asked.{kept}", title="Write the cleaning", after=place_below(task, scene)
        ),
        run_new(check=RUNS),
    )
    return Plan(phases=(Phase(title="Clean", steps=steps),))
