"""How a proposal stands: what was kept of it, held against the notebook as it is now.

Nothing of this is kept: a cell that comes back, or a text that is typed back, makes a stale change fit again.
"""

from __future__ import annotations

from dataclasses import replace

from ..document.cell import Cell, Notebook
from .hunks import hunks, rebased
from .proposal import Change, Proposal, ProposedChange, Record, Standing

GONE = "The cell was deleted meanwhile."
OTHER_TYPE = "The cell is of another type now."
SAME_LINES = "The same lines of the cell were changed meanwhile."
CHANGED = "The cell was changed after its deletion was proposed."


def standing(record: Record, notebook: Notebook) -> Proposal:
    """A proposal for a notebook as it is now."""
    changes = tuple(standing_change(change, notebook) for change in record.changes)
    return Proposal(
        id=record.id,
        path=record.path,
        state=_state([change.state for change in changes]),
        run=record.run,
        author=record.author,
        model=record.model,
        user=record.user,
        reason=record.reason,
        created_at=record.created_at,
        updated_at=record.updated_at,
        changes=changes,
        decisions=record.decisions,
        version=record.version,
    )


def standing_change(change: Change, notebook: Notebook) -> ProposedChange:
    """One change for a notebook as it is now."""
    shown = ProposedChange(
        kind=change.kind,
        cell=change.cell,
        cell_type=change.cell_type,
        state=change.state,
        base=change.base,
        proposed=change.proposed,
    )
    cell = next((each for each in notebook.cells if each.id == change.cell), None)
    if change.kind in {"insert", "move"}:
        shown = replace(shown, after=anchor_of(change, notebook))
    if change.state != "open":
        return shown
    if change.kind == "insert":
        return shown if cell is None else replace(shown, state="accepted")
    if cell is None:
        return replace(shown, state="stale", stale=GONE)
    if change.kind == "move":
        return shown
    if cell.type != change.cell_type:
        return replace(shown, state="stale", stale=OTHER_TYPE)
    if change.kind == "delete":
        return shown if cell.source == change.base else replace(shown, state="stale", stale=CHANGED)
    return _edit(shown, cell)


def anchor_of(change: Change, notebook: Notebook) -> str | None:
    """The cell that a change shall follow: the nearest that is still there; None for the beginning."""
    here = {cell.id for cell in notebook.cells} - {change.cell}
    return next((each for each in change.anchors if each in here), None)


def _edit(shown: ProposedChange, cell: Cell) -> ProposedChange:
    proposed = rebased(shown.base, shown.proposed, cell.source)
    if proposed is None:
        return replace(shown, state="stale", stale=SAME_LINES)
    left = hunks(cell.source, proposed)
    # Somebody typed the same, or the server died between the cell's change and its record.
    return replace(shown, state="open" if left else "accepted", base=cell.source, proposed=proposed, hunks=left)


def _state(states: list[Standing]) -> Standing:
    if "open" in states:
        return "open"
    if "stale" in states:
        return "stale"
    if len(set(states)) == 1:
        return states[0]
    return "partly"
