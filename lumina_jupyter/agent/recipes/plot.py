"""A plot: a cell that draws it, run, and a picture must come of it."""

from __future__ import annotations

from ..plan import Phase, Plan
from ..scene import Scene
from ..task import Task
from .scenery import place_below, unread_table
from .steps import HAS_PICTURE, add_code, look_at_file, run_new

WRITES = "Code that draws the plot with matplotlib, with a title and labels on both axes, and ends with plt.show()."


def plot(task: Task, scene: Scene) -> Plan:
    """A new cell, run; it must show a picture."""
    file = unread_table(task, scene)
    steps = (
        *((look_at_file(file, scene.notebook.path),) if file else ()),
        add_code(WRITES, title="Write the plot", after=place_below(task, scene)),
        run_new(check=HAS_PICTURE, expects="A picture is shown."),
    )
    return Plan(phases=(Phase(title="Plot", steps=steps),))
