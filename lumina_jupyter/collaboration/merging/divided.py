"""Cells that one side divided, or joined, while the other side went on with them as they were.

Cell by cell, a text that stands in another cell by now looks as if it were new there and gone here: where the other
side edited it, it would be kept in both places. So the texts of such cells are merged as one text, with signs in it
where a cell begins, and what comes of it is divided again at the signs that are left.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, cast

from .merge_fields import Conflict, Sides
from .merge_order import Node
from .text_merge import TextConflict, join_texts, merge_texts

_SIGNS = 0xF0000
"""The first of the characters that are taken for signs: they mean nothing, and nobody types them."""
# Words that are no chance, and signs of other scripts.
_TELLING = re.compile(r"[A-Za-z0-9_]{3,}|[^\x00-\x7f\s]")


class _Family(NamedTuple):
    """A cell that both sides have, and its parts, each of which only one side has, before it and behind it."""

    first: Node
    before: list[Node]
    behind: list[Node]

    @property
    def cells(self) -> list[Node]:
        return [*self.before, self.first, *self.behind]


def settle_divided(sides: Sides, nodes: Sequence[Node], conflicts: list[Conflict]) -> tuple[Sides, list[Node]]:
    """The cells of base, ours and theirs, with the texts of such cells settled; and the nodes without those joined."""
    families = _families(sides, nodes)
    if not families:
        return sides, list(nodes)
    settled = Sides(*(list(side) for side in sides))
    others: dict[Node, Node | None] = {}
    for family in families:
        texts = _merged(sides, family, conflicts)
        if texts is None:
            continue
        for node in family.cells:
            if node not in texts:
                others[node] = None
                continue
            for side, at in zip(settled, node, strict=True):
                if at is not None:
                    side[at] = {**side[at], "source": texts[node]}
            if node is not family.first:
                # One that was deleted as it was before is not deleted any more.
                others[node] = node._replace(base=None)
    left = (others.get(node, node) for node in nodes)
    return settled, [node for node in left if node is not None]


def joined_ids(base: Mapping[str, Any], side: Mapping[str, Any]) -> set[str]:
    """The cells of a notebook that a later version has not, because their texts are in other cells there."""
    before, now = ({str(cell["id"]): cell for cell in each["cells"]} for each in (base, side))
    come = {name: _words(now[name]["source"]) - _words(before[name]["source"]) for name in before.keys() & now.keys()}

    def has_come(cell: Mapping[str, Any]) -> bool:
        words = _words(cell["source"])
        others = (found & words for name, found in come.items() if now[name]["cell_type"] == cell["cell_type"])
        return any(2 * _weight(common) >= _weight(words) for common in others if common)

    return {name for name in before.keys() - now.keys() if has_come(before[name])}


def _families(sides: Sides, nodes: Sequence[Node]) -> list[_Family]:
    parts = [node for node in nodes if (node.ours is None) != (node.theirs is None) and _is_news(sides, node)]
    if not parts:
        return []
    origins = _Origins(sides, [node for node in nodes if node.ours is not None and node.theirs is not None])
    found: dict[Node, _Family] = {}
    for node in sorted(parts, key=_place):
        first = origins.of(node)
        if first is not None:
            family = found.setdefault(first, _Family(first, [], []))
            (family.before if _precedes(node, first) else family.behind).append(node)
    return list(found.values())


def _is_news(sides: Sides, node: Node) -> bool:
    """Whether what only one side has is new, or was changed since the other side let it go."""
    return node.base is None or _source(sides, node, "base") != _source(sides, node, _holder(node))


class _Origins:
    """Finds the cell that another one was a part of, or has become a part of: the same words left it, or came to it."""

    def __init__(self, sides: Sides, nodes: Sequence[Node]) -> None:
        self._sides = sides
        self._shared = {side: sorted(_at(node, side) for node in nodes) for side in ("ours", "theirs")}
        self._moved: dict[tuple[Node, str], Counter[str]] = {}
        self._by_word: defaultdict[tuple[str, str], set[Node]] = defaultdict(set)
        for node in nodes:
            ours, theirs = _source(sides, node, "ours"), _source(sides, node, "theirs")
            if ours != theirs:
                self._note(node, "ours", ours, theirs)
                self._note(node, "theirs", theirs, ours)

    def of(self, node: Node) -> Node | None:
        """The cell that a part belongs to; None where there is none."""
        holder = _holder(node)
        words = _words(_source(self._sides, node, holder if node.base is None else "base"))
        known = {first for word in words for first in self._by_word[holder, word]}
        scored = [(_weight(self._common(first, node, words)), -_place(first)) for first in known]
        best = max(zip(scored, known, strict=True), key=lambda pair: pair[0], default=((0, 0), None))
        return best[1] if best[0][0] else None

    def _note(self, node: Node, holder: str, held: str, other: str) -> None:
        """What the cell has, or had, that the one who holds its parts has no longer in it; or never had."""
        words = _words(other) - _words(held)
        self._moved[node, holder] = words
        for word in words:
            self._by_word[holder, word].add(node)

    def _common(self, first: Node, node: Node, words: Counter[str]) -> Counter[str]:
        """What of these words says that one is a part of the other; nothing where it says too little."""
        holder = _holder(node)
        moved = self._moved[first, holder]
        if _cell(self._sides, first, holder)["cell_type"] != _cell(self._sides, node, holder)["cell_type"]:
            return Counter()
        if first.base is None:
            if node.base is not None or not self._neighbours(first, node):
                return Counter()
            common = moved & words
            telling = 2 * _weight(common) >= min(_weight(words), max(_weight(moved), _weight(words) / 2))
            return common if telling else Counter()
        before = _words(_source(self._sides, first, "base"))
        if node.base is None:
            # Divided: it was in the cell before.
            common = moved & before & words
            return common if 2 * _weight(common) >= min(_weight(words), _weight(moved & before)) else Counter()
        common = (moved - before) & words
        return common if 2 * _weight(common) >= _weight(words) else Counter()

    def _neighbours(self, first: Node, node: Node) -> bool:
        """Whether only cells that one side alone has stand between them."""
        holder = _holder(node)
        one, other = sorted((_at(first, holder), _at(node, holder)))
        shared = self._shared[holder]
        return bisect_left(shared, other) - bisect_right(shared, one) == 0


def _merged(sides: Sides, family: _Family, conflicts: list[Conflict]) -> dict[Node, str] | None:
    """The texts of a family's cells, without those that have none of their own any more; None where it can't be told."""
    signs = {node: chr(_SIGNS + number) for number, node in enumerate(family.cells)}
    base, ours, theirs = (_together(sides, family, side, signs) for side in Sides._fields)
    if any(sign in _source(sides, node, side) for node in signs for side in Sides._fields for sign in signs.values()):
        return None
    if family.first.base is None:
        text, passages = join_texts(ours, theirs)
    else:
        text, passages = merge_texts(base, ours, theirs)
    texts = _divided(text, family, signs)
    if texts is not None:
        cell = str(_cell(sides, family.first, "ours").get("id", ""))
        conflicts += [_told(cell, passage, signs.values()) for passage in passages]
    return texts


def _together(sides: Sides, family: _Family, side: str, signs: dict[Node, str]) -> str:
    there = [node for node in family.cells if getattr(node, side) is not None]
    texts = [_source(sides, node, side) for node in there]
    return "".join([*texts[:1], *(signs[node] + text for node, text in zip(there[1:], texts[1:], strict=True))])


def _divided(text: str, family: _Family, signs: dict[Node, str]) -> dict[Node, str] | None:
    parts = re.split(f"([{''.join(signs.values())}])", text)
    signed, texts = parts[1::2], parts[2::2]
    by_sign = {sign: node for node, sign in signs.items()}
    found = {by_sign[sign]: part for sign, part in zip(signed, texts, strict=True)}
    unsigned = [node for node in family.cells if node not in found]
    if len(found) < len(signed) or not unsigned:
        return None
    begins = family.first if family.first in unsigned else unsigned[0]
    if any(node.base is None for node in unsigned if node is not begins):
        return None
    return {begins: parts[0], **found}


def _told(cell: str, passage: TextConflict, signs: Iterable[str]) -> Conflict:
    unsigned = str.maketrans(dict.fromkeys(signs, ""))
    return Conflict(
        cell, "source", *(text.translate(unsigned) for text in (passage.base, passage.ours, passage.theirs))
    )


def _holder(node: Node) -> str:
    return "theirs" if node.ours is None else "ours"


def _at(node: Node, side: str) -> int:
    return int(getattr(node, side))


def _place(node: Node) -> int:
    return _at(node, _holder(node))


def _precedes(node: Node, first: Node) -> bool:
    side = _holder(node) if node.base is None or first.base is None else "base"
    return _at(node, side) < _at(first, side)


def _cell(sides: Sides, node: Node, side: str) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", getattr(sides, side)[_at(node, side)])


def _source(sides: Sides, node: Node, side: str) -> str:
    return "" if getattr(node, side) is None else str(_cell(sides, node, side)["source"])


def _words(text: str) -> Counter[str]:
    return Counter(_TELLING.findall(text))


def _weight(words: Counter[str]) -> int:
    return sum(count * max(3, len(word)) for word, count in words.items())
