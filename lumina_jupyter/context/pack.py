"""Packing: fills a budget of tokens with what helps the most for its length, and tells what was left out.

What the question mentions comes first: all of it if it fits, else each thing shortened to a fair share (short things
keep all, long ones share what is left). The rest is taken by value per token; a thing that does not fit as a whole is
shortened if enough of it remains, or left out and named. What is taken stands in a stable order (the notebook's own),
so that a provider's prompt cache meets the same beginning again. The same items always make the same pack.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..gateway.requests import ImagePart, TextPart
from .envelope import CLOSING, OPENING, contained, frame, wrapped
from .item import Item, Missing
from .report import ContextReport, Gathered, Included, LeftOut
from .tokens import characters, estimate

IMAGE_TOKENS = 800
"""Tokens that an image is counted as; providers take from 85 to some 1,600."""
LEAST = 60
"""Tokens below which a shortened text says too little; what is mentioned is shown all the same."""
_NO_ROOM = "no room in the budget"


@dataclass(slots=True)
class _Candidate:
    """An item, what it costs whole, and what is taken of it."""

    item: Item
    order: int
    frame: int
    text: int
    images: int
    taken: str | None = None
    tokens: int = 0
    with_images: bool = False

    @property
    def whole(self) -> int:
        return self.frame + self.text + self.images

    def take_whole(self) -> None:
        self.taken, self.tokens, self.with_images = self.item.text, self.whole, True

    def take(self, tokens: int) -> None:
        """Take what fits into that many tokens; images last, each or none."""
        room = tokens - self.frame
        text = self.item.text
        if self.text > room:
            text = _shortened(self.item, room)
        used = self.frame + estimate(contained(text))
        self.taken, self.tokens = text, used
        self.with_images = bool(self.images) and used + self.images <= tokens
        if self.with_images:
            self.tokens += self.images

    @property
    def shortened(self) -> bool:
        return self.taken != self.item.text or (bool(self.images) and not self.with_images)


def pack(items: Sequence[Item], missing: Sequence[Missing], budget: int) -> Gathered:
    """Fill the budget; the estimated tokens of what comes out never exceed it.

    Args:
        items: What could be shown.
        missing: What was mentioned and cannot be; it goes into the report, and the model is told.
        budget: Tokens for all parts together.
    """
    notes = _notes(missing)
    overhead = estimate(OPENING) + estimate(CLOSING) + estimate(notes)
    if overhead > budget:
        notes, overhead = "", estimate(OPENING) + estimate(CLOSING)
    # What costs the same is told apart by its place, never by who happened to be gathered first.
    in_place = sorted(items, key=lambda item: (item.place, item.kind, item.label))
    candidates = [_candidate(item, order) for order, item in enumerate(in_place)]
    room = budget - overhead
    if candidates:
        room -= _take_mentioned([each for each in candidates if each.item.mentioned], room)
        _take_others([each for each in candidates if not each.item.mentioned], room)
    taken = sorted(
        (each for each in candidates if each.taken is not None), key=lambda each: (each.item.place, each.order)
    )
    notice = _notice(candidates, missing)
    if not taken and not notes:
        return Gathered(report=_report(candidates, taken, missing, 0, budget), notice=notice)
    text = "".join([OPENING, *(wrapped(each.item, each.taken or "") for each in taken), notes, CLOSING])
    images = tuple(image for each in taken if each.with_images for image in each.item.images)
    tokens = overhead + sum(each.tokens for each in taken)
    parts: tuple[TextPart | ImagePart, ...] = (TextPart(text), *images)
    return Gathered(parts=parts, report=_report(candidates, taken, missing, tokens, budget), notice=notice)


def _candidate(item: Item, order: int) -> _Candidate:
    return _Candidate(
        item, order, estimate(frame(item)), estimate(contained(item.text)), IMAGE_TOKENS * len(item.images)
    )


def _take_mentioned(mentioned: list[_Candidate], room: int) -> int:
    """Take all of them, each whole or with a fair share; the tokens that they took."""
    left = room
    shortest_first = sorted(mentioned, key=lambda each: (each.whole, each.order))
    for position, each in enumerate(shortest_first):
        share = left // (len(shortest_first) - position)
        if each.whole <= share:
            each.take_whole()
        elif each.frame + 1 <= share:
            each.take(share)
        else:
            continue
        left -= each.tokens
    return room - left


def _take_others(others: list[_Candidate], room: int) -> None:
    for each in sorted(others, key=lambda each: (-each.item.value / max(1, each.whole), each.item.place, each.order)):
        if each.item.value <= 0:
            continue
        if each.whole <= room:
            each.take_whole()
        elif each.frame + min(LEAST, each.text) <= room:
            each.take(room)
        room -= each.tokens


def _shortened(item: Item, tokens: int) -> str:
    """The text within that many tokens: what is not ASCII has fewer characters for them, so it may take a few tries."""
    length = characters(tokens)
    text = item.shorten(item.text, length)
    while text and (cost := estimate(contained(text))) > tokens:
        length = max(0, len(text) * tokens // cost - 4)
        text = item.shorten(item.text, length)[:length]
    return text


def _notes(missing: Sequence[Missing]) -> str:
    lines = [f"{each.label}: not available, {each.reason}." for each in missing]
    return contained("\n".join(["Mentioned in the question, but:", *lines, ""])) if lines else ""


def _notice(candidates: list[_Candidate], missing: Sequence[Missing]) -> str:
    told = [f"{each.label} ({each.reason})" for each in missing]
    told += [f"{each.item.label} ({_NO_ROOM})" for each in candidates if each.item.mentioned and each.taken is None]
    return f"Not shown to the model: {'; '.join(told)}." if told else ""


def _report(
    candidates: list[_Candidate], taken: list[_Candidate], missing: Sequence[Missing], tokens: int, budget: int
) -> ContextReport:
    left_out = [
        LeftOut(each.item.kind, each.item.label, each.whole, _NO_ROOM) for each in candidates if each.taken is None
    ]
    left_out += [LeftOut(each.kind, each.label, 0, each.reason) for each in missing]
    return ContextReport(
        included=tuple(Included(each.item.kind, each.item.label, each.tokens, each.shortened) for each in taken),
        left_out=tuple(left_out),
        tokens=tokens,
        budget=budget,
    )
