"""What differs between two texts, by whole lines: the one place that says what a proposal's parts are.

Every face shows and decides the hunks that are made here, so that all of them mean the same by "this change".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from hashlib import sha256

ID_LENGTH = 12
"""Hexadecimal digits of a hunk's id."""
MOST_PAIRS = 1_000_000
"""Pairs of lines that are compared at most; beyond, what differs is one hunk: comparing is quadratic at its worst."""


Span = tuple[int, int, int, int]
"""The lines from the first to the second number, in whose place stand those of the new text from the third to the fourth."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hunk:
    """Lines of the old text that others of the new one stand in for; lines are counted from 0.

    `id` is made of what goes and what comes, so it stays when lines before it come and go; of several that are alike
    it also says which, and how many there are.
    """

    id: str
    old_start: int
    old_lines: int
    new_start: int
    new_lines: int

    @property
    def old_end(self) -> int:
        """The first line of the old text after it."""
        return self.old_start + self.old_lines

    @property
    def new_end(self) -> int:
        """The first line of the new text after it."""
        return self.new_start + self.new_lines


def hunks(old: str, new: str) -> tuple[Hunk, ...]:
    """What makes the new text of the old one, from the top; nothing when they are the same."""
    before, after = old.split("\n"), new.split("\n")
    spans = list(_joined(_differing(before, after), before))
    texts = ["\n".join([*before[a:b], "\0", *after[c:d]]) for a, b, c, d in spans]
    alike, seen = Counter(texts), Counter[str]()
    found = []
    for (a, b, c, d), text in zip(spans, texts, strict=True):
        seen[text] += 1
        name = sha256(f"{text}\0{seen[text]}/{alike[text]}".encode("utf-8", "surrogatepass")).hexdigest()[:ID_LENGTH]
        found.append(Hunk(id=name, old_start=a, old_lines=b - a, new_start=c, new_lines=d - c))
    return tuple(found)


def applied(old: str, new: str, chosen: Collection[str]) -> str:
    """The old text with those of its hunks taken from the new one whose ids are chosen."""
    before, after = old.split("\n"), new.split("\n")
    lines: list[str] = []
    at = 0
    for hunk in hunks(old, new):
        lines += before[at : hunk.old_start]
        lines += after[hunk.new_start : hunk.new_end] if hunk.id in chosen else before[hunk.old_start : hunk.old_end]
        at = hunk.old_end
    return "\n".join([*lines, *before[at:]])


def rebased(base: str, proposed: str, current: str) -> str | None:
    """What was proposed for `base`, for what has become of it; None where both changed the same lines differently."""
    if current == base:
        return proposed
    was, wanted, lines = base.split("\n"), proposed.split("\n"), current.split("\n")
    theirs = list(_differing(was, lines))
    done = {(a, b, *lines[c:d]) for a, b, c, d in theirs}
    ours = [(a, b, c, d) for a, b, c, d in _differing(was, wanted) if (a, b, *wanted[c:d]) not in done]
    if any(_meet(one, other) for one in ours for other in theirs):
        return None
    for a, b, c, d in reversed(ours):
        moved = sum((new_end - new_start) - (end - start) for start, end, new_start, new_end in theirs if end <= a)
        lines[a + moved : b + moved] = wanted[c:d]
    return "\n".join(lines)


def _differing(before: Sequence[str], after: Sequence[str]) -> Iterator[Span]:
    start, end = 0, 0
    least = min(len(before), len(after))
    while start < least and before[start] == after[start]:
        start += 1
    while end < least - start and before[-1 - end] == after[-1 - end]:
        end += 1
    old, new = before[start : len(before) - end], after[start : len(after) - end]
    if not old and not new:
        return
    if not old or not new or len(old) * len(new) > MOST_PAIRS:
        yield start, start + len(old), start, start + len(new)
        return
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            yield a + start, b + start, c + start, d + start


def _joined(spans: Iterator[Span], before: Sequence[str]) -> Iterator[Span]:
    """The spans, as one where nothing but blank lines or lone brackets is between two: nobody decides these apart."""
    last: Span | None = None
    for span in spans:
        if last is not None and not any(len(line.strip()) > 1 for line in before[last[1] : span[0]]):
            last = (last[0], span[1], last[2], span[3])
            continue
        if last is not None:
            yield last
        last = span
    if last is not None:
        yield last


def _meet(one: Span, other: Span) -> bool:
    """Whether two changes of one text touch the same lines, or the same gap between two lines."""
    (a, b, *_), (c, d, *_) = one, other
    return (a < d and c < b) if b > a and d > c else (a <= d and c <= b)
