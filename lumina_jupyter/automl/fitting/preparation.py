"""From what users give to a problem that can be searched: table, target, schema, validation, and what was decided."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lumina_jupyter.errors import DataUnusable, SettingUnusable

from ..columns import Schema
from ..experiment.problem import Problem
from ..forecasting.preparation import prepare_series
from ..profiling.profile import find_leaks
from ..progress import Decided, SearchEvent, Warned
from ..splitting import choose_validation
from ..tables.frames import read_table
from ..tables.queries import check_queries, ranked_target, split_queries
from ..tables.schema import infer_schema
from ..tables.target import Target, is_name, read_target, split_target
from ..task import TaskKind
from ..words import listed
from .row_sample import sample_rows


def prepare(
    X: Any,
    y: Any,
    *,
    kind: TaskKind | None,
    quantiles: tuple[float, ...],
    kinds: Any,
    groups: Any,
    time: Any,
    series: Any = None,
    horizon: int | None = None,
    folds: Any,
    weights: Any,
    seed: int,
    room: int = 0,
    say: Callable[[SearchEvent], None],
) -> Problem:
    """A problem; whatever was decided on the way is said.

    Args:
        X: A table; with the target in it when `y` is the name of a column.
        y: The target, or its name.
        kind: The kind of task, or None to find it out.
        quantiles: For quantile regression.
        kinds: What columns hold, where users say it themselves.
        groups: As for `choose_validation`; for rankings the queries.
        time: As for `choose_validation`.
        series: For forecasting: the names of the columns that tell series apart.
        horizon: For forecasting: how many steps ahead, or None to choose.
        folds: As for `choose_validation`.
        weights: How much each row counts: the name of a column, which is not learned from, a value for each row, or None.
        seed: Of what is left to chance.
        room: Bytes that a fit may hold: of a table for which that is not enough some rows are taken. 0 for no limit.
        say: Is told what was decided.

    Raises:
        DataUnusable: when nothing can be learned from the data as they are.
        SettingUnusable: when a setting does not fit the data.
    """
    if kind == "forecasting":
        if weights is not None or groups is not None or kinds is not None:
            raise SettingUnusable(
                "Forecasting takes no weights, no groups and no kinds of columns.", hint="Leave them out."
            )
        return prepare_series(X, y, time=time, series=series, horizon=horizon, folds=folds, seed=seed, say=say)
    if series is not None or horizon is not None:
        raise SettingUnusable("`series` and `horizon` are for forecasting.", hint='Set task="forecasting".')
    frame, target = _read(X, y, kind, quantiles, say)
    frame, weights = take_weights(frame, weights)
    if kind == "ranking":
        frame, groups = split_queries(frame, groups, weights)
        target = replace(target, task=replace(target.task, query=str(groups.name)))
    rows = len(frame)
    sample = sample_rows(frame, target, room, groups=groups, time=time, folds=folds, kinds=kinds, seed=seed)
    kept, values = target.rows, target.values
    if sample is not None:
        kept, values = kept[sample.rows], values[sample.rows]
        say(Decided(text=sample.told, setting="memory_budget"))
    if len(kept) < rows:
        groups, time = _kept(groups, kept, rows), _kept(time, kept, rows)
        frame = frame.iloc[kept].reset_index(drop=True)
    schema = infer_schema(frame, kinds)
    _tell_columns(schema, say)
    validation = choose_validation(frame, values, schema, target.task, groups=groups, time=time, folds=folds, seed=seed)
    say(Decided(text=validation.told, setting="folds"))
    learned = values
    if kind == "ranking":
        learned = ranked_target(values, groups, target.task.target)
        for text in check_queries(learned, validation):
            say(Decided(text=text, setting="groups"))
    for finding in find_leaks(frame, values, schema, target.task, validation):
        say(Warned(text=f"{finding.text} {finding.advice}".strip()))
    return Problem(
        features=frame,
        target=learned,
        weights=None if weights is None else read_weights(weights, rows, kept),
        task=target.task,
        schema=schema,
        validation=validation,
    )


def _tell_columns(schema: Schema, say: Callable[[SearchEvent], None]) -> None:
    if not schema.used:
        raise DataUnusable(
            f"No column is left to learn from: {listed([f'{each.name!r} ({each.kind})' for each in schema.columns])}.",
            hint="Give other columns, or say what these hold: kinds={'name': 'category'}.",
        )
    for column in schema.columns:
        if column.told:
            say(Decided(text=f"{column.name!r}: {column.told}", setting="kinds"))


def _read(
    X: Any, y: Any, kind: TaskKind | None, quantiles: tuple[float, ...], say: Callable[[SearchEvent], None]
) -> tuple[pd.DataFrame, Target]:
    table = read_table(X)
    if is_name(y):
        frame, y, name = split_target(table.frame, y)
    else:
        frame, name = table.frame, ""
        if hasattr(y, "__array__") and not hasattr(y, "__len__"):
            y = np.asarray(y)
    target = read_target(y, kind=kind, name=name, rows=len(frame), quantiles=quantiles)
    for text in (*table.told, *target.told):
        say(Decided(text=text))
    if target.task.told:
        say(Decided(text=target.task.told, setting="task"))
    return frame, target


def _kept(given: Any, rows: NDArray[np.intp], length: int) -> Any:
    if given is None or isinstance(given, str | bool):
        return given
    values = np.asarray(given)
    return values[rows] if len(values) == length else given


def take_weights(frame: pd.DataFrame, weights: Any) -> tuple[pd.DataFrame, Any]:
    """The table without the column that `weights` names, and its values; both as they are where it names none.

    Raises:
        SettingUnusable: when there is no such column, or no other.
    """
    if not isinstance(weights, str):
        return frame, weights
    if weights not in frame.columns or frame.shape[1] == 1:
        raise SettingUnusable(
            f"sample_weight={weights!r}: the table has no such column beside others.",
            hint="`df.columns` shows what there is.",
        )
    return frame.drop(columns=[weights]), frame[weights]


def read_weights(weights: Any, rows: int, kept: NDArray[np.intp] | None = None) -> NDArray[Any]:
    """How much each row counts, as numbers.

    Args:
        weights: A value for each row.
        rows: How many rows there are.
        kept: The positions of those that are learned from; None for all.

    Raises:
        DataUnusable: when they are no numbers, not as many as rows, or such that nothing can be learned with them.
    """
    try:
        values = np.asarray(weights, dtype=float)
    except (TypeError, ValueError):
        raise DataUnusable("The weights are no numbers.", hint="Give one number for each row.") from None
    if values.shape != (rows,):
        raise DataUnusable(
            f"sample_weight.shape == {values.shape}, expected ({rows},)!", hint="Give one weight for each row."
        )
    if kept is not None:
        values = values[kept]
    if not np.isfinite(values).all() or (values < 0).any() or not values.any():
        raise DataUnusable(
            "The weights are all zero, or some are missing, infinite or negative.", hint="Leave rows out instead."
        )
    return values
