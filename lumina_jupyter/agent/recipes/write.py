"""Something new: a cell that does what the words ask for, run."""

from __future__ import annotations

from ..plan import Phase, Plan
from ..scene import Scene
from ..task import Task
from .asked_names import asked_name
from .idioms import idioms
from .scenery import place_below, unread_table
from .steps import RUNS, add_code, look_at_file, run_new


def write(task: Task, scene: Scene) -> Plan:
    """A new cell, run."""
    file = unread_table(task, scene)
    name = asked_name(task.words)
    writes = "Code that does what the task asks for." + (f" What it makes has the name `{name}`." if name else "")
    steps = (
        *((look_at_file(file, scene.notebook.path),) if file else ()),
        add_code(f"{writes} {idioms(task.words)}".rstrip(), title="Write the cell", after=place_below(task, scene)),
        run_new(check=RUNS),
    )
    return Plan(phases=(Phase(title="Write", steps=steps),))
