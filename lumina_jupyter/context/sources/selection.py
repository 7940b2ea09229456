"""What is selected in the editor."""

from __future__ import annotations

from ...telemetry.redaction import redact
from ..cleaning import bounded
from ..item import Item
from ..view import NotebookView
from .cells import value_of

LONGEST = 60_000


def selection_item(view: NotebookView, *, relevance: float = 0.0, mentioned: bool = False) -> Item | None:
    """The selection; None when there is none."""
    selection = view.selection
    if selection is None or not selection.text.strip():
        return None
    text = redact(bounded(selection.text, LONGEST))
    where = [("cell", selection.cell_id)] if selection.cell_id else []
    where += [("path", selection.path)] if selection.path else []
    return Item(
        kind="selection",
        label="the selection",
        text=text,
        attributes=tuple(where),
        value=value_of(relevance, len(text)),
        place=(4, 0),
        mentioned=mentioned,
    )
