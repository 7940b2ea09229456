"""A question about data: code that computes the answer and prints it, run; then words from what it printed."""

from __future__ import annotations

import re

from ..plan import Check, Phase, Plan
from ..scene import Scene
from ..task import Task
from .scenery import place_below, unread_table
from .steps import HAS_OUTPUT, add_code, look_at_file, run_new

WRITES = "Short code that computes the answer from the data and prints each result with its name."
IN_FORM = (
    "Short code that computes the answer from the data and prints it exactly in the form that is asked for, with f-strings, "
    "as in print(f'@name[{value:.2f}]')."
)
_NAMED = re.compile(r"@[A-Za-z]\w{0,60}\[")
"""The form of an answer, as in `@mean[value]`."""


def answer(task: Task, scene: Scene) -> Plan:
    """Look at the file if the data are not loaded, compute, print, answer."""
    file = unread_table(task, scene)
    form = _NAMED.search(task.words)
    steps = (
        *((look_at_file(file, scene.notebook.path),) if file else ()),
        add_code(
            IN_FORM if form else WRITES,
            title="Write code that computes the answer",
            after=place_below(task, scene),
        ),
        run_new(
            check=Check(kind="contains", text=form[0]) if form else HAS_OUTPUT,
            expects="The results are printed.",
        ),
    )
    return Plan(phases=(Phase(title="Compute", steps=steps),), answers=True)
