"""A question about data: code that computes the answer and prints it, run; then words from what it printed."""

from __future__ import annotations

from ..plan import Phase, Plan
from ..scene import Scene
from ..task import Task
from .scenery import place_below, unread_table
from .steps import HAS_OUTPUT, add_code, look_at_file, run_new

WRITES = "Code that computes the answer from the data and prints each result with its name."


def answer(task: Task, scene: Scene) -> Plan:
    """Look at the file if the data are not loaded, compute, print, answer."""
    file = unread_table(task, scene)
    steps = (
        *((look_at_file(file),) if file else ()),
        add_code(WRITES, title="Write code that computes the answer", after=place_below(task, scene)),
        run_new(check=HAS_OUTPUT, expects="The results are printed."),
    )
    return Plan(phases=(Phase(title="Compute", steps=steps),), answers=True)
