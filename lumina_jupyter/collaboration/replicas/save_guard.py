"""The last look before a notebook is written: no cell vanishes that nobody deleted."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a notebook may not be written as it is: cells with something in them are gone, and nobody deleted them."""

    cells: tuple[Mapping[str, Any], ...]

    @property
    def message(self) -> str:
        """One sentence for people."""
        count = len(self.cells)
        what = "A cell" if count == 1 else f"{count} cells"
        return f"{what} vanished from the notebook though nobody deleted {'it' if count == 1 else 'them'}."


def check(before: Mapping[str, Any], after: Mapping[str, Any], deleted_ids: Collection[str]) -> Refusal | None:
    """Compare what is about to be written with what was written last.

    Args:
        before: The notebook as it was saved or loaded last.
        after: The notebook that is to be written.
        deleted_ids: The cells for which the document saw a delete since.

    Returns:
        None when it may be written.
    """
    there = {cell.get("id") for cell in after.get("cells", ())}
    gone = tuple(
        cell
        for cell in before.get("cells", ())
        if cell.get("id") not in there and cell.get("id") not in deleted_ids and not is_empty(cell)
    )
    return Refusal(gone) if gone else None


def put_back(before: Mapping[str, Any], after: Mapping[str, Any], refusal: Refusal) -> dict[str, Any]:
    """The notebook with the vanished cells again, each behind the cell that it stood behind."""
    order = [cell.get("id") for cell in before.get("cells", ())]
    cells = [dict(cell) for cell in after.get("cells", ())]
    for lost in refusal.cells:
        cells.insert(_place(lost.get("id"), order, [cell.get("id") for cell in cells]), dict(lost))
    return {**after, "cells": cells}


def is_empty(cell: Mapping[str, Any]) -> bool:
    """Whether nothing would be lost with it."""
    source = cell.get("source", "")
    text = source if isinstance(source, str) else "".join(source)
    return not text.strip() and not cell.get("outputs") and not cell.get("attachments")


def _place(cell_id: Any, order: Sequence[Any], present: Sequence[Any]) -> int:
    for earlier in reversed(order[: order.index(cell_id)]):
        if earlier in present:
            return present.index(earlier) + 1
    return 0
