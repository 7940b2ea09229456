"""What changed in a notebook, for a terminal: a line for each cell, and below it how its text changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .output import clean, say

if TYPE_CHECKING:
    from ..collaboration.snapshots.comparison import CellDifference, Comparison

_COLOURS = {"+": "green", "-": "red", "@": "cyan"}


def print_changes(found: Comparison, *, unchanged: str = "Nothing has changed since then.") -> None:
    """Print them; `unchanged` when there are none."""
    for cell in found.cells:
        say(f"{_name(cell)}: {_what(cell)}", bold=True)
        for line in cell.lines:
            say(f"  {clean(line)}", colour=_COLOURS.get(line[:1]))
    if found.metadata:
        say("The notebook's metadata differ.", bold=True)
    elif not found.cells:
        say(unchanged)


def _name(cell: CellDifference) -> str:
    numbers = [f"#{number}" for number in (cell.number_before, cell.number_after) if number]
    place = numbers[0] if len(set(numbers)) == 1 else " → ".join(numbers)
    return f"Cell {place} {clean(cell.id)}".rstrip()


def _what(cell: CellDifference) -> str:
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
