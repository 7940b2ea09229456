"""Whether the numbers of an answer stand in what it may rest on."""

from __future__ import annotations

import re
from collections.abc import Iterable

_NUMBER = re.compile(r"(?<![\w.])-?\d[\d,]*(?:\.\d+)?(?:[eE][-+]?\d+)?")
_SMALL_NUMBER = 10
"""Whole numbers below it are counted and numbered with, and need not stand anywhere."""


def unfounded(answer: str, sources: Iterable[str]) -> list[str]:
    """The numbers of an answer that no source has, not even rounded or as a share of a hundred."""
    known = {value for source in sources for value in map(_value, _NUMBER.findall(source)) if value is not None}
    found: list[str] = []
    for text in _NUMBER.findall(answer):
        value = _value(text)
        if value is None or ("." not in text and abs(value) < _SMALL_NUMBER):
            continue
        places = len(text.partition(".")[2])
        half = 0.5000001 * 10**-places
        if not any(abs(value - each) <= half or abs(value - 100 * each) <= half for each in known):
            found.append(text)
    return found


def _value(text: str) -> float | None:
    try:
        value = float(text.replace(",", "").rstrip("."))
    except ValueError:
        return None
    return value if abs(value) < 1e300 else None
