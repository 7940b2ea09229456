"""Two changes of one text made together.

Each side is taken as splices of the base. Whatever one side inserted is in the result; what neither deleted is in it
once; what both deleted is gone, and so is what one deleted where the other changed nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ..document.text_edit import Splice, minimal_splices, spliced
from .sequence_match import Block, matching_blocks

# Words as far as spaces divide them; where scripts have no spaces, single characters.
_WORD = re.compile(r"[^\W\u3040-\u9fff\uac00-\ud7af]+|.", re.DOTALL)


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
    return _combined(base, 0, len(base), _Both(minimal_splices(base, ours), minimal_splices(base, theirs)))


def common_text(one: str, other: str) -> str:
    """What two texts have in common: a base for both where none is known."""
    return spliced(one, tuple(Splice(start, end, "") for start, end, _ in minimal_splices(one, other)))


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
