"""How sure a number is: intervals by drawing rows again and again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lumina_jupyter.automl.explain.rows import Numbers
from lumina_jupyter.automl.metrics.resampling import resampled

DRAWS = 200
LEVEL = 0.95
MOST_ROWS = 5_000
"""On more rows the spread is measured on so many, and narrowed by what the others add."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A number with the bounds between which it lies with 95 % certainty."""

    value: float
    low: float
    high: float


def interval(
    statistic: Callable[[Numbers], float],
    rows: int,
    *,
    in_order: bool = False,
    stretch: int = 0,
    queries: Numbers | None = None,
    draws: int = DRAWS,
) -> Interval:
    """The interval of a statistic.

    Args:
        statistic: Of rows, by their positions; raising ValueError where it is not defined for them (one class only).
        rows: How many there are.
        in_order: Whether whole stretches of neighbours are drawn, because neighbours are alike.
        stretch: How many rows a stretch has; 0 for the root of their number.
        queries: The query of each row, where whole queries are drawn.
        draws: How often rows are drawn.
    """
    random = np.random.default_rng(0)
    every = np.arange(rows)
    value = statistic(every)
    pool = every if rows <= MOST_ROWS or queries is not None else every[:: -(-rows // MOST_ROWS)]
    centre = value if len(pool) == rows else statistic(pool)
    narrowed = (len(pool) / rows) ** 0.5
    found = []
    for _ in range(draws):
        length = round(stretch * len(pool) / rows)
        drawn = pool[resampled(len(pool), random, in_order=in_order, stretch=length, queries=queries)]
        try:
            found.append(value + (statistic(drawn) - centre) * narrowed)
        except ValueError:
            continue
    found = [each for each in found if np.isfinite(each)]
    if len(found) < draws / 2:
        return Interval(value, float("nan"), float("nan"))
    low, high = np.quantile(found, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Interval(value, float(low), float(high))
