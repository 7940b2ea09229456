"""Forecasts as rows to explain: in the values' own unit, with the moments that they are about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from lumina_jupyter.automl.experiment.experiment import Experiment
from lumina_jupyter.automl.experiment.problem import Problem
from lumina_jupyter.automl.explain.rows import STEPS, Ahead, Numbers, Predict, Rows, held_out_rows
from lumina_jupyter.automl.forecasting.errors import step_errors
from lumina_jupyter.automl.forecasting.examples import Examples, examples_of
from lumina_jupyter.automl.forecasting.preparation import read_moments
from lumina_jupyter.automl.metrics.metric import Metric
from lumina_jupyter.automl.plain.lag_table import LagTable, moment_at
from lumina_jupyter.automl.plain.step_errors import StepErrors
from lumina_jupyter.automl.task import Task
from lumina_jupyter.errors import DataUnusable

CALENDAR = ("month", "day", "weekday", "day of the year", "hour")


def held_out_forecasts(experiment: Experiment, problem: Problem, weights: Mapping[int, float], metric: Metric) -> Rows:
    """What the backtest foretold, each by models that knew only what came before; otherwise as `held_out_rows` has it.

    Raises:
        DataUnusable: as for `held_out_rows`, and when another version has left it.
    """
    rows = held_out_rows(experiment, problem, weights, metric)
    table = problem.series
    every = None if table is None else examples_of(table)
    if table is None or every is None or len(every) != len(problem.target):
        raise DataUnusable("The experiment was made by another version of Lumina.", hint="Search again.")
    about = every.take(rows.frame.index.to_numpy())
    return _in_values(rows, table, about, _moments(table, about), base=every.base, scale=every.scale)


def forecasts_of(table: LagTable, model: Any, frame: pd.DataFrame, truth: Numbers, task: Task, metric: Metric) -> Rows:
    """What a fitted model foretells for moments whose values are known by now.

    Args:
        table: The series that it forecasts from.
        model: Of the table's rows.
        frame: The moments, with all that was known in advance.
        truth: The values.
        task: As for `rows_of`.
        metric: As for `rows_of`.

    Raises:
        DataUnusable: when the frame does not fit.
    """
    found = read_moments(table, frame)
    moments = frame[table.time].reset_index(drop=True)
    order = np.argsort(moments.to_numpy(), kind="stable")
    every = Examples(
        series=frame[list(table.series)],
        # Only their order is known, which says what are neighbours.
        places=np.argsort(order),
        steps=found.steps,
        base=found.base,
        scale=found.scale,
    )
    scaled = Rows(
        frame=found.rows.iloc[order],
        truth=((np.asarray(truth) - found.base) / found.scale)[order],
        prediction=np.asarray(model.predict(found.rows), dtype=np.float64)[order],
        task=task,
        metric=metric,
        predict=lambda rows: np.asarray(model.predict(rows), dtype=np.float64),
        in_order=True,
    )
    asked = moments.iloc[order].reset_index(drop=True)
    return _in_values(scaled, table, every.take(order), asked, base=found.base, scale=found.scale)


def errors_of(rows: Rows) -> StepErrors:
    """How sure such forecasts are, by how far ahead they look."""
    ahead = rows.ahead
    if ahead is None:
        raise ValueError("These rows are no forecasts.")
    return step_errors(ahead.steps, (rows.truth - rows.prediction) / ahead.scale, ahead.horizon)


def _moments(table: LagTable, about: Examples) -> pd.Series:
    """The moments that rows foretell."""
    different, codes = np.unique(about.places, return_inverse=True)
    moments = pd.Series([moment_at(int(place), table.step, table.anchor_) for place in different])
    return moments.iloc[codes].reset_index(drop=True)


def _in_values(
    rows: Rows, table: LagTable, about: Examples, moments: pd.Series, *, base: Numbers, scale: Numbers
) -> Rows:
    """Rows of scaled changes as rows of values; `base` and `scale` go by the index of the rows' frame."""
    inner = rows.predict

    def predict(frame: pd.DataFrame) -> Numbers:
        positions = frame.index.to_numpy()
        return np.asarray(base[positions] + scale[positions] * inner(frame))

    foretell: Predict = predict
    asked = about.series.assign(**{table.time: moments, STEPS: about.steps})
    return replace(
        rows,
        truth=about.base + about.scale * rows.truth,
        prediction=about.base + about.scale * rows.prediction,
        predict=foretell,
        ahead=Ahead(
            asked=asked.set_axis(rows.frame.index),
            steps=about.steps,
            origins=about.places - about.steps,
            naive=about.base,
            scale=about.scale,
            groups=(groups := _groups(table, list(rows.frame.columns))),
            given=(*groups[STEPS], *table.series, *table.known),
            horizon=table.horizon,
        ),
    )


def _groups(table: LagTable, columns: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """What the features are: columns that say much the same count together."""
    given = {*table.series, *table.known}
    found: dict[str, list[str]] = {}
    for name in columns:
        found.setdefault(name if name in given else _group(name.removesuffix(" (made)")), []).append(name)
    return {group: tuple(names) for group, names in found.items()}


def _group(name: str) -> str:
    first = name.split()[0]
    if name in CALENDAR:
        return "calendar"
    if first == "season":
        return f"season of {name.split()[1]}"
    if first in ("mean", "spread", "trend"):
        return "means and trends"
    return {"step": STEPS, "level": "level"}.get(first, "last values")
