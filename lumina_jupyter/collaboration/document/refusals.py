"""What the author of a write is told when the cell is not as it was read."""

from __future__ import annotations

from ...errors import CellChanged, CellGone
from .cell import Cell


def cell_changed(cell: Cell) -> CellChanged:
    """The refusal of a write to a cell that was changed since, with the cell as it is now."""
    return CellChanged(
        f"The cell {cell.id} was changed since it was read.", cell_id=cell.id, source=cell.source, hash=cell.hash
    )


def cell_gone(cell_id: str) -> CellGone:
    """The refusal of a write to a cell that is not there."""
    return CellGone(f"There is no cell {cell_id!r} in this notebook.")
