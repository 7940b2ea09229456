"""What two sequences have in common, in order, within a bounded time: the ground of every comparison here."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Sequence
from typing import NamedTuple

BUDGET = 200_000
"""Steps of one exact comparison: some 30 ms. What takes more is compared by its unique elements alone."""


class Steps:
    """How many steps of exact comparison may still be taken, by one comparison or by several that share them."""

    def __init__(self, left: int = BUDGET) -> None:
        self.left = left


class Block(NamedTuple):
    """`a[a_start : a_start + size]` equals `b[b_start : b_start + size]`."""

    a_start: int
    b_start: int
    size: int


def matching_blocks(a: Sequence[Hashable], b: Sequence[Hashable], steps: Steps | None = None) -> list[Block]:
    """The common elements of both as ascending blocks: as many as there can be, where the steps allow it.

    Where they do not, elements that occur once in either divide both into parts, which are compared by themselves.
    """
    steps = steps or Steps()
    again = Steps(steps.left)
    exact = fewest_changes(a, b, steps)
    if exact is not None:
        return exact
    blocks: list[Block] = []
    a_from = b_from = 0
    anchors = _anchors(a, b)
    for a_at, b_at in [*anchors, (len(a), len(b))]:
        part = fewest_changes(a[a_from:a_at], b[b_from:b_at], again) or []
        blocks += (Block(a_from + block.a_start, b_from + block.b_start, block.size) for block in part)
        if a_at < len(a):
            blocks.append(Block(a_at, b_at, 1))
        a_from, b_from = a_at + 1, b_at + 1
    return _joined(blocks)


def fewest_changes(a: Sequence[Hashable], b: Sequence[Hashable], steps: Steps) -> list[Block] | None:
    """Myers' greedy comparison: the blocks that leave the fewest insertions and deletions; None beyond the steps."""
    head = 0
    shorter = min(len(a), len(b))
    while head < shorter and a[head] == b[head]:
        head += 1
    tail = 0
    while tail < shorter - head and a[-1 - tail] == b[-1 - tail]:
        tail += 1
    middle = _greedy(a[head : len(a) - tail], b[head : len(b) - tail], steps)
    if middle is None:
        return None
    blocks = [Block(0, 0, head), *(Block(head + block.a_start, head + block.b_start, block.size) for block in middle)]
    blocks.append(Block(len(a) - tail, len(b) - tail, tail))
    return _joined(blocks)


def longest_increasing(values: Sequence[int]) -> list[int]:
    """The positions of the longest run of ever greater values, neighbours or not."""
    ends: list[int] = []
    at: list[int] = []
    before: list[int] = []
    for position, value in enumerate(values):
        length = bisect_left(ends, value)
        before.append(at[length - 1] if length else -1)
        if length == len(ends):
            ends.append(value)
            at.append(position)
        else:
            ends[length], at[length] = value, position
    found: list[int] = []
    position = at[-1] if at else -1
    while position >= 0:
        found.append(position)
        position = before[position]
    return found[::-1]


def _greedy(a: Sequence[Hashable], b: Sequence[Hashable], steps: Steps) -> list[Block] | None:
    if not a or not b:
        return []
    reach = {1: 0}  # for each diagonal, how far into `a` the furthest path has come
    trace: list[dict[int, int]] = []
    for changes in range(len(a) + len(b) + 1):
        trace.append(reach.copy())
        for diagonal in range(-changes, changes + 1, 2):
            down = diagonal == -changes or (diagonal != changes and reach[diagonal - 1] < reach[diagonal + 1])
            x = reach[diagonal + 1] if down else reach[diagonal - 1] + 1
            begun = x
            while x < len(a) and x - diagonal < len(b) and a[x] == b[x - diagonal]:
                x += 1
            reach[diagonal] = x
            steps.left -= x - begun
            if x >= len(a) and x - diagonal >= len(b):
                return _walk_back(trace, len(a), len(b))
        steps.left -= 2 * changes + 1
        if steps.left < 0:
            break
    return None


def _walk_back(trace: list[dict[int, int]], x: int, y: int) -> list[Block]:
    blocks: list[Block] = []
    for changes in range(len(trace) - 1, -1, -1):
        reach = trace[changes]
        diagonal = x - y
        down = diagonal == -changes or (diagonal != changes and reach[diagonal - 1] < reach[diagonal + 1])
        came_from = diagonal + 1 if down else diagonal - 1
        before_x = reach[came_from]
        before_y = before_x - came_from
        start = (before_x if down else before_x + 1) if changes else 0
        if x > start:
            blocks.append(Block(start, start - diagonal, x - start))
        x, y = before_x, before_y
    return blocks[::-1]


def _anchors(a: Sequence[Hashable], b: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Positions of the elements that occur once in both, as many as stand in the same order."""
    once_in_a = {element for element, count in Counter(a).items() if count == 1}
    once_in_b = {element for element, count in Counter(b).items() if count == 1}
    where_in_b = {element: position for position, element in enumerate(b) if element in once_in_b}
    once_in_both = once_in_a & once_in_b
    pairs = [(at, where_in_b[element]) for at, element in enumerate(a) if element in once_in_both]
    return [pairs[position] for position in longest_increasing([b_at for _, b_at in pairs])]


def _joined(blocks: list[Block]) -> list[Block]:
    joined: list[Block] = []
    for block in blocks:
        if not block.size:
            continue
        last = joined[-1] if joined else None
        if last and last.a_start + last.size == block.a_start and last.b_start + last.size == block.b_start:
            joined[-1] = Block(last.a_start, last.b_start, last.size + block.size)
        else:
            joined.append(block)
    return joined
