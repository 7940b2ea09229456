"""Makes a proposal's changes of the drafts that its author hands in, for the notebook that the author read."""

from __future__ import annotations

from collections.abc import Sequence
from secrets import token_hex

from ...errors import CellChanged, CellGone, InvalidBody
from ..document.cell import Cell, Notebook
from .proposal import Change, Draft

MOST_CHANGES = 200
"""Changes of one proposal: nobody reviews more."""
MOST_ANCHORS = 20
"""Cells before an inserted one that are remembered, should some of them go."""


def changes_of(drafts: Sequence[Draft], notebook: Notebook) -> tuple[Change, ...]:
    """The changes, each with what it takes to tell later whether it still fits.

    Raises:
        InvalidBody: when there is nothing to change, or a draft contradicts another.
        CellChanged: when a cell is not as the author read it any more.
        CellGone: when a cell is not there.
    """
    if not drafts:
        raise InvalidBody("A proposal needs at least one change.", field="changes")
    if len(drafts) > MOST_CHANGES:
        raise InvalidBody(f"A proposal holds at most {MOST_CHANGES} changes.", field="changes")
    proposed = _Proposed(notebook)
    return tuple(proposed.change(draft, f"changes[{number}]") for number, draft in enumerate(drafts))


class _Proposed:
    """The notebook as it would be with the changes so far."""

    def __init__(self, notebook: Notebook) -> None:
        self._cells = {cell.id: cell for cell in notebook.cells}
        self._order = [cell.id for cell in notebook.cells]
        self._names: dict[str, str] = {}
        self._touched: set[str] = set()

    def change(self, draft: Draft, field: str) -> Change:
        if draft.cell and draft.cell in self._touched:
            raise InvalidBody(f"{field}: another change of this proposal is about the same cell.", field=field)
        self._touched.add(draft.cell)
        if draft.kind == "insert":
            cell_id = draft.cell if draft.cell and draft.cell not in self._cells else token_hex(4)
            self._names[draft.cell] = cell_id
            anchors = self._place(cell_id, draft, field)
            return Change(
                kind="insert", cell=cell_id, cell_type=draft.cell_type, proposed=draft.source, anchors=anchors
            )
        cell = self._cell(draft.cell)
        if draft.kind == "move":
            return Change(kind="move", cell=cell.id, cell_type=cell.type, anchors=self._place(cell.id, draft, field))
        if draft.base_hash != cell.hash:
            raise CellChanged(
                f"The cell {cell.id} was changed since it was read.",
                cell_id=cell.id,
                source=cell.source,
                hash=cell.hash,
                hint="Read the cell's new text and propose for that; nothing was kept.",
            )
        if draft.kind == "delete":
            self._order.remove(cell.id)
            return Change(kind="delete", cell=cell.id, cell_type=cell.type, base=cell.source)
        if draft.source == cell.source:
            raise InvalidBody(f"{field}: the cell holds this text already.", field=field)
        return Change(kind="edit", cell=cell.id, cell_type=cell.type, base=cell.source, proposed=draft.source)

    def _cell(self, cell_id: str) -> Cell:
        cell = self._cells.get(cell_id)
        if cell is None:
            raise CellGone(f"There is no cell {cell_id or 'without an id'}.")
        return cell

    def _place(self, cell_id: str, draft: Draft, field: str) -> tuple[str, ...]:
        """Put a cell where the draft wants it; the cells before it, the nearest first."""
        if cell_id in self._order:
            self._order.remove(cell_id)
        at = 0
        if draft.after is not None:
            anchor = self._names.get(draft.after, draft.after)
            if anchor not in self._order:
                raise InvalidBody(f"{field}.after: there is no cell {draft.after}.", field=f"{field}.after")
            at = self._order.index(anchor) + 1
        self._order.insert(at, cell_id)
        return tuple(reversed(self._order[max(0, at - MOST_ANCHORS) : at]))
