"""What changed in a notebook, for a terminal: a line for each cell, and below it how its text changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .output import clean, say

if TYPE_CHECKING:
    from ..collaboration.snapshots.comparison import Comparison

_COLOURS = {"+": "green", "-": "red", "@": "cyan"}


def print_changes(found: Comparison, *, unchanged: str = "Nothing has changed since then.") -> None:
    """Print them; `unchanged` when there are none."""
    from ..collaboration.snapshots.telling import fate, place

    for cell in found.cells:
        say(f"{f'Cell {place(cell)} {clean(cell.id)}'.rstrip()}: {fate(cell)}", bold=True)
        for line in cell.lines:
            say(f"  {clean(line)}", colour=_COLOURS.get(line[:1]))
    if found.metadata:
        say("The notebook's metadata differ.", bold=True)
    elif not found.cells:
        say(unchanged)
