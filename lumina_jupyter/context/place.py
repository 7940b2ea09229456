"""Where in the notebook a question stands: its active cell, and the cell that asks it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from .mentions import Mention
from .view import NotebookView

PREFIX_LENGTH = 4
"""Characters of a cell's id that name it, where no other begins so."""
_PROMPT = re.compile(r"\s*%%?lumina\b")
_COMPARED = 200


@dataclass(frozen=True, slots=True)
class Standpoint:
    """A notebook, the index of its active cell (-1 for none), and the index of the cell that asks (-1 for none)."""

    view: NotebookView
    active: int
    asking: int = -1


def of_panel(view: NotebookView) -> Standpoint:
    """Where somebody stands who looks at the notebook and asks from beside it."""
    return Standpoint(view, next((at for at, cell in enumerate(view.cells) if cell.id == view.active_cell), -1))


def of_cell(view: NotebookView, asking_id: str, prompt: str) -> Standpoint:
    """Where a cell stands that asks: the cell above it that holds something is the active one.

    Args:
        view: The notebook, from the live room or the file.
        asking_id: The id of the cell that asks, as far as its front end tells it.
        prompt: What it asks, to find it by otherwise.
    """
    asking = next((at for at, cell in enumerate(view.cells) if asking_id and cell.id == asking_id), -1)
    if asking < 0:
        asking = _by_prompt(view, prompt)
    before = range((asking if asking >= 0 else len(view.cells)) - 1, -1, -1)
    active = next((at for at in before if _holds_something(view, at)), -1)
    found = view.cells[active].id if active >= 0 else ""
    return Standpoint(replace(view, active_cell=found), active, asking)


def named_cell(view: NotebookView, mention: Mention) -> int | str:
    """The index of the cell that a mention with a target names, or why there is none."""
    target = mention.target
    if target.startswith("#"):
        number = int(target[1:])
        return number - 1 if 1 <= number <= len(view.cells) else f"the notebook has {len(view.cells):,} cells"
    found = [at for at, cell in enumerate(view.cells) if cell.id == target]
    if not found and len(target) >= PREFIX_LENGTH:
        found = [at for at, cell in enumerate(view.cells) if cell.id.startswith(target)]
    if len(found) == 1:
        return found[0]
    return "more than one cell's id begins so" if found else "there is no such cell"


def _by_prompt(view: NotebookView, prompt: str) -> int:
    wanted = " ".join(prompt.split())[:_COMPARED]
    fitting = [
        at
        for at, cell in enumerate(view.cells)
        if _PROMPT.match(cell.source) and wanted and wanted in " ".join(cell.source.split())
    ]
    return max(fitting, key=lambda at: (view.cells[at].execution_count or 0, at), default=-1)


def _holds_something(view: NotebookView, at: int) -> bool:
    cell = view.cells[at]
    return cell.kind == "code" and bool(cell.source.strip()) and not _PROMPT.match(cell.source)
