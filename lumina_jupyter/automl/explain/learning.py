"""What more rows would bring: scores of one candidate that is trained on ever larger parts of the rows."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from lumina_jupyter.automl.candidate import Candidate
from lumina_jupyter.automl.experiment.problem import Problem
from lumina_jupyter.automl.explain.figures import FIRST, Theme, error_bars, new_figure
from lumina_jupyter.automl.explain.shown import Shown
from lumina_jupyter.automl.metrics.metric import Metric
from lumina_jupyter.automl.pipeline.pipeline import build_pipeline, fit_pipeline, predictions, shape_of

SHARES = (0.1, 0.2, 0.4, 0.7, 1.0)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class LearningCurve(Shown):
    """How the score grows.

    Attributes:
        table: rows, score (mean over folds), low, high (one deviation of the folds), folds.
        metric: The metric's name.
        text: What it means, as a sentence.
    """

    table: pd.DataFrame
    metric: str
    text: str

    def figure(self, theme: Theme = "auto") -> Any:
        """Score over rows."""
        figure = new_figure(self.text, "rows to learn from", self.metric, theme=theme)
        table = self.table
        errors = error_bars(table["score"], table["low"], table["high"])
        figure.add_scatter(
            x=table["rows"], y=table["score"], error_y=errors, mode="lines+markers", line={"color": FIRST}
        )
        return figure


def learning_curve(
    candidate: Candidate,
    problem: Problem,
    metric: Metric,
    *,
    seconds: float = 60.0,
    seed: int = 0,
) -> LearningCurve:
    """Train a candidate on parts of each fold's rows.

    Args:
        candidate: What is trained.
        problem: The data and the folds.
        metric: By which it is judged.
        seconds: After them no further fit is begun; at least each share's first fold is trained.
        seed: For whatever is random.
    """
    began = time.monotonic()
    found = []
    for share in SHARES:
        scores: list[float] = []
        rows = 0
        for number, fold in enumerate(problem.validation.folds):
            if scores and time.monotonic() - began > seconds:
                break
            train = problem.train_rows(number, share)
            shape = shape_of(problem.schema, problem.task, len(train))
            pipeline = build_pipeline(candidate, problem.task, problem.schema, shape, seed=seed)
            held_out = problem.features.iloc[fold.test], problem.target[fold.test]
            weights = problem.weights
            fit_pipeline(
                pipeline,
                candidate,
                problem.features.iloc[train],
                problem.target[train],
                weights=None if weights is None else weights[train],
                held_out=held_out,
            )
            said = predictions(pipeline, problem.task, held_out[0])
            scores.append(problem.score(said, fold.test, metric))
            rows = max(rows, len(train))
        mean, spread = float(np.mean(scores)), float(np.std(scores))
        ends = sorted((metric.read(mean - spread), metric.read(mean + spread)))
        found.append((rows, metric.read(mean), *ends, len(scores), mean, spread))
    table = pd.DataFrame(found, columns=["rows", "score", "low", "high", "folds", "mean", "spread"])
    # Forecasts are learned in units of how much each series usually changes.
    unit = " (in usual changes)" if problem.series is not None and not metric.of_values else ""
    return LearningCurve(table.drop(columns=["mean", "spread"]), metric.name + unit, _text(table))


def _text(table: pd.DataFrame) -> str:
    if len(table) < 2:
        return "One point says nothing of what more rows would bring."
    last, before = table.iloc[-1], table.iloc[-2]
    if last["mean"] - before["mean"] > max(last["spread"], before["spread"]) / 2:
        return "The score still grows: more rows would bring more."
    return "The score hardly grows any more: more rows alone would bring little."
