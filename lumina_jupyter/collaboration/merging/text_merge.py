"""Two changes of one text made together.

Each side is taken as splices of the base. Whatever one side inserted is in the result; what neither deleted is in it
once; what both deleted is gone, and so is what one deleted where the other changed nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ..document.text_edit import CLOSE_EACH, Splice, minimal_splices, spliced
from .sequence_match import Block, Steps, fewest_changes, matching_blocks

LONG = 3
"""So many characters in a row that two texts have in common are no chance."""

# Words as far as spaces divide them; where scripts have no spaces, single characters.
_WORD = re.compile(r"[^\W\u3040-\ua4cf\uac00-\ud7af\U00020000-\U0003ffff]+|.", re.DOTALL)
# Words of other scripts, sign by sign, and those that are long enough.
_TELLING = re.compile(r"[A-Za-z0-9_]{3,}|[^\x00-\x7f]")


@dataclass(frozen=True, slots=True)
class TextConflict:
    """What either side made of a passage that both changed, or put at a place where both put something."""

    base: str
    ours: str
    theirs: str


def merge_texts(base: str, ours: str, theirs: str) -> tuple[str, tuple[TextConflict, ...]]:
    """The text with both sides' changes. Where they changed the same, both are in it, ours first, and it is told."""
    if ours == theirs or theirs == base:
        return ours, ()
    if ours == base:
        return theirs, ()
    found = _combined(base, 0, len(base), _Both(minimal_splices(base, ours), minimal_splices(base, theirs)))
    if not any(conflict.base for conflict in found[1]):
        return found
    # Compared by line first, what moved to another line looks like new. Word by word it may be no conflict at all.
    again = _combined(base, 0, len(base), _Both(_by_words(base, ours), _by_words(base, theirs)))
    return found if any(conflict.base for conflict in again[1]) else again


def join_texts(ours: str, theirs: str) -> tuple[str, tuple[TextConflict, ...]]:
    """One text of two that nobody knows what they began with: what they have in common is in it once.

    A likeness may be chance where one text became the other. Here it is taken for what both began with, unless it is
    some letters that any two texts share: else it would be there twice.
    """
    mine: list[Splice] = []
    others: list[Splice] = []
    common: list[str] = []
    at = our_at = their_at = 0
    for our_start, their_start, size in [*_likenesses(ours, theirs), Block(len(ours), len(theirs), 0)]:
        mine += [Splice(at, at, ours[our_at:our_start])] if our_start > our_at else []
        others += [Splice(at, at, theirs[their_at:their_start])] if their_start > their_at else []
        our_at, their_at = our_start + size, their_start + size
        common.append(ours[our_start:our_at])
        at += size
    return _combined("".join(common), 0, at, _Both(mine, others))


def with_common_insertions(base: str, side: str, other: str) -> str:
    """The base with what a side put in, as far as another text of the same origin has it, too, at whatever place."""
    others = [splice.text for splice in minimal_splices(base, other)]
    common: list[Splice] = []
    for start, _, text in minimal_splices(base, side):
        likest = max((tuple(_likenesses(text, each)) for each in others), key=_size, default=())
        kept = "".join(text[block.a_start : block.a_start + block.size] for block in likest)
        common += [Splice(start, start, kept)] if kept else []
    return spliced(base, tuple(common))


def _size(blocks: Sequence[Block]) -> int:
    return sum(block.size for block in blocks)


def _by_words(base: str, side: str) -> list[Splice]:
    splices: list[Splice] = []
    at = side_at = 0
    for start, side_start, size in [*_likenesses(base, side), Block(len(base), len(side), 0)]:
        if start > at or side_start > side_at:
            splices.append(Splice(at, start, side[side_at:side_start]))
        at, side_at = start + size, side_start + size
    return splices


def _likenesses(one: str, other: str) -> Iterator[Block]:
    """What two texts have in common: words and signs first, and between these what is long enough."""
    ours, theirs = list(_TELLING.finditer(one)), list(_TELLING.finditer(other))
    words = matching_blocks([word[0] for word in ours], [word[0] for word in theirs])
    pairs = [(ours[block.a_start + n], theirs[block.b_start + n]) for block in words for n in range(block.size)]
    at = other_at = 0
    for word, same in pairs:
        yield from _long_ones(Block(at, other_at, 0), one[at : word.start()], other[other_at : same.start()])
        yield Block(word.start(), same.start(), len(word[0]))
        at, other_at = word.end(), same.end()
    yield from _long_ones(Block(at, other_at, 0), one[at:], other[other_at:])


def _long_ones(begin: Block, one: str, other: str) -> Iterator[Block]:
    blocks = fewest_changes(one, other, Steps(CLOSE_EACH)) or ()
    # Where all of one is in the other, nothing was taken away, and it is no chance.
    all_of_it = sum(block.size for block in blocks) == min(len(one), len(other))
    for a_start, b_start, size in blocks:
        if all_of_it or len(one[a_start : a_start + size].strip()) >= LONG:
            yield Block(begin.a_start + a_start, begin.b_start + b_start, size)


class _Both(NamedTuple):
    """What either side does to one text."""

    ours: Sequence[Splice]
    theirs: Sequence[Splice]


