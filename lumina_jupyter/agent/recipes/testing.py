"""Tests: a cell of assertions below the code that they test, run."""

from __future__ import annotations

from ...context.code_names import code_names
from ..plan import Phase, Plan
from ..scene import Scene
from ..task import Task
from .scenery import code_target
from .steps import RUNS, add_code, run_new


def test(task: Task, scene: Scene) -> Plan:
    """A new cell with assertions, run."""
    cell = code_target(task, scene)
    names: list[str] = []
    if cell is not None and scene.notebook.language == "python":
        names = [name for name, _ in code_names(cell.source).late]
    what = " and ".join(f"`{name}`" for name in names[:3]) or "the code"
    first = names[0] if names else "name"
    writes = (
        f"Tests of {what}: one assert statement a line, each of the form `assert {first}(…) == …`, with simple values "
        f"whose result is certain. Do not define {what} again."
    )
    steps = (
        add_code(writes, title="Write the tests", after="" if cell is None else cell.id),
        run_new(check=RUNS, expects="All assertions hold."),
    )
    return Plan(phases=(Phase(title="Test", steps=steps),))
