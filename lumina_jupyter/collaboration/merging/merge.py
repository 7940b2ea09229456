"""Two changes of one notebook made together, without losing a cell or a text that only one side has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from ..document.storable import shaped_cell
from .cell_match import Look, first_ids, match_cells, match_equal
from .divided import settle_divided
from .merge_fields import UNSETTLED, Conflict, Fields, Sides, merge_cell, was_edited
from .merge_order import Node, merge_order


@dataclass(frozen=True, slots=True)
class Merged:
    """A notebook with the changes of both sides, and what both changed in different ways."""

    content: dict[str, Any]
    conflicts: tuple[Conflict, ...] = field(default=())


def merge(base: Mapping[str, Any] | None, ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> Merged:
    """What a notebook becomes when `ours` and `theirs` both came from `base`; None where no base is known.

    Cells are matched by id, and by content where ids are missing, double or new. What only one side changed is taken
    from it: texts (by line, within a line by character), the order of cells, metadata by key, outputs together with
    their execution count. A cell that one side deleted and the other edited stays. Where both changed the same, both
    texts are kept, ours first; of two runs the newer; of two values ours. The inputs are not changed.
    """
    sides = Sides(*(side if isinstance(side, Mapping) else {} for side in (base, ours, theirs)))
    if sides.settled is not UNSETTLED:
        return Merged(dict(sides.settled))
    conflicts: list[Conflict] = []
    cells = _merge_cells(Sides(*map(_cells, sides.at("cells"))), conflicts)
    rest = Sides(*({key: value for key, value in side.items() if key != "cells"} for side in sides))
    content = {"cells": cells, **Fields(conflicts).mapping(rest, "")}
    return Merged(content, tuple(conflicts))


def _cells(value: Any) -> list[dict[str, Any]]:
    return [shaped_cell(cell) for cell in value] if isinstance(value, list | tuple) else []


def _merge_cells(sides: Sides, conflicts: list[Conflict]) -> list[dict[str, Any]]:
    merged = []
    sides, nodes = settle_divided(sides, _nodes(*sides), conflicts)
    for node in merge_order(_alive(sides, nodes, conflicts)):
        cells = Sides(*(None if at is None else side[at] for side, at in zip(sides, node, strict=True)))
        if cells.ours is not None and cells.theirs is not None:
            merged.append(merge_cell(cells, conflicts))
        else:
            merged.append(cells.theirs if cells.ours is None else cells.ours)
    return _with_unique_ids(merged)


def _nodes(base: Sequence[Any], ours: Sequence[Any], theirs: Sequence[Any]) -> list[Node]:
    """Every cell once, with its places in the three notebooks."""
    # What both have by one id, and the base has not, is new on both sides, whatever it looks like.
    new = first_ids(ours).keys() & first_ids(theirs).keys() - first_ids(base).keys()
    ours_of, theirs_of = _matched(base, ours, new), _matched(base, theirs, new)
    ours_at = {was: at for at, was in ours_of.items()}
    theirs_at = {was: at for at, was in theirs_of.items()}
    nodes = [Node(at, ours_at.get(at), theirs_at.get(at)) for at in range(len(base))]
    twins = _added_by_both(ours, theirs, ours_of, theirs_of)
    nodes += [Node(None, twins.get(at), at) for at in range(len(theirs)) if at not in theirs_of]
    shared = set(twins.values())
    return nodes + [Node(None, at, None) for at in range(len(ours)) if at not in ours_of and at not in shared]


def _matched(base: Sequence[Mapping[str, Any]], side: Sequence[Mapping[str, Any]], new: Set[str]) -> dict[int, int]:
    """For the positions in a side, those of the same cells in the base; the `new` ids have none."""
    named = first_ids(base)
    known = {at: named[cell_id] for cell_id, at in first_ids(side).items() if cell_id in named}
    looks, others = [Look.of(cell) for cell in base], [Look.of(cell) for cell in side]

    def believed(at: int, was: int) -> bool:
        if side[at].get("id") in new:
            return False
        # An empty cell is no sign of what a cell with another id once was.
        named_both = base[was].get("id") and side[at].get("id")
        return not named_both or at in known or bool(looks[was].source.strip() and others[at].source.strip())

    return {at: was for at, was in match_cells(looks, others, known).items() if believed(at, was)}


def _added_by_both(
    ours: Sequence[Mapping[str, Any]],
    theirs: Sequence[Mapping[str, Any]],
    ours_of: Mapping[int, int],
    theirs_of: Mapping[int, int],
) -> dict[int, int]:
    """For the positions in theirs, those in ours of the cells that both sides have and the base has not.

    They have the same id, or the same content at the same place, or the same content and one of them no id at all.
    """
    named = first_ids(ours)
    found = {
        at: named[cell_id]
        for cell_id, at in first_ids(theirs).items()
        if at not in theirs_of and cell_id in named and named[cell_id] not in ours_of
    }
    ours_free = [at for at in range(len(ours)) if at not in ours_of and at not in set(found.values())]
    theirs_free = [at for at in range(len(theirs)) if at not in theirs_of and at not in found]
    looks = [Look.of(ours[at]) for at in ours_free]
    equal = match_equal(looks, [Look.of(theirs[at]) for at in theirs_free], {})
    ours_after, theirs_after = _after(ours, ours_of), _after(theirs, theirs_of)
    for theirs_position, ours_position in equal.items():
        at, was = theirs_free[theirs_position], ours_free[ours_position]
        if theirs_after[at] == ours_after[was] or not (theirs[at].get("id") and ours[was].get("id")):
            found[at] = was
    return found


def _after(side: Sequence[Any], of: Mapping[int, int]) -> list[int]:
    """For each cell, the last one of the base before it."""
    last = -1
    after = []
    for at in range(len(side)):
        after.append(last)
        last = of.get(at, last)
    return after


def _alive(sides: Sides, nodes: list[Node], conflicts: list[Conflict]) -> list[Node]:
    """The nodes without the cells that were deleted. One that the other side edited stays."""
    alive = []
    for node in nodes:
        if node.base is None or (node.ours is not None and node.theirs is not None):
            alive.append(node)
            continue
        cells = Sides(*(None if at is None else side[at] for side, at in zip(sides, node, strict=True)))
        kept = cells.theirs if cells.ours is None else cells.ours
        if kept is not None and was_edited(cells.base, kept):
            alive.append(node)
            conflicts.append(Conflict(str(kept.get("id", "")), "deleted", *cells))
    return alive


def _with_unique_ids(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
    first = first_ids(cells)
    taken = set(first)
    for at, cell in enumerate(cells):
        cell_id = cell.get("id")
        if not isinstance(cell_id, str) or first.get(cell_id, at) == at:
            continue
        while cell_id in taken:
            cell_id = sha256(f"{cell_id}\0{at}".encode(errors="replace")).hexdigest()[:12]
        taken.add(cell_id)
        cells[at] = {**cell, "id": cell_id}
    return cells
