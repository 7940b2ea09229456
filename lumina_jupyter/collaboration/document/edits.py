"""How the text of a cell is to change: the whole of it, one passage, or some of its lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ...errors import EditDoesNotFit


@dataclass(frozen=True, slots=True)
class Whole:
    """The cell's whole new text."""

    text: str


@dataclass(frozen=True, slots=True)
class Replace:
    """Another passage in place of one that must occur exactly `count` times, or at least once for "all"."""

    old: str
    new: str
    count: int | Literal["all"] = 1


@dataclass(frozen=True, slots=True)
class Lines:
    """Other lines in place of the lines `first` to `last`, counted from 1 and both included.

    With `last` one less than `first` they are inserted before `first`, which may be one more than there are lines.
    An empty `text` deletes the lines.
    """

    first: int
    last: int
    text: str


Edit = Whole | Replace | Lines


def edited(text: str, edit: Edit) -> str:
    """The text after an edit.

    Raises:
        EditDoesNotFit: when the text does not have what the edit names.
    """
    if isinstance(edit, Whole):
        return edit.text
    if isinstance(edit, Replace):
        return _replaced(text, edit)
    return _with_lines(text, edit)


def _replaced(text: str, edit: Replace) -> str:
    if not edit.old:
        raise EditDoesNotFit(
            "The text to replace is empty.", hint="Name the text to replace, or give the cell's whole new text."
        )
    found = text.count(edit.old)
    if found == 0:
        raise EditDoesNotFit("The text to replace is not in the cell.")
    if edit.count != "all" and found != edit.count:
        raise EditDoesNotFit(
            f"The text to replace is {_times(found)} in the cell, not {_times(edit.count)}.",
            hint="Name more of the text around it, or say how often it is to be replaced; nothing was written.",
        )
    return text.replace(edit.old, edit.new)


def _with_lines(text: str, edit: Lines) -> str:
    lines = text.split("\n") if text else []
    if not 1 <= edit.first <= len(lines) + 1 or not edit.first - 1 <= edit.last <= len(lines):
        raise EditDoesNotFit(f"The cell has {len(lines)} lines; lines {edit.first} to {edit.last} are not among them.")
    new = edit.text.removesuffix("\n").split("\n") if edit.text else []
    return "\n".join([*lines[: edit.first - 1], *new, *lines[edit.last :]])


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
