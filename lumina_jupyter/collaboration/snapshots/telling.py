"""Moments and what changed between them, in words that every face shares."""

from __future__ import annotations

from .comparison import CellDifference
from .history import Moment

REASONS = {
    "before_run": "before an agent's edits",
    "before_reconnect": "before copies were merged",
    "before_restore": "before a restore",
    "recovery": "recovery copy",
    "saved": "saved",
    "run": "edited by an agent",
    "undone_run": "edited by an agent, undone since",
}


def why(moment: Moment) -> str:
    """Why a moment was kept."""
    return REASONS.get(moment.reason, moment.reason)


def when(at: float) -> str:
    """A time in seconds since 1970, in this machine's time zone."""
    from datetime import datetime

    return datetime.fromtimestamp(at).astimezone().strftime("%Y-%m-%d %H:%M")


def what(moment: Moment) -> str:
    """How many cells a moment has, and what became of them since the one before."""
    if moment.damaged:
        return "damaged on the disk"
    parts = [
        f"{number} {fate}"
        for number, fate in ((moment.added, "added"), (moment.edited, "edited"), (moment.removed, "removed"))
        if number
    ]
    cells = f"{moment.cells} cell{'' if moment.cells == 1 else 's'}"
    told = f"{cells}: {', '.join(parts)}" if parts else cells
    return f"{told}, by {moment.changed_by}" if moment.changed_by not in ("", moment.by) else told


def place(cell: CellDifference) -> str:
    """Where a cell is, and was, counted from 1."""
    numbers = [f"#{number}" for number in (cell.number_before, cell.number_after) if number]
    return numbers[0] if len(set(numbers)) == 1 else " → ".join(numbers)


def fate(cell: CellDifference) -> str:
    """What became of a cell."""
    if cell.change != "changed":
        return cell.change
    parts = {
        "edited": bool(cell.lines),
        f"now {cell.type}": cell.retyped,
        "moved": cell.moved,
        "other outputs": cell.outputs,
        "other metadata": cell.metadata,
    }
    return ", ".join(part for part, is_so in parts.items() if is_so)


def restored(inserted: int, deleted: int, moved: int, edited: int) -> str:
    """What a restore did, by how many cells."""
    counts = {"brought back": inserted, "removed": deleted, "moved": moved, "changed back": edited}
    told = ", ".join(f"{number} {done}" for done, number in counts.items() if number)
    return f"cells {told}" if told else "its metadata"
