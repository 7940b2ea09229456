"""What checkers of figures ask."""

from __future__ import annotations

from collections.abc import Sequence

from .playing import Figure, Played
from .result import Result, require


def figure_of(result: Result, played: Played) -> Figure:
    """The last figure that a new or changed cell drew and showed.

    Raises:
        Wrong: when there is none.
    """
    touched = [cell.id for cell in result.touched]
    drawn = [figure for cell in touched for figure in played.figures.get(cell, [])]
    require(drawn and played.pictures(touched), "no new or changed cell shows a picture")
    return drawn[-1]


def same(found: Sequence[float], wanted: Sequence[float], *, ordered: bool = True) -> bool:
    """Whether these are the same numbers, but for rounding."""
    if not ordered:
        found, wanted = sorted(found), sorted(wanted)
    return len(found) == len(wanted) and all(
        abs(a - b) <= 1e-6 * max(1.0, abs(b)) for a, b in zip(found, wanted, strict=True)
    )
