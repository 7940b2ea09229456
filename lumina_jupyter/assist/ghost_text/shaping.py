"""From what a model writes to what is worth showing, while it still writes.

What was shown is never taken back: text that could still turn out to be an echo, a repetition or the
beginning of an end is held back until that is known.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .place import Place, indent_of, open_brackets

MAX_LINES = 12
_ENDS = ("<|", "```")
"""Marks of chat templates and of Markdown, which are never part of code that is suggested."""
_GOES_ON = re.compile(r"(else|elif|except|finally|case)\b|[)\]}]")
"""How lines begin that belong to what stands above though they are indented less than its inside."""
_QUOTES = '"""'
_LEAST_REPEATED = 4
"""Characters from which on an equal line counts as repeated: `)` and `x` alone may come again."""
_LEAST_OVERLAP = 3


@dataclass(frozen=True, slots=True)
class Shaped:
    """What may be shown so far, and whether nothing more will come."""

    text: str
    ended: bool


def shaped(raw: str, place: Place, *, complete: bool) -> Shaped:
    """What of a model's text may be shown at a place.

    Args:
        raw: All that it has written so far.
        place: Where it writes.
        complete: Whether it has written everything.
    """
    raw, complete = _up_to_a_mark(raw, complete=complete)
    lines = raw.split("\n")
    if not place.several_lines and len(lines) > 1:
        lines, complete = lines[:1], True
    shown: list[str] = []
    seen: list[str] = list(place.above)
    for number, line in enumerate(lines):
        whole = complete or number < len(lines) - 1
        full = (place.line + line if number == 0 else line).strip()
        if number and _is_over(line, shown, place, whole=whole):
            return _ended(shown, place)
        if _is_repeated(full, seen, place):
            if whole:
                return _ended(shown, place)
            break
        if not whole:
            if _may_become_repeated(full, seen, place) or not full:
                break
            shown.append(line)
            break
        shown.append(line)
        if full:
            seen.insert(0, full)
        if place.in_brackets and open_brackets(place.line + "\n".join(shown)) <= 0:
            return _ended(shown, place)
    return _ended(shown, place) if complete else Shaped(_held_back("\n".join(shown), place), ended=False)


def _up_to_a_mark(raw: str, *, complete: bool) -> tuple[str, bool]:
    raw = raw.replace("\r", "")
    cuts = [at for mark in _ENDS if (at := raw.find(mark)) >= 0]
    if cuts:
        return raw[: min(cuts)], True
    if not complete:
        for mark in _ENDS:
            for length in range(len(mark) - 1, 0, -1):
                if raw.endswith(mark[:length]):
                    return raw[:-length], False
    return raw, complete


def _is_over(line: str, shown: list[str], place: Place, *, whole: bool) -> bool:
    """Whether what is suggested ends before this line: it is empty, left of where it began, or one too many."""
    if not line.strip():
        return whole
    if len(shown) >= MAX_LINES:
        return True
    return indent_of(line) < place.indent and not (
        _GOES_ON.match(line.strip()) and indent_of(line) >= indent_of(place.line)
    )


def _is_repeated(full: str, seen: list[str], place: Place) -> bool:
    return bool(full) and (full in place.below[:1] or (len(full) >= _LEAST_REPEATED and full in seen))


def _may_become_repeated(full: str, seen: list[str], place: Place) -> bool:
    return bool(full) and any(other.startswith(full) for other in (*place.below[:1], *seen))


def _ended(shown: list[str], place: Place) -> Shaped:
    text = "\n".join(shown).rstrip()
    text = text[: len(text) - _overlap(text, place.rest)].rstrip() if place.rest.strip() else text
    return Shaped(_with_its_end(text, place) if text.strip() else "", ended=True)


def _with_its_end(text: str, place: Place) -> str:
    """A text whose first paragraph alone is shown may have opened a documentation string: it is closed."""
    if text.count(_QUOTES) % 2 == 0 or place.rest.strip():
        return text
    opened = next(line for line in reversed((place.line + text).split("\n")) if _QUOTES in line)
    indent = opened[: len(opened) - len(opened.lstrip())]
    return f"{text}\n{indent}{_QUOTES}" if "\n" in text.rpartition(_QUOTES)[2] else text + _QUOTES


def _held_back(text: str, place: Place) -> str:
    """Without an end that may go: white space, and what may be the beginning of the rest of the line."""
    text = text.rstrip()
    for length in range(min(len(text), len(place.rest)), 0, -1):
        if text.endswith(place.rest[:length]):
            return text[:-length].rstrip()
    return text


def _overlap(text: str, rest: str) -> int:
    """How many characters at the text's end stand after the cursor already."""
    for length in range(min(len(text), len(rest)), 0, -1):
        if text.endswith(rest[:length]) and (length >= _LEAST_OVERLAP or _closes_too_much(text)):
            return length
    return 0


def _closes_too_much(text: str) -> bool:
    return open_brackets(text) < 0 or text.count('"') % 2 + text.count("'") % 2 > 0
