"""The notebook as a whole: an outline, and as many of its cells as there may be room for."""

from __future__ import annotations

from collections.abc import Mapping

from ...telemetry.redaction import redact
from ..item import Item
from ..report import LeftOut
from ..tokens import CHARACTERS_PER_TOKEN
from ..view import NotebookView
from .cells import Look, cell_item, rough_size

READ_FACTOR = 2
"""How many times the budget is read: the packer chooses among that much."""
OUTLINE_LINES = 80
OUTLINE_WIDTH = 90


def surrounding_cells(
    view: NotebookView, relevance: Mapping[int, float], look: Look, budget: int
) -> tuple[list[Item], tuple[LeftOut, ...]]:
    """The most relevant cells, up to a few times the budget; and what the rest would take, which nobody reads.

    Args:
        view: The notebook.
        relevance: Of each cell that comes into question, by its index.
        look: How cells are shown.
        budget: Tokens that there are for all of it.
    """
    order = sorted(relevance, key=lambda index: (-relevance[index], index))
    room = READ_FACTOR * budget * CHARACTERS_PER_TOKEN
    items: list[Item] = []
    unread = 0
    unread_size = 0
    for index in order:
        size = rough_size(view.cells[index])
        if room <= 0:
            unread += 1
            unread_size += size
            continue
        items.append(cell_item(view, index, look, relevance=relevance[index]))
        room -= len(items[-1].text) + 60
    if not unread:
        return items, ()
    tokens = int(unread_size / CHARACTERS_PER_TOKEN)
    return items, (LeftOut("cell", f"{unread:,} further cells", tokens, "less relevant, and no room in the budget"),)


def outline(view: NotebookView) -> Item:
    """What the notebook is about: its headings and the first line of its cells, evenly thinned out when there are many."""
    lines = [(index, _first_line(cell.source)) for index, cell in enumerate(view.cells)]
    lines = [(index, line) for index, line in lines if line]
    headings = [(index, line) for index, line in lines if line.startswith("#") and view.cells[index].kind == "markdown"]
    shown = lines if len(lines) <= OUTLINE_LINES else headings or lines
    step = -(-len(shown) // OUTLINE_LINES)
    text = "\n".join(f"#{index + 1} {line}" for index, line in shown[:: max(1, step)])
    name = view.path or "notebook"
    return Item(
        kind="notebook",
        label=name,
        text=redact(text),
        attributes=(("path", view.path), ("language", view.language), ("cells", str(len(view.cells)))),
        place=(1, 0),
        mentioned=True,
    )


def _first_line(source: str) -> str:
    line = next((line for line in source[:4_000].split("\n") if line.strip()), "")
    return " ".join(line.split())[:OUTLINE_WIDTH]
