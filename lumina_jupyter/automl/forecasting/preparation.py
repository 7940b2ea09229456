"""From series in a table to a problem that can be searched like any other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import clone

from lumina_jupyter.automl.columns import IGNORED
from lumina_jupyter.automl.experiment.problem import Problem
from lumina_jupyter.automl.forecasting.backtest import backtest
from lumina_jupyter.automl.forecasting.examples import examples_of
from lumina_jupyter.automl.forecasting.steps import seasons_of, step_of
from lumina_jupyter.automl.plain.lag_table import LagTable, moments_in, places_of
from lumina_jupyter.automl.plain.table_reader import read_dates, read_numbers
from lumina_jupyter.automl.progress import Decided, SearchEvent
from lumina_jupyter.automl.tables.frames import read_table
from lumina_jupyter.automl.tables.schema import infer_schema
from lumina_jupyter.automl.tables.target import split_target
from lumina_jupyter.automl.task import Task
from lumina_jupyter.automl.words import listed, verb
from lumina_jupyter.errors import DataUnusable, SettingUnusable

MOST_LEVELS = 1000
"""A series is known by its name up to so many series; beyond, by its values alone."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Forecast:
    """A problem of forecasting.

    Args:
        problem: The table of moments and steps ahead, with scaled targets.
        table: What makes such tables, and values of predictions.
        told: What was decided, as sentences.
    """

    problem: Problem
    table: LagTable
    told: tuple[str, ...]