@dataclass(slots=True)
class _Passage:
    """Splices of both sides that meet. Each character of the base in it was deleted by one of them at least."""

    start: int
    end: int
    ours: list[Splice]
    theirs: list[Splice]

    def meets(self, splice: Splice, mine: bool) -> bool:
        """Whether the splice, which does not begin before the passage does, changes the same as the other side."""
        if splice.start < self.end:
            return True
        others = self.theirs if mine else self.ours
        # Two insertions at one place, with no deletion at either: their order is anybody's guess.
        return any(other.start == other.end == splice.start == splice.end for other in others)

    def merged(self, base: str, closely: bool) -> tuple[str, tuple[TextConflict, ...]]:
        """What the passage becomes."""
        ours, theirs = self._side(base, self.ours), self._side(base, self.theirs)
        if not self.ours or not self.theirs or ours == theirs:
            return (ours if self.ours else theirs), ()
        if not any(splice.text for splice in [*self.ours, *self.theirs]):
            return "", ()
        if self.start < self.end and not closely:
            words = _Both(*(_word_splices(base, self.start, self.end, side) for side in (ours, theirs)))
            return _combined(base, self.start, self.end, words, closely=True)
        text = self._together(base, ours, theirs)
        if self.start == self.end and text in (ours, theirs):
            return text, ()
        return text, (TextConflict(base[self.start : self.end], ours, theirs),)

    def _together(self, base: str, ours: str, theirs: str) -> str:
        if self.start == self.end:
            return _both_inserted(ours, theirs)
        if not ours or not theirs:
            # Deleted here and changed there.
            return ours or theirs
        ours_says, theirs_says = ("".join(splice.text for splice in side) for side in (self.ours, self.theirs))
        if ours_says and theirs_says and self._whole_lines(base):
            return ours + ("" if ours.endswith("\n") else "\n") + theirs
        return "".join(splice.text for splice in sorted([*self.ours, *self.theirs], key=lambda splice: splice.start))

    def _side(self, base: str, splices: list[Splice]) -> str:
        moved = [Splice(start - self.start, end - self.start, text) for start, end, text in splices]
        return spliced(base[self.start : self.end], tuple(moved))

    def _whole_lines(self, base: str) -> bool:
        begins = self.start == 0 or base[self.start - 1] == "\n"
        return begins and (self.end == len(base) or base[self.end] == "\n" or base[self.end - 1] == "\n")


def _combined(
    base: str, start: int, end: int, both: _Both, *, closely: bool = False
) -> tuple[str, tuple[TextConflict, ...]]:
    """What a part of the base becomes; where both sides change the same, compared more closely before it is told."""
    parts: list[str] = []
    conflicts: list[TextConflict] = []
    at = start
    for passage in _passages(both):
        text, told = passage.merged(base, closely)
        parts += (base[at : passage.start], text)
        conflicts += told
        at = passage.end
    return "".join([*parts, base[at:end]]), tuple(conflicts)


def _word_splices(base: str, start: int, end: int, text: str) -> list[Splice]:
    """What makes a part of the base that text, word by word: a word that stays is never taken for a new one."""
    old, new = _WORD.findall(base[start:end]), _WORD.findall(text)
    splices: list[Splice] = []
    at, old_at, new_at = start, 0, 0
    for block in [*matching_blocks(old, new), Block(len(old), len(new), 0)]:
        gone = sum(map(len, old[old_at : block.a_start]))
        come = "".join(new[new_at : block.b_start])
        if gone or come:
            splices.append(Splice(at, at + gone, come))
        old_at, new_at = block.a_start + block.size, block.b_start + block.size
        at += gone + sum(map(len, old[block.a_start : old_at]))
    return splices


def _passages(both: _Both) -> Iterator[_Passage]:
    passage: _Passage | None = None
    for splice, mine in sorted([*((s, True) for s in both.ours), *((s, False) for s in both.theirs)], key=_position):
        if passage is None or not passage.meets(splice, mine):
            if passage:
                yield passage
            passage = _Passage(splice.start, splice.end, [], [])
        (passage.ours if mine else passage.theirs).append(splice)
        passage.end = max(passage.end, splice.end)
    if passage:
        yield passage


def _position(entry: tuple[Splice, bool]) -> tuple[int, bool, bool]:
    """By place; what only inserts comes before what deletes there; ours before theirs."""
    splice, mine = entry
    return splice.start, splice.end > splice.start, not mine


def _both_inserted(ours: str, theirs: str) -> str:
    """Two insertions at one place; what both inserted is there once."""
    if ours.startswith(theirs) or ours.endswith(theirs):
        return ours
    if theirs.startswith(ours) or theirs.endswith(ours):
        return theirs
    mine, others = _lines(ours), _lines(theirs)
    if ours.startswith("\n") != theirs.startswith("\n"):
        return ours + theirs
    parts: list[str] = []
    our_at = their_at = 0
    for block in matching_blocks(mine, others):
        parts += mine[our_at : block.a_start] + others[their_at : block.b_start + block.size]
        our_at, their_at = block.a_start + block.size, block.b_start + block.size
    return "".join(parts + mine[our_at:] + others[their_at:])


def _lines(text: str) -> list[str]:
    """The lines with the break that ends them or, where the text begins with one, that begins them."""
    if text.startswith("\n"):
        return [f"\n{line}" for line in text[1:].split("\n")]
    return text.splitlines(keepends=True)
