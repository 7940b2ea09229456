"""Rows drawn anew from the same rows, by which it is seen how much a figure hangs on which rows there are (bootstrap)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..tables.queries import whole_queries


def resampled(
    rows: int,
    random: np.random.Generator,
    *,
    in_order: bool = False,
    stretch: int = 0,
    queries: NDArray[Any] | None = None,
) -> NDArray[np.intp]:
    """Positions of as many rows as there are, with replacement.

    Args:
        rows: How many there are.
        random: By which they are drawn.
        in_order: Whether whole stretches of neighbours are drawn, because neighbours are alike.
        stretch: How many rows a stretch has; 0 for the root of their number.
        queries: The query of each row, where whole queries are drawn: half of them, each once.
    """
    if queries is not None:
        return whole_queries(queries, 0.5, random)
    if not in_order:
        return np.asarray(random.integers(0, rows, rows), dtype=np.intp)
    stretch = stretch or max(1, round(rows**0.5))
    starts = random.integers(0, rows, -(-rows // stretch))
    return np.asarray((starts[:, None] + np.arange(stretch)).ravel()[:rows] % rows, dtype=np.intp)
