"""The order of cells that two sides moved, inserted and deleted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from .sequence_match import longest_increasing


class Node(NamedTuple):
    """A cell's places in three notebooks; None where it is not."""

    base: int | None
    ours: int | None
    theirs: int | None


def merge_order(nodes: Sequence[Node]) -> list[Node]:
    """The nodes, each with a place in ours or theirs, in the order of both.

    A cell that both sides have stands where the side that moved it put it (ours, if both did). One that only one side
    has follows the cell that it follows there; what ours has at a place comes before what theirs has there.
    """
    by_ours = sorted((node for node in nodes if node.ours is not None), key=lambda node: node.ours or 0)
    by_theirs = sorted((node for node in nodes if node.theirs is not None), key=lambda node: node.theirs or 0)
    order = [node for node in by_ours if node.theirs is not None]
    theirs = [node for node in by_theirs if node.ours is not None]
    moved_by_us = _moved(order)
    moved_by_them = _moved(theirs) - moved_by_us
    if not moved_by_us:
        order = theirs
    elif moved_by_them:
        order = _move(order, theirs, moved_by_them)
    ours_after, theirs_after = _followers(by_ours, set(order)), _followers(by_theirs, set(order))
    merged = [*ours_after[None], *theirs_after[None]]
    for node in order:
        merged += (node, *ours_after.get(node, ()), *theirs_after.get(node, ()))
    return merged


def _moved(order: Sequence[Node]) -> set[Node]:
    """Those that are not where the base has them, by the fewest moves."""
    known = [node for node in order if node.base is not None]
    stay = longest_increasing([node.base for node in known if node.base is not None])
    return set(known) - {known[position] for position in stay}


def _move(order: Sequence[Node], like: Sequence[Node], moved: set[Node]) -> list[Node]:
    """The order with the moved ones behind those that they follow in the other order."""
    rest = [node for node in order if node not in moved]
    behind = _followers([node for node in like if node in moved or node in set(rest)], set(rest))
    result = [*behind[None]]
    for node in rest:
        result += (node, *behind.get(node, ()))
    return result


def _followers(order: Sequence[Node], fixed: set[Node]) -> dict[Node | None, list[Node]]:
    """For each fixed node, and None for the beginning, the others that follow it before the next one."""
    last: Node | None = None
    followers: dict[Node | None, list[Node]] = {None: []}
    for node in order:
        if node in fixed:
            last = node
        else:
            followers.setdefault(last, []).append(node)
    return followers