def prepare_forecast(
    frame: pd.DataFrame,
    target: str,
    *,
    time: str,
    series: str | Sequence[str] | None = None,
    horizon: Any = 0,
    folds: int | None = None,
    seed: int = 0,
) -> Forecast:
    """A problem, whose target is in units of how much each series usually changes.

    Args:
        frame: A row a moment and series, in any order.
        target: The name of the column of values.
        time: The name of the column of moments.
        series: The names of the columns that tell series apart.
        horizon: How many steps ahead; 0 takes a season, or a tenth of the series.
        folds: How often forecasts are checked, or None to choose.
        seed: For whatever is drawn.

    Raises:
        DataUnusable: when the table has no usable moments, two rows of one moment, or too few of them.
        SettingUnusable: when a column that is named is not there, or the horizon is no number of steps.
    """
    keys = [series] if isinstance(series, str) else list(series or ())
    for name in (target, time, *keys):
        if name not in frame.columns:
            raise SettingUnusable(f"There is no column {name!r}.", hint=f"Columns: {', '.join(frame.columns[:20])}.")
    if isinstance(horizon, bool) or not isinstance(horizon, int | np.integer) or horizon < 0:
        raise SettingUnusable(f"horizon={horizon!r} is no number of steps.", hint="Give a whole number above 0.")
    history = readable(frame, target, time, keys)
    lines = _lines(history, target, time, keys)
    step = step_of([moments for moments, _ in lines])
    spread = [_spread(moments, values, step) for moments, values in lines]
    usual = int(np.median([len(line) for line in spread]))
    seasons = seasons_of(spread, step, int(horizon) or max(1, usual // 10))
    ahead = int(horizon) or (seasons[0] if seasons[0] > 1 and usual >= 4 * seasons[0] else max(1, usual // 10))
    known = tuple(name for name in history.columns if name not in (target, time, *keys))
    table = LagTable(
        time,
        target,
        tuple(keys),
        known,
        step=step,
        horizon=ahead,
        seasons=seasons,
        seed=seed,
        lags=min(8, max(2, usual // 4)),
    ).fit(history)
    if all(len(line) < 3 for line in table.values_.values()):
        raise DataUnusable(
            "The series are too short to be forecast.", hint="At least three moments are needed, better fifty."
        )
    rows, scaled, moments, ends = table.examples()
    about = examples_of(table)
    schema = infer_schema(rows, {name: "category" if len(lines) <= MOST_LEVELS else "identifier" for name in keys})
    problem = Problem(
        features=rows,
        target=scaled,
        weights=None,
        task=Task(kind="forecasting", target=target, horizon=ahead),
        schema=schema,
        validation=backtest(moments, ends, ahead, time, folds),
        series=table,
        units=np.column_stack([about.base, about.scale]),
    )
    return Forecast(problem=problem, table=table, told=_told(table, len(lines), int(horizon), schema.of(IGNORED)))


def prepare_series(
    X: Any,
    y: Any,
    *,
    time: Any,
    series: Any,
    horizon: Any,
    folds: Any,
    seed: int,
    say: Callable[[SearchEvent], None],
) -> Problem:
    """What `AutoML.fit` is given as a problem; whatever was decided on the way is said.

    Raises:
        DataUnusable: as for `prepare_forecast`.
        SettingUnusable: as for `prepare_forecast`, and when there is no column of time.
    """
    if not isinstance(time, str):
        raise SettingUnusable(
            "A forecast needs a column of moments.",
            hint='Give its name: `fit(df, "sales", time="date")`; `df.reset_index()` makes one of an index.',
        )
    if folds is not None and (isinstance(folds, bool) or not isinstance(folds, int) or folds < 1):
        raise SettingUnusable("Forecasts are checked forward in time only.", hint="`folds` is how often, or None.")
    frame, target = _with_target(X, y)
    made = prepare_forecast(
        frame, target, time=time, series=series, horizon=0 if horizon is None else horizon, folds=folds, seed=seed
    )
    for text in made.told:
        say(Decided(text=text, setting="horizon"))
    say(Decided(text=made.problem.validation.told, setting="folds"))
    return made.problem


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Foretold:
    """Moments, as a model's rows, and what turns its predictions into values.

    Args:
        rows: A row a moment, as `LagTable` makes them.
        base: What predictions are added to: the naive forecast.
        scale: What they are multiplied by before.
        steps: How many steps ahead.
    """

    rows: pd.DataFrame
    base: NDArray[Any]
    scale: NDArray[Any]
    steps: NDArray[Any]


def read_moments(table: LagTable, X: Any) -> Foretold:
    """The moments of a frame.

    Raises:
        DataUnusable: when columns or moments are missing, a series was never seen, or a moment lies beyond the horizon.
    """
    frame = read_table(X).frame
    missing = [name for name in (table.time, *table.series, *table.known) if name not in frame.columns]
    if missing:
        raise DataUnusable(
            f"The table lacks {', '.join(map(repr, missing))}.",
            hint="A forecast needs the moments, the series, and all that was known in advance when it was learned; "
            "`series_.next_moments()` has the moments to come, to which the rest is added.",
        )
    frame = _with_moments(frame, table.time)
    if frame[table.time].isna().any():
        raise DataUnusable(f"The column {table.time!r} holds what is no moment.")
    if not len(frame):
        raise DataUnusable("The table has no rows.", hint="Give a row for each moment that is to be forecast.")
    try:
        rows, base, scale, steps = table.ahead(frame)
    except ValueError as error:
        raise DataUnusable(str(error), hint="Train again, with its rows or a larger horizon.") from None
    return Foretold(rows=rows, base=base, scale=scale, steps=steps)


def read_forecast(table: LagTable, model: Any, X: Any) -> NDArray[Any]:
    """What a model of a table's rows foretells for the moments of a frame.

    Raises:
        DataUnusable: as for `read_moments`.
    """
    found = read_moments(table, X)
    predicted: NDArray[Any] = found.base + found.scale * np.asarray(model.predict(found.rows), dtype=np.float64)
    return predicted


def read_again(table: LagTable, X: Any, y: Any) -> tuple[LagTable, pd.DataFrame, NDArray[Any]]:
    """A table like this one of other series: itself, its rows and their targets.

    Raises:
        DataUnusable: when the series can't be used.
    """
    frame, _ = _with_target(X, table.target if y is None else y)
    other: LagTable = clone(table).fit(readable(frame, table.target, table.time, table.series))
    rows, scaled, _, _ = other.examples()
    return other, rows, scaled


def _with_target(X: Any, y: Any) -> tuple[pd.DataFrame, str]:
    features, values, name = split_target(X, y)
    if name in features.columns:
        name = f"{name} to forecast"
    return features.assign(**{name: np.asarray(values)}), name


def _with_moments(frame: pd.DataFrame, time: str) -> pd.DataFrame:
    if frame[time].dtype.kind in "iuf":
        return frame
    return frame.assign(**{time: read_dates(frame[time])})


def readable(frame: pd.DataFrame, target: str, time: str, keys: Sequence[str]) -> pd.DataFrame:
    """The frame with moments and values as such, in the order of time.

    Raises:
        DataUnusable: when there are none, or two rows of one moment.
    """
    made = _with_moments(frame, time).assign(**{target: read_numbers(frame[target])})
    if not np.isfinite(made[target]).any():
        raise DataUnusable(f"The column {target!r} holds no numbers.")
    there = made[time].notna().to_numpy()
    if not there.any():
        raise DataUnusable(f"The column {time!r} holds no moments.", hint="Give `time=` a column of dates or numbers.")
    made = made[there].sort_values([*keys, time], kind="stable").reset_index(drop=True)
    twice = made.duplicated([*keys, time])
    if twice.any():
        moment = made.loc[twice, time].iloc[0]
        raise DataUnusable(
            f"{int(twice.sum()):,} rows have a moment that their series has already, such as {moment}.",
            hint="Sum or average them first, or give `series=` the columns that tell series apart.",
        )
    return made


def _lines(
    history: pd.DataFrame, target: str, time: str, keys: Sequence[str]
) -> list[tuple[NDArray[Any], NDArray[Any]]]:
    groups = [history] if not keys else [part for _, part in history.groupby(list(keys), sort=True, dropna=False)]
    return [(moments_in(part[time]), part[target].to_numpy()) for part in groups]


def _spread(moments: NDArray[Any], values: NDArray[Any], step: str) -> NDArray[Any]:
    places = places_of(moments, step, moments.min())
    line = np.full(int(places.max()) + 1, np.nan)
    line[places] = values
    return line


def _told(table: LagTable, series: int, asked: int, ignored: list[str]) -> tuple[str, ...]:
    season = table.seasons[0]
    repeats = f"values repeat themselves after {season} steps" if season > 1 else "no season was found"
    told = [f"{series:,} series, a step of {table.step}: {repeats}."]
    if not asked:
        told.append(f"Forecasts look {table.horizon} steps ahead.")
    if table.known:
        told.append(f"Taken as known in advance, and needed to predict: {', '.join(table.known)}.")
    if ignored:
        told.append(f"Left out: {', '.join(ignored)}.")
    ends = {key: table.firsts_[key] + len(line) for key, line in table.values_.items()}
    latest = max(ends.values())
    over = [", ".join(key) for key, end in ends.items() if end < latest]
    if over:
        told.append(
            f"{len(over):,} series {verb(len(over), 'ends', 'end')} before the others ({listed(over)}): `forecast()` goes on with "
            "those that have a row for the last moment, even with no value in it."
        )
    return tuple(told)
