"""Which cells define what a cell uses, in the order in which a notebook is read."""

from __future__ import annotations

from .code_names import CodeNames, code_names
from .view import CellView, NotebookView
from .written_names import may_be_written

MOST_NAMES = 400
"""Names that are followed upwards at most."""


def names_of(cell: CellView, language: str = "python") -> CodeNames:
    """The names of a cell; none of one that is no Python code."""
    return code_names(cell.source) if cell.kind == "code" and language == "python" else CodeNames()


def upstream(view: NotebookView, index: int) -> dict[int, int]:
    """The cells that a cell's names come from, by index, each with its distance: 1 for a direct definition.

    One pass upwards: the nearest cell above that certainly defines a name answers for it, those that may change
    it count as well, and what these use is looked for further up. What no cell above defines is looked for
    below, nearest first, because notebooks are also run out of order.
    """
    needed = dict.fromkeys(sorted(names_of(view.cells[index], view.language).mentions), 1)
    found: dict[int, int] = {}
    for position in range(index - 1, -1, -1):
        if not needed:
            return found
        cell = view.cells[position]
        if not _may_write(cell.source, needed):
            continue
        names = names_of(cell, view.language)
        written = needed.keys() & names.writes
        if not written and not names.star:
            continue
        distance = min((needed[name] for name in written), default=max(needed.values()))
        found[position] = distance
        for name in written & names.defines:
            del needed[name]
        if len(needed) < MOST_NAMES:
            for name in sorted(names.mentions):
                needed.setdefault(name, distance + 1)
    _below(view, index, {name for name, distance in needed.items() if distance == 1}, found)
    return found


def _below(view: NotebookView, index: int, needed: set[str], found: dict[int, int]) -> None:
    for position in range(index + 1, len(view.cells)):
        if not needed:
            return
        cell = view.cells[position]
        if _may_write(cell.source, needed):
            written = needed & names_of(cell, view.language).defines
            if written:
                found[position] = 1
                needed -= written


def _may_write(source: str, names: dict[str, int] | set[str]) -> bool:
    """Whether a cell could write one of the names at all: looking at its text is much quicker than parsing."""
    if "import *" in source:
        return True
    if not any(name in source for name in names):
        return False
    written = may_be_written(source)
    return written is None or not written.isdisjoint(names)
