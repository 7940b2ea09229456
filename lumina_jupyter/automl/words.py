"""Numbers and names in sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable


def counted(number: int, thing: str) -> str:
    """A number of things: "1 row", "2,000 rows", "3 categories"."""
    return f"{number:,} {thing if number == 1 else _many(thing)}"


def percent(share: float, digits: int = 0) -> str:
    """A share as it is written everywhere: "12 %", or with a digit "12.3 %"; what is little, but not nothing, is "<1 %".

    Args:
        share: Of all, which is 1.
        digits: After the point.
    """
    least = 10.0**-digits
    return f"<{least:.{digits}f} %" if 0 < 100 * share < least / 2 else f"{100 * share:.{digits}f} %"


def verb(number: int, one: str, many: str) -> str:
    """The form of a verb for so many things."""
    return one if number == 1 else many


def listed(names: Iterable[str], most: int = 5) -> str:
    """Some names, and how many more there are."""
    names = list(names)
    return ", ".join(names[:most]) + (f" and {len(names) - most:,} more" if len(names) > most else "")


def _many(thing: str) -> str:
    return re.sub(r"(?<![aeiou])y$", "ie", thing) + "s"
