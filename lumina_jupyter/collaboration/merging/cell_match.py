"""Which cell of one notebook is which of another, where their ids do not tell."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ..document.storable import storable_text
from .sequence_match import matching_blocks

ALIKE = 0.5
"""From this share of common words on, a cell is taken for the changed form of another."""
COMPARED = 20_000
"""Characters of a cell that its likeness is judged by."""
CLOSE = 40
"""So many cells between two known ones are compared each with each; more only with the one at the same place."""

_WORD = re.compile(r"\w+|[^\w\s]")


class Look(NamedTuple):
    """What a cell is recognised by."""

    type: str
    source: str

    @classmethod
    def of(cls, cell: Mapping[str, Any]) -> Look:
        """The look of a cell in its JSON form, however poor."""
        source = cell.get("source", "")
        return cls(str(cell.get("cell_type", "")), storable_text(source) if isinstance(source, str) else "")


def match_cells(old: Sequence[Look], new: Sequence[Look], known: Mapping[int, int] | None = None) -> dict[int, int]:
    """For the positions in `new`, the positions in `old` of the same cells, each at most once.

    Of those that are not known already, equal cells in the same order come first, then equal ones elsewhere (unless
    they are empty), then, between two that are known, the ones that are most alike.
    """
    found = dict(known or {})
    taken = set(found.values())
    olds = [at for at in range(len(old)) if at not in taken]
    news = [at for at in range(len(new)) if at not in found]
    if not olds or not news:
        return found
    for block in matching_blocks([old[at] for at in olds], [new[at] for at in news]):
        found |= {news[block.b_start + at]: olds[block.a_start + at] for at in range(block.size)}
    found |= match_equal(old, new, found)
    taken = set(found.values())
    for old_gap, new_gap in _gaps(found, len(old), len(new)):
        left = [at for at in old_gap if at not in taken]
        found |= _most_alike(old, new, left, [at for at in new_gap if at not in found])
    return found


def first_ids(cells: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Where each id occurs first."""
    first: dict[str, int] = {}
    for at, cell in enumerate(cells):
        if isinstance(cell.get("id"), str) and cell["id"]:
            first.setdefault(cell["id"], at)
    return first


def match_equal(old: Sequence[Look], new: Sequence[Look], known: Mapping[int, int]) -> dict[int, int]:
    """Of those that are not known yet, the equal cells that hold something, wherever they stand."""
    taken = set(known.values())
    free: defaultdict[Look, list[int]] = defaultdict(list)
    for at in reversed(range(len(old))):
        if at not in taken and old[at].source.strip():
            free[old[at]].append(at)
    return {at: free[look].pop() for at, look in enumerate(new) if at not in known and free.get(look)}


def likeness(one: str, other: str) -> float:
    """The share of words and signs that two texts have in common; 1 where one goes on where the other ends."""
    one, other = one[:COMPARED], other[:COMPARED]
    if not one.strip() or not other.strip():
        return 0.0
    if one.startswith(other) or other.startswith(one):
        return 1.0
    words, others = Counter(_WORD.findall(one)), Counter(_WORD.findall(other))
    both = words.total() + others.total()
    return 2 * (words & others).total() / both if both else 0.0


def _gaps(found: dict[int, int], old: int, new: int) -> Iterator[tuple[range, range]]:
    """The ranges between cells that are known and in order."""
    old_from = new_from = 0
    for new_at, old_at in [*sorted(found.items()), (new, old)]:
        if old_at >= old_from:
            yield range(old_from, old_at), range(new_from, new_at)
            old_from, new_from = old_at + 1, new_at + 1


def _most_alike(old: Sequence[Look], new: Sequence[Look], olds: list[int], news: list[int]) -> dict[int, int]:
    if len(olds) == len(news) == 1 and not (old[olds[0]].source.strip() and new[news[0]].source.strip()):
        # One cell that was empty, or is now: where the others are known, it is this one.
        return {news[0]: olds[0]} if old[olds[0]].type == new[news[0]].type else {}
    close = max(len(olds), len(news)) <= CLOSE
    pairs = [(a, b) for a in olds for b in news] if close else list(zip(olds, news, strict=False))
    scored = [
        (likeness(old[a].source, new[b].source), -abs(a - b), a, b) for a, b in pairs if old[a].type == new[b].type
    ]
    found: dict[int, int] = {}
    taken: set[int] = set()
    for score, _, a, b in sorted(scored, reverse=True):
        if score >= ALIKE and a not in taken and b not in found:
            taken.add(a)
            found[b] = a
    return found
