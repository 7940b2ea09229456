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
from lumina_jupyter.automl.forecasting.preparation import read_moments
from lumina_jupyter.automl.metrics import Metric
from lumina_jupyter.automl.plain.lag_table import LagTable, moment_at
from lumina_jupyter.automl.plain.step_errors import StepErrors
from lumina_jupyter.automl.task import Task
from lumina_jupyter.errors import DataUnusable

CALENDAR = ("month", "day", "weekday", "day of the year", "hour")


def held_out_forecasts(experiment: Experiment, problem: Problem, weights: Mapping[int, float], metric: Metric) -> Rows:
    """What the backtest foretold, each by models that knew only what came before.

    Args:
        experiment: Where the folds' models and predictions lie.
        problem: What was searched for.
        weights: Number of a trial to its weight in the blend.
        metric: By which models are compared.

    Raises:
        DataUnusable: when nothing is left of what the folds predicted, or another version has left it.
    """
    rows = held_out_rows(experiment, problem, weights, metric)
    table = problem.series
    every = None if table is None else _examples(table)
    if table is None or every is None or len(every) != len(problem.target):
        raise DataUnusable("The experiment was made by another version of Lumina.", hint="Search again.")
    mine = every.iloc[rows.frame.index.to_numpy()]
    return _in_values(rows, table, mine.reset_index(drop=True), base=every["base"], scale=every["scale"])


def forecasts_of(table: LagTable, model: Any, frame: pd.DataFrame, truth: Numbers, task: Task, metric: Metric) -> Rows:
    """What a fitted model foretells for moments whose values are known by now.

    Args:
        table: The series that it forecasts from.
        model: Of the table's rows.
        frame: The moments, with all that was known in advance.
        truth: The values.
        task: What is predicted.
        metric: By which models are compared.

    Raises:
        DataUnusable: when the frame does not fit.
    """
    found = read_moments(table, frame)
    asked = frame.reset_index(drop=True)[[*table.series, table.time]]
    order = np.argsort(asked[table.time].to_numpy(), kind="stable")
    about = asked.assign(base=found.base, scale=found.scale, step=found.steps, place=np.argsort(order)).iloc[order]
    scaled = Rows(
        frame=found.rows.iloc[order],
        truth=((np.asarray(truth) - found.base) / found.scale)[order],
        prediction=np.asarray(model.predict(found.rows), dtype=np.float64)[order],
        task=task,
        metric=metric,
        predict=lambda rows: np.asarray(model.predict(rows), dtype=np.float64),
        in_order=True,
    )
    units = pd.DataFrame({"base": found.base, "scale": found.scale})
    return _in_values(scaled, table, about.reset_index(drop=True), base=units["base"], scale=units["scale"])


def errors_of(rows: Rows) -> StepErrors:
    """How sure such forecasts are, by how far ahead they look."""
    ahead = rows.ahead
    if ahead is None:
        raise ValueError("These rows are no forecasts.")
    return step_errors(ahead.steps, (rows.truth - rows.prediction) / ahead.scale, ahead.horizon)


def _examples(table: LagTable) -> pd.DataFrame:
    """What each row of `table.examples()` is about, in their order."""
    parts, origins = [], []
    for key, begins, steps in table.drawn():
        ends = begins + steps + table.firsts_[key]
        about: dict[str, Any] = dict(zip(table.series, key, strict=True))
        parts.append(
            pd.DataFrame(
                {
                    **{name: np.full(len(ends), value, dtype=object) for name, value in about.items()},
                    "place": ends,
                    "step": steps,
                    "base": table.base(key, begins, steps),
                    "scale": table.scales_[key],
                }
            )
        )
        origins.append(begins + table.firsts_[key])
    order = np.argsort(np.concatenate(origins), kind="stable")
    every = pd.concat(parts, ignore_index=True).iloc[order].reset_index(drop=True)
    different, codes = np.unique(every["place"], return_inverse=True)
    moments = pd.Series([moment_at(int(place), table.step, table.anchor_) for place in different])
    every[table.time] = moments.to_numpy()[codes]
    return every


def _in_values(rows: Rows, table: LagTable, about: pd.DataFrame, *, base: pd.Series, scale: pd.Series) -> Rows:
    """Rows of scaled changes as rows of values; `base` and `scale` go by the index of the rows' frame."""
    inner, bases, scales = rows.predict, base.to_numpy(), scale.to_numpy()
    own_base, own_scale = about["base"].to_numpy(), about["scale"].to_numpy()

    def predict(frame: pd.DataFrame) -> Numbers:
        positions = frame.index.to_numpy()
        return np.asarray(bases[positions] + scales[positions] * inner(frame))

    foretell: Predict = predict
    asked = about[[*table.series, table.time]].assign(**{STEPS: about["step"]})
    return replace(
        rows,
        truth=own_base + own_scale * rows.truth,
        prediction=own_base + own_scale * rows.prediction,
        predict=foretell,
        ahead=Ahead(
            asked=asked.set_axis(rows.frame.index),
            steps=about["step"].to_numpy(),
            origins=(about["place"] - about["step"]).to_numpy(),
            naive=own_base,
            scale=own_scale,
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
