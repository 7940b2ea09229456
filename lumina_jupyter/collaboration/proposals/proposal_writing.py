"""Writes what was accepted of a proposal into its notebook, as one step that can be undone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..document.author import Author
from ..document.cell import Cell, Notebook
from ..document.edits import Whole
from .proposal import ProposedChange, Record

if TYPE_CHECKING:
    from ..document.document import NotebookDocument


def author_of(record: Record, reviewer: str) -> Author:
    """Who writes: the proposal is a run of its own, and each decision one step of it."""
    return Author(
        run=record.id, step=record.version, kind="proposal", name=record.author, user=reviewer, model=record.model
    )


async def write(
    document: NotebookDocument, record: Record, change: ProposedChange, notebook: Notebook, reviewer: str
) -> None:
    """Write one change; of an edit, `proposed` is what the cell shall hold.

    Args:
        document: Where it is written.
        record: The proposal.
        change: The change as it stands.
        notebook: The notebook for which it stands so.
        reviewer: Who accepted it.

    Raises:
        CellChanged: when the cell does not hold `base` any more.
        CellGone: when the cell, or that which it shall follow, is not there any more.
    """
    author = author_of(record, reviewer)
    base = Cell(id=change.cell, type=change.cell_type, source=change.base).hash
    others = [cell.id for cell in notebook.cells if cell.id != change.cell]
    first = others[0] if others and change.after is None else None
    match change.kind:
        case "edit":
            await document.edit(author, change.cell, base, Whole(change.proposed))
        case "delete":
            await document.delete(author, change.cell, base)
        case "move":
            await document.move(author, change.cell, after=change.after, before=first)
        case "insert":
            await document.insert(
                author, change.proposed, type=change.cell_type, after=change.after, before=first, id=change.cell
            )
