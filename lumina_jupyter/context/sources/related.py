"""How much each cell has to do with the one that somebody works on."""

from __future__ import annotations

from ..dataflow import upstream
from ..view import NotebookView

ACTIVE = 100.0
DEFINES = 30.0
"""A cell that defines what the active one uses; less for what is needed only through other cells."""
NEIGHBOUR = 12.0
"""The cell above; less with every cell between. Cells below count half."""
HEADING = 2.0
"""Added to a heading: it says what the cells under it are about."""


def relevance(view: NotebookView, active: int) -> dict[int, float]:
    """The relevance of each cell by its index; cells that are empty have none."""
    found: dict[int, float] = {}
    definers = upstream(view, active)
    for index, cell in enumerate(view.cells):
        if not cell.source.strip() and not cell.outputs:
            continue
        if index == active:
            found[index] = ACTIVE
            continue
        distance = abs(index - active)
        score = NEIGHBOUR / distance * (1.0 if index < active else 0.5)
        if index in definers:
            score += DEFINES / definers[index]
        if cell.kind == "markdown" and cell.source.lstrip().startswith("#"):
            score += HEADING / distance.bit_length()
        found[index] = score
    return found
