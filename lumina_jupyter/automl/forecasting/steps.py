"""How far the moments of series lie apart, and after how many steps they repeat themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lumina_jupyter.automl.plain.lag_table import SECONDS
from lumina_jupyter.errors import DataUnusable

USUAL_SEASONS: dict[str, tuple[int, ...]] = {
    "1 month": (12,),
    "3 month": (4,),
    "1 business day": (5,),
    "1 day": (7, 365),
    "7 day": (52,),
    "1 hour": (24, 168),
}
DAY, WEEK = 86_400, 604_800
LONGEST_SEASON = 2000
WORTH = 0.97
"""A season has to make naive forecasts better by this factor, or the last value is as good."""


def step_of(moments: Sequence[NDArray[Any]]) -> str:
    """The step between the moments of several series, each sorted and without repetitions; see `LagTable`.

    Raises:
        DataUnusable: when no series has two moments, or they keep no step.
    """
    gaps = [np.diff(each) for each in moments if len(each) > 1]
    if not gaps:
        raise DataUnusable(
            "No series has more than one moment.", hint="Give `series=` the columns that tell series apart."
        )
    apart = np.concatenate(gaps)
    if apart.dtype.kind != "m":
        return f"{_most(apart):g}"
    seconds = apart / np.timedelta64(1, "s")
    usual = float(_most(seconds))
    days = usual / DAY
    for unit, months, low, high in (
        ("month", 1, 28, 31),
        ("month", 3, 90, 92),
        ("month", 6, 181, 184),
        ("year", 1, 365, 366),
    ):
        if low <= days <= high:
            return f"{months} {unit}"
    if days == 1 and _business(moments):
        return "1 business day"
    for unit in ("day", "hour", "minute"):
        if usual % SECONDS[unit] == 0:
            return f"{int(usual // SECONDS[unit])} {unit}"
    return f"{max(1, round(usual))} second"


def seasons_of(lines: Sequence[NDArray[Any]], step: str, horizon: int) -> tuple[int, ...]:
    """Seasons by which naive forecasts of these series get better than by the last value, the best first; or (1,).

    Args:
        lines: The values of each series, a step apart, with NaN in gaps.
        step: The step.
        horizon: How many steps ahead is forecast.
    """
    longest = max(len(line) for line in lines)
    possible = [season for season in candidates(step) if 1 < season <= min(LONGEST_SEASON, longest // 2)]
    errors = {season: _error(lines, season, horizon) for season in (1, *possible)}
    better = [season for season in possible if errors[season] < WORTH * errors[1]]
    return (*sorted(better, key=errors.__getitem__)[:2],) or (1,)


def candidates(step: str) -> tuple[int, ...]:
    """The seasons that are usual at this step."""
    if step in USUAL_SEASONS:
        return USUAL_SEASONS[step]
    count, _, unit = step.partition(" ")
    if unit in SECONDS:
        seconds = int(count) * SECONDS[unit]
        return tuple(period // seconds for period in (3600, DAY, WEEK) if period % seconds == 0)
    return () if unit else (4, 7, 12, 24, 52)


def _error(lines: Sequence[NDArray[Any]], season: int, horizon: int) -> float:
    """How far naive forecasts lie from the truth on average, in units of each series' spread."""
    errors: list[float] = []
    for line in lines[:200]:
        spread = float(np.nanstd(line)) or 1.0
        for ahead in sorted({1, max(1, horizon // 2), horizon}):
            back = season * -(-ahead // season)
            if len(line) > back:
                missed = np.abs(line[back:] - line[:-back])
                if np.isfinite(missed).any():
                    errors.append(float(np.nanmean(missed)) / spread)
    return float(np.mean(errors)) if errors else np.inf


def _most(values: NDArray[Any]) -> Any:
    different, counts = np.unique(values, return_counts=True)
    return different[np.argmax(counts)]


def _business(moments: Sequence[NDArray[Any]]) -> bool:
    days = np.concatenate([each.astype("datetime64[D]") for each in moments])
    return bool(len(days) > 7 and np.is_busday(days).all())
