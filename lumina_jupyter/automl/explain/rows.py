"""Rows with their truths and what a model predicts for them: what every explanation is made from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lumina_jupyter.automl.experiment.experiment import Experiment
from lumina_jupyter.automl.experiment.problem import Problem
from lumina_jupyter.automl.metrics.metric import Metric
from lumina_jupyter.automl.pipeline.pipeline import predictions
from lumina_jupyter.automl.tables.queries import whole_queries
from lumina_jupyter.automl.task import Task
from lumina_jupyter.errors import DataUnusable

Numbers = NDArray[Any]
Predict = Callable[[pd.DataFrame], Numbers]
"""Rows by classes (probabilities), rows by quantiles, or a number a row."""
RANKING = frozenset({"roc_auc", "average_precision", "roc_auc_ovr"})
"""Metrics that mean nothing where there is one class only."""
STEPS = "steps ahead"
"""What people call how far a forecast looks."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ahead:
    """What is known of rows beside their features when values to come are foretold.

    Args:
        asked: The series, the moments and the steps ahead that the rows are about.
        steps: How many steps ahead.
        origins: The place in time from which each row looks ahead.
        naive: What a season before, or the last value, foretells.
        scale: How much the row's series usually changes.
        groups: What the features are, each with the names of its columns.
        given: The columns that are not made of the series' values: series, steps ahead, what was known in advance.
        horizon: How many steps ahead at most.
    """

    asked: pd.DataFrame
    steps: Numbers
    origins: Numbers
    naive: Numbers
    scale: Numbers
    groups: Mapping[str, tuple[str, ...]]
    given: tuple[str, ...]
    horizon: int

    def take(self, positions: Numbers) -> Ahead:
        """Some of the rows."""
        return Ahead(
            asked=self.asked.iloc[positions],
            steps=self.steps[positions],
            origins=self.origins[positions],
            naive=self.naive[positions],
            scale=self.scale[positions],
            groups=self.groups,
            given=self.given,
            horizon=self.horizon,
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rows:
    """Rows that a model has not been trained on.

    Args:
        frame: Their features; the index belongs to whoever predicts and is left as it is.
        truth: Positions of classes, or numbers; of rankings relevance and query.
        prediction: What the model says.
        task: What is predicted.
        metric: By which the search compared models.
        weights: How much each row counts, or None.
        predict: Predicts for rows like these, with other values in them.
        in_order: Whether neighbours are alike, because the rows are in the order of time.
        ahead: For forecasts: which moments the rows are about.
    """

    frame: pd.DataFrame
    truth: Numbers
    prediction: Numbers
    task: Task
    metric: Metric
    predict: Predict
    weights: Numbers | None = None
    in_order: bool = False
    ahead: Ahead | None = None

    def __len__(self) -> int:
        return len(self.frame)

    def take(self, positions: Numbers) -> Rows:
        """Some of the rows."""
        return Rows(
            frame=self.frame.iloc[positions],
            truth=self.truth[positions],
            prediction=self.prediction[positions],
            task=self.task,
            metric=self.metric,
            predict=self.predict,
            weights=None if self.weights is None else self.weights[positions],
            in_order=self.in_order,
            ahead=None if self.ahead is None else self.ahead.take(positions),
        )

    @property
    def queries(self) -> Numbers | None:
        """The query of each row, where they are put in order within queries."""
        return self.truth[:, 1] if self.truth.ndim == 2 else None

    @property
    def stretch(self) -> int:
        """How many neighbours are alike where rows are in order; 0 where that is not known."""
        if self.ahead is None or not len(self):
            return 0
        moments = max(1, len(np.unique(self.ahead.origins)))
        return max(1, min(len(self) // 4, len(self) * self.ahead.horizon // moments))

    def sample(self, most: int, seed: int = 0) -> Rows:
        """At most so many of the rows, or about so many of whole queries, in their order."""
        if len(self) <= most:
            return self
        random = np.random.default_rng(seed)
        if self.queries is not None:
            return self.take(whole_queries(self.queries, most / len(self), random))
        return self.take(np.sort(random.choice(len(self), most, replace=False)))

    def score(self, prediction: Numbers | None = None) -> float:
        """The metric; greater is better."""
        return self.metric.score(self.truth, self.prediction if prediction is None else prediction, self.weights)

    def score_at(self, positions: Numbers, metric: Metric | None = None, prediction: Numbers | None = None) -> float:
        """A metric on some of the rows; greater is better.

        Args:
            positions: Which rows.
            metric: Which metric; the search's own by default.
            prediction: What was said of all rows; what the model says by default.

        Raises:
            ValueError: when it is not defined for these rows.
        """
        metric = metric or self.metric
        truth = self.truth[positions]
        if metric.name in RANKING and len(np.unique(truth)) < 2:
            raise ValueError(f"{metric.name} needs rows of two classes.")
        said = (self.prediction if prediction is None else prediction)[positions]
        return metric.score(truth, said, None if self.weights is None else self.weights[positions])

    def decisions(self) -> Numbers:
        """The position of the likeliest class of each row."""
        return np.asarray(self.prediction.argmax(axis=1), dtype=np.intp)

    def point(self) -> Numbers:
        """One number a row: the number that is predicted, of quantiles the one nearest to the middle."""
        if self.prediction.ndim == 1:
            return self.prediction
        return self.prediction[:, middle(self.task)]


def middle(task: Task) -> int:
    """The position of the quantile nearest to one half."""
    return int(np.abs(np.asarray(task.quantiles) - 0.5).argmin())


def rows_of(
    model: Any,
    frame: pd.DataFrame,
    truth: Numbers,
    task: Task,
    metric: Metric,
    *,
    weights: Numbers | None = None,
    in_order: bool = False,
) -> Rows:
    """Rows that a fitted model was not trained on.

    Args:
        model: A blend or a pipeline.
        frame: The features.
        truth: Positions of classes, or numbers.
        task: What is predicted.
        metric: By which models are compared.
        weights: How much each row counts.
        in_order: Whether the rows are in the order of time.

    Raises:
        DataUnusable: when there are no rows.
    """
    if not len(frame):
        raise DataUnusable("There are no rows to explain a model by.", hint="Has a filter before it left nothing?")

    def predict(table: pd.DataFrame) -> Numbers:
        if task.classifies and len(getattr(model, "classes", ())):  # a blend, whose classes are all there
            return np.asarray(model.predict_proba(table))
        return np.asarray(predictions(model, task, table))

    prediction = predict(frame)
    return Rows(
        frame=frame,
        truth=np.asarray(truth),
        prediction=prediction,
        task=task,
        metric=metric,
        predict=predict,
        weights=weights,
        in_order=in_order,
    )


def held_out_rows(experiment: Experiment, problem: Problem, weights: Mapping[int, float], metric: Metric) -> Rows:
    """The rows that the search held out, each predicted by models that were not trained on it.

    Args:
        experiment: Where the folds' models and predictions lie.
        problem: What was searched for.
        weights: Number of a trial to its weight in the blend.
        metric: By which models are compared.

    Raises:
        DataUnusable: when nothing is left of what the folds predicted.
    """
    folds = []
    for number in range(len(problem.validation.folds)):
        files = [experiment.files(trial, number).prediction for trial in weights]
        if all(file.exists() for file in files):
            folds.append(number)
    if not folds:
        raise DataUnusable(
            "The experiment holds no predictions any more for rows that were held out.",
            hint="Explain rows of your own, `explain(X, y)`, or search again.",
        )
    tests = [problem.validation.folds[number].test for number in folds]
    rows = np.concatenate(tests)
    prediction = sum(
        weight * np.concatenate([experiment.prediction(trial, number) for number in folds])
        for trial, weight in weights.items()
    )
    of_fold = np.full(len(problem.features), -1)
    for number, test in zip(folds, tests, strict=True):
        of_fold[test] = number
    return Rows(
        frame=problem.features.reset_index(drop=True).iloc[rows],
        truth=problem.target[rows],
        prediction=np.asarray(prediction),
        task=problem.task,
        metric=metric,
        predict=_CrossFitted(experiment, problem.task, weights, of_fold),
        weights=None if problem.weights is None else problem.weights[rows],
        in_order=problem.validation.kind == "forward",
    )


class _CrossFitted:
    """Predicts each row by the models that were not trained on it; its position is in the table's index."""

    def __init__(self, experiment: Experiment, task: Task, weights: Mapping[int, float], of_fold: Numbers) -> None:
        self._experiment = experiment
        self._task = task
        self._weights = dict(weights)
        self._of_fold = of_fold
        self._loaded: dict[int, Sequence[Any]] = {}

    def __call__(self, table: pd.DataFrame) -> Numbers:
        folds = self._of_fold[table.index.to_numpy()]
        whole: Numbers | None = None
        for fold in np.unique(folds):
            chosen = np.flatnonzero(folds == fold)
            part = self._predicted(int(fold), table.iloc[chosen])
            if whole is None:
                whole = np.empty((len(table), *part.shape[1:]))
            whole[chosen] = part
        return np.empty(0) if whole is None else whole

    def _predicted(self, fold: int, table: pd.DataFrame) -> Numbers:
        if fold not in self._loaded:
            self._loaded[fold] = [self._experiment.model(trial, fold) for trial in self._weights]
        parts = [
            weight * predictions(model, self._task, table)
            for model, weight in zip(self._loaded[fold], self._weights.values(), strict=True)
        ]
        return np.asarray(np.sum(parts, axis=0))
