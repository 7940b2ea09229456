"""Texts changed by few and small splices, so that whatever else points into them stays where it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from ..merging.sequence_match import Block, Steps, fewest_changes, matching_blocks
from .storable import storable_text

if TYPE_CHECKING:
    from pycrdt import Text

CLOSE = 500_000
"""Steps of all closer comparisons of one text together, of line with line and of character with character."""
CLOSE_EACH = 20_000
"""Steps of one closer comparison; what takes more is replaced as a whole."""
MOST_LINES = 10_000
"""So many changed lines in a row are compared each with its own old one; more are replaced as a whole."""
MOST_SPLICES = 1_000
"""A text of very many small changes is made in so many larger ones: each takes its time in a shared text."""


class Splice(NamedTuple):
    """`text` in place of the characters from `start` to `end`, counted in the old text."""

    start: int
    end: int
    text: str


def minimal_splices(old: str, new: str) -> tuple[Splice, ...]:
    """What makes `old` `new`: ascending, apart from each other, none empty.

    Compared by line first and by character within the lines that differ, each within a budget of steps: a megabyte
    of any text takes well under a second.
    """
    found: list[Splice] = []
    steps = Steps(CLOSE)
    for passage in _changed_passages(old, new, steps):
        found += _by_character(old, passage, steps)
    return tuple(_fewer(old, _joined(found)))


def spliced(old: str, splices: tuple[Splice, ...]) -> str:
    """The old text with the splices made."""
    parts: list[str] = []
    at = 0
    for start, end, text in splices:
        parts += (old[at:start], text)
        at = end
    return "".join([*parts, old[at:]])


def apply_to(text: Text, new: str) -> tuple[Splice, ...]:
    """Make a shared text equal `new`, as far as documents can hold it, and tell how. Nothing happens when it is.

    The splices count characters; the shared text itself counts UTF-8 bytes.
    """
    old = str(text)
    splices = minimal_splices(old, storable_text(new))
    if not splices:
        return ()
    with text.doc.transaction():
        # From the end, so that what is still to come stays where it was.
        for start, end, inserted in reversed(list(_in_bytes(old, splices))):
            if end > start:
                del text[start:end]
            if inserted:
                text.insert(start, inserted)
    return splices


def common_head(one: str, other: str) -> int:
    """How many characters both begin with."""
    same, limit, step = 0, min(len(one), len(other)), 64
    while same < limit and step:
        stop = min(same + step, limit)
        if other.startswith(one[same:stop], same):
            same, step = stop, step * 2
        else:
            step = (stop - same) // 2
    return same


def common_tail(one: str, other: str, limit: int) -> int:
    """How many characters both end with, at most `limit`."""
    same, step = 0, 64
    while same < limit and step:
        stop = min(same + step, limit)
        if other.endswith(one[len(one) - stop : len(one) - same], 0, len(other) - same):
            same, step = stop, step * 2
        else:
            step = (stop - same) // 2
    return same


def _trimmed(old: str, splice: Splice) -> Splice | None:
    """The splice without what stays the same at its ends; None when all of it does."""
    before, after = old[splice.start : splice.end], splice.text
    head = common_head(before, after)
    tail = common_tail(before, after, min(len(before), len(after)) - head)
    if head + tail == len(before) == len(after):
        return None
    return Splice(splice.start + head, splice.end - tail, after[head : len(after) - tail])


def _changed_passages(old: str, new: str, steps: Steps) -> Iterator[Splice]:
    whole = _trimmed(old, Splice(0, len(old), new))
    if whole is None:
        return
    before, after = _lines(old[whole.start : whole.end]), _lines(whole.text)
    at, old_line, new_line = whole.start, 0, 0
    for block in [*_telling(matching_blocks(before, after), before), Block(len(before), len(after), 0)]:
        gone, come = before[old_line : block.a_start], after[new_line : block.b_start]
        for was, becomes in _paired(gone, come, steps):
            passage = _trimmed(old, Splice(at, at + len(was), becomes))
            if passage:
                yield passage
            at += len(was)
        old_line, new_line = block.a_start + block.size, block.b_start + block.size
        at += sum(map(len, before[block.a_start : old_line]))


def _telling(blocks: list[Block], lines: list[str]) -> list[Block]:
    """Without those of empty lines alone: one is like any other."""
    return [
        block for block in blocks if any(line.strip() for line in lines[block.a_start : block.a_start + block.size])
    ]


def _paired(gone: list[str], come: list[str], steps: Steps) -> Iterator[tuple[str, str]]:
    """Changed lines with what likely became of each."""
    if len(gone) == len(come) <= MOST_LINES:
        yield from zip(gone, come, strict=True)
        return
    # A line that was only indented is still the same line.
    with _some_of(steps) as some:
        alike = fewest_changes([line.strip() for line in gone], [line.strip() for line in come], some) or []
    old_line = new_line = 0
    for block in [*alike, Block(len(gone), len(come), 0)]:
        yield "".join(gone[old_line : block.a_start]), "".join(come[new_line : block.b_start])
        old_line, new_line = block.a_start + block.size, block.b_start + block.size
        yield from zip(gone[block.a_start : old_line], come[block.b_start : new_line], strict=True)


def _lines(text: str) -> list[str]:
    lines = [f"{line}\n" for line in text.split("\n")]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]


def _by_character(old: str, passage: Splice, steps: Steps) -> list[Splice]:
    before = old[passage.start : passage.end]
    if not before or not passage.text:
        return [passage]
    with _some_of(steps) as some:
        blocks = fewest_changes(before, passage.text, some)
    if not blocks:
        return [passage]
    splices: list[Splice] = []
    old_at = new_at = 0
    for block in [*blocks, Block(len(before), len(passage.text), 0)]:
        if block.a_start > old_at or block.b_start > new_at:
            inserted = passage.text[new_at : block.b_start]
            splices.append(Splice(passage.start + old_at, passage.start + block.a_start, inserted))
        old_at, new_at = block.a_start + block.size, block.b_start + block.size
    return _without_chance(old, splices)


@contextmanager
def _some_of(steps: Steps) -> Iterator[Steps]:
    some = Steps(min(CLOSE_EACH, steps.left))
    granted = some.left
    yield some
    steps.left -= granted - some.left


def _without_chance(old: str, splices: list[Splice]) -> list[Splice]:
    """Neighbours made one where what lies between them is no longer than either: such likeness is chance.

    Where nothing was taken away, all of the old text is still there, and no chance at all.
    """
    kept: list[Splice] = []
    for splice in splices:
        current = splice
        while kept and _is_chance(kept[-1], current):
            current = _bridged(old, [kept.pop(), current])
        kept.append(current)
    return kept


def _is_chance(one: Splice, next_one: Splice) -> bool:
    takes_away = one.end > one.start or next_one.end > next_one.start
    return takes_away and next_one.start - one.end <= min(_weight(one), _weight(next_one))


def _weight(splice: Splice) -> int:
    return max(splice.end - splice.start, len(splice.text))


def _joined(splices: list[Splice]) -> list[Splice]:
    """Neighbours that touch made one."""
    joined: list[Splice] = []
    for splice in splices:
        touches = bool(joined) and joined[-1].end == splice.start
        joined.append(_bridged("", [joined.pop(), splice]) if touches else splice)
    return joined


def _fewer(old: str, splices: list[Splice]) -> list[Splice]:
    group = -(-len(splices) // MOST_SPLICES)
    return [_bridged(old, splices[at : at + group]) for at in range(0, len(splices), group)] if splices else []


def _bridged(old: str, splices: list[Splice]) -> Splice:
    """One splice for all of them, with what lies between."""
    parts = [splices[0].text]
    for last, splice in pairwise(splices):
        parts += (old[last.end : splice.start], splice.text)
    return Splice(splices[0].start, splices[-1].end, "".join(parts))


def _in_bytes(old: str, splices: tuple[Splice, ...]) -> Iterator[Splice]:
    at = counted = 0
    for start, end, inserted in splices:
        first = counted + len(old[at:start].encode())
        counted = first + len(old[start:end].encode())
        at = end
        yield Splice(first, counted, inserted)
