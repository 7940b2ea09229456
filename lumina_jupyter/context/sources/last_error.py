"""The error that the notebook shows last."""

from __future__ import annotations

from ..item import Item
from ..kernel.summary import Policy
from ..outputs import error_of, error_text
from ..view import NotebookView
from .cells import label, value_of


def failed_cell(view: NotebookView) -> int | None:
    """The cell that failed last, by its execution count; the active one when it failed."""
    failed = [index for index, cell in enumerate(view.cells) if error_of(cell.outputs) is not None]
    active = next((index for index in failed if view.cells[index].id == view.active_cell), None)
    if active is not None:
        return active
    return max(failed, key=lambda index: (view.cells[index].execution_count or 0, index), default=None)


def error_item(view: NotebookView, policy: Policy, *, relevance: float = 0.0, mentioned: bool = False) -> Item | None:
    """The last error, with where it happened; None when no cell failed."""
    index = failed_cell(view)
    if index is None:
        return None
    cell = view.cells[index]
    output = error_of(cell.outputs)
    text = error_text(output, policy) if output is not None else ""
    return Item(
        kind="error",
        label=f"the error in {label(view, index)}",
        text=text,
        attributes=(("cell", cell.id), ("number", f"#{index + 1}")),
        value=value_of(relevance, len(text)),
        place=(4, 1),
        mentioned=mentioned,
    )
