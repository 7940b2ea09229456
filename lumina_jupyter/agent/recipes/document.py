"""Documentation: docstrings and comments in the cell, or a Markdown cell above it."""

from __future__ import annotations

import re

from ..plan import Phase, Plan
from ..scene import Scene
from ..task import Task
from .scenery import code_target
from .steps import RUNS, add_text, edit

_IN_CODE = re.compile(r"\b(?:docstrings?|comments?|type hints?|annotat\w*|inline)\b", re.IGNORECASE)
_IN_TEXT = re.compile(r"\b(?:markdown|heading|title|text cell|introduction|summary|notes?)\b", re.IGNORECASE)

_TOP = re.compile(
    r"\b(?:at|on|to) (?:the )?(?:very )?(?:top|beginning|start)\b|\babove (?:all|everything)\b", re.IGNORECASE
)
_END = re.compile(r"\b(?:at|to) the (?:very )?(?:end|bottom)\b", re.IGNORECASE)


def document(task: Task, scene: Scene) -> Plan:
    """Into the code where the words say so or name nothing else; else a cell of its own."""
    cell = code_target(task, scene)
    in_text = _IN_TEXT.search(task.words) is not None and not _IN_CODE.search(task.words)
    if cell is not None and not in_text:
        writes = "The whole code of the cell with the docstrings or comments that the task asks for. Change no code."
        step = edit(cell.id, writes, title="Document the code", check=RUNS)
    else:
        above, beside = True, cell.id if cell is not None and task.target_kind == "cell" else ""
        cells = scene.notebook.cells
        if _TOP.search(task.words) and cells:
            beside = cells[0].id
        elif _END.search(task.words):
            above, beside = False, ""
        step = add_text("Markdown as the task asks for, short.", title="Write the text", beside=beside, above=above)
    return Plan(phases=(Phase(title="Document", steps=(step,)),))
