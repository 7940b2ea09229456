"""A series as it was, as the backtest foretold it, and as it is forecast, with how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from lumina_jupyter.automl.explain.figures import FIRST, INK, SECOND, Theme, band, new_figure
from lumina_jupyter.automl.explain.rows import Numbers, Rows
from lumina_jupyter.automl.explain.shown import Shown
from lumina_jupyter.automl.forecasting.preparation import read_moments
from lumina_jupyter.automl.plain.lag_table import LagTable, moment_at
from lumina_jupyter.automl.plain.step_errors import StepErrors
from lumina_jupyter.automl.tables.frames import read_table
from lumina_jupyter.automl.words import percent
from lumina_jupyter.errors import SettingUnusable

SHADES = {"checked": "rgba(224,130,20,0.2)", "ahead": "rgba(47,127,209,0.2)"}

MOST_CERTAIN = 0.98


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Forecaster:
    """What forecasts.

    Args:
        table: The series.
        model: Of the table's rows.
        errors: How sure it is.
    """

    table: LagTable
    model: Any
    errors: StepErrors

    def quantiles(self, asked: Any, quantiles: Sequence[float]) -> tuple[Numbers, Numbers]:
        """Values at the moments of a frame, and a column a quantile.

        Raises:
            DataUnusable: when the frame does not fit.
            SettingUnusable: for a quantile that the backtest says nothing of.
        """
        found = read_moments(self.table, asked)
        values = found.base + found.scale * np.asarray(self.model.predict(found.rows), dtype=np.float64)
        return values, self.around(values, found.scale, found.steps, quantiles)

    def around(self, values: Numbers, scale: Numbers, steps: Numbers, quantiles: Sequence[float]) -> Numbers:
        """A column a quantile of what such forecasts turn out to be, rising with the quantile.

        Raises:
            SettingUnusable: for a quantile that the backtest says nothing of.
        """
        try:
            missed = self.errors.at(steps, quantiles)
        except (ValueError, TypeError) as error:
            raise SettingUnusable(f"quantiles={quantiles!r} can't be forecast.", hint=str(error)) from None
        return np.asarray(values[:, None] + scale[:, None] * missed)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Outlook(Shown):
    """One series.

    Attributes:
        table: part ("past", "checked" by the last backtest, "ahead"), the moment, value (where it is known), forecast, low and
            high (of the interval).
        series: Which one, for people; empty where there is but one.
        time: The name of the column of moments.
        target: What the values are.
        level: How many of the values to come lie within the interval.
        text: What is left out and why; empty when nothing is.
    """

    table: pd.DataFrame
    series: str
    time: str
    target: str
    level: float
    text: str = ""

    def figure(self, theme: Theme = "auto") -> Any:
        """Values and forecasts over time."""
        figure = new_figure(self.series or "Forecast", self.time, self.target, theme=theme)
        table = self.table
        past = table[table["value"].notna()].drop_duplicates(self.time)
        line = {"color": INK[theme], "width": 1.5}
        figure.add_scatter(x=past[self.time], y=past["value"], mode="lines", name="value", line=line)
        for part, colour, name in (("checked", SECOND, "checked"), ("ahead", FIRST, "forecast")):
            mine = table[table["part"] == part]
            if mine.empty:
                continue
            band(figure, mine[self.time], mine["low"], mine["high"], name=percent(self.level), colour=SHADES[part])
            figure.add_scatter(x=mine[self.time], y=mine["forecast"], mode="lines", name=name, line={"color": colour})
        return figure


def outlook(forecaster: Forecaster, rows: Rows, series: Any = None, known: Any = None, level: float = 0.8) -> Outlook:
    """One series, and what is to be thought of it.

    Args:
        forecaster: What forecasts.
        rows: Forecasts that can be compared with the truth; the last of them are shown.
        series: The values that tell the series apart; None takes the first.
        known: Moments to come with what is known of them; needed where there is such a thing.
        level: How many of the values to come are to lie within the interval.

    Raises:
        SettingUnusable: when there is no such series, or the level is no share.
    """
    table = forecaster.table
    if not 0 < level <= MOST_CERTAIN:
        raise SettingUnusable(f"level={level!r} is no share.", hint=f"Give one above 0, up to {MOST_CERTAIN}.")
    key = _key(table, series)
    ends = ((1 - level) / 2, (1 + level) / 2)
    parts = [_past(table, key), _checked(forecaster, rows, key, ends)]
    text = ""
    asked = _asked(table, key, known)
    if table.known and known is None:
        text = f"What comes next is left out: it takes {', '.join(table.known)}, known in advance (`known=`)."
    elif asked.empty:
        text = "What comes next is left out: the series ends before the others, or is not in the table."
    else:
        values, bounds = forecaster.quantiles(asked, ends)
        parts.append(_part("ahead", asked[table.time], np.full(len(values), np.nan), values, bounds, table.time))
    whole = pd.concat([each for each in parts if len(each)], ignore_index=True)
    return Outlook(whole, ", ".join(key), table.time, table.target, float(level), text)


def _key(table: LagTable, series: Any) -> tuple[str, ...]:
    keys = list(table.values_)
    if series is None:
        return keys[0]
    key = tuple(map(str, series)) if isinstance(series, list | tuple) else (str(series),)
    if key not in table.values_:
        shown = "; ".join(", ".join(each) for each in keys[:10] if each)
        raise SettingUnusable(f"There is no series {series!r}.", hint=f"Series: {shown or 'a single one (None)'}.")
    return key


def _past(table: LagTable, key: tuple[str, ...]) -> pd.DataFrame:
    line, first = table.values_[key], table.firsts_[key]
    shown = range(max(0, len(line) - max(30, 4 * table.horizon, 2 * table.seasons[0])), len(line))
    moments = pd.Series([moment_at(first + place, table.step, table.anchor_) for place in shown])
    nothing = np.full(len(moments), np.nan)
    bounds = np.column_stack([nothing, nothing])
    return _part("past", moments, line[shown.start :], nothing, bounds, table.time)


def _checked(forecaster: Forecaster, rows: Rows, key: tuple[str, ...], ends: Sequence[float]) -> pd.DataFrame:
    ahead, table = rows.ahead, forecaster.table
    if ahead is None:
        return pd.DataFrame()
    mine = np.ones(len(rows), dtype=bool)
    for name, value in zip(table.series, key, strict=True):
        mine &= (ahead.asked[name].astype(str) == value).to_numpy()
    if not mine.any():
        return pd.DataFrame()
    origins = ahead.origins[mine]
    # The latest moment from which as many steps were foretold as from any.
    different, counts = np.unique(origins, return_counts=True)
    latest = different[counts == counts.max()][-1]
    chosen = np.flatnonzero(mine & (ahead.origins == latest))
    chosen = chosen[np.argsort(ahead.steps[chosen], kind="stable")]
    said = rows.prediction[chosen]
    bounds = forecaster.around(said, ahead.scale[chosen], ahead.steps[chosen], ends)
    return _part("checked", ahead.asked[table.time].iloc[chosen], rows.truth[chosen], said, bounds, table.time)


def _asked(table: LagTable, key: tuple[str, ...], known: Any) -> pd.DataFrame:
    asked = table.next_moments() if known is None else read_table(known).frame
    for name, value in zip(table.series, key, strict=True):
        if name in asked:
            asked = asked[asked[name].astype(str) == value]
    return asked.reset_index(drop=True)


def _part(part: str, moments: Any, values: Numbers, said: Numbers, bounds: Numbers, time: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "part": part,
            time: np.asarray(moments),
            "value": values,
            "forecast": said,
            "low": bounds[:, 0],
            "high": bounds[:, 1],
        }
    )
