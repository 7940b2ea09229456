"""An explanation: in the answer, or in a Markdown cell where the words ask for one."""

from __future__ import annotations

import re

from ..plan import Phase, Plan
from ..scene import Scene
from ..task import Task
from .scenery import target_cell
from .steps import add_text

_IN_A_CELL = re.compile(
    r"\bmarkdown\b|\bin (?:a|the) (?:new |text )?cell\b|\badd\b.{0,40}\b(?:cell|explanation|note)\b", re.IGNORECASE
)


def explain(task: Task, scene: Scene) -> Plan:
    """Nothing is changed, unless a cell is asked for."""
    if not _IN_A_CELL.search(task.words):
        return Plan(phases=(), answers=True)
    cell = target_cell(task, scene)
    writes = "Markdown that explains the code in a few short sentences."
    step = add_text(writes, title="Write the explanation", beside="" if cell is None else cell.id, above=True)
    return Plan(phases=(Phase(title="Explain", steps=(step,)),), answers=False)
