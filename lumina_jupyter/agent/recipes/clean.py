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
_DECIMAL_COMMA = re.compile(r"(?<![\d,])\d{1,3}(?:\.\d{3})+,\d{1,2}(?!\d)|(?<![\d,.])\d+,\d{2} ?€")
_NUMBERS_WITH_COMMA = (
    " A comma stands before the decimals. First take away whatever else belongs to no number, with "
    "`.str.replace(r'[^0-9,-]', '', regex=True)`, then write the comma as a point, with `.str.replace(',', '.')`, and then "
    "convert with `.astype(float)`. Keep every row."
)


def clean(task: Task, scene: Scene) -> Plan:
    """A new cell that assigns the cleaned data to the variable that holds them, run."""
    file = unread_table(task, scene)
    name = task.target if task.target_kind == "variable" else ""
    kept = f" Assign the result to `{name}` itself." if name else ""
    kept += _how_to_numbers(task, scene) if _TO_NUMBERS.search(task.words) else ""
    steps = (
        *((look_at_file(file, scene.notebook.path),) if file else ()),
        add_code(
            f"Code that cleans the data as asked.{kept}", title="Write the cleaning", after=place_below(task, scene)
        ),
        run_new(check=RUNS),
    )
    return Plan(phases=(Phase(title="Clean", steps=steps),))


def _how_to_numbers(task: Task, scene: Scene) -> str:
    """How text becomes numbers, by how the numbers are written in the words and in the table."""
    written = [task.words, *(each.text for each in scene.variables if each.name == task.target)]
    return _NUMBERS_WITH_COMMA if any(_DECIMAL_COMMA.search(text) for text in written) else _NUMBERS
