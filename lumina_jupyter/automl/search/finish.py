"""What is made of a search's trials: the members of the blend, and the blend as one fitted object."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lumina_jupyter.errors import NothingTrained

from ..candidate import Trial
from ..experiment.experiment import Experiment
from ..experiment.problem import Problem
from ..metrics import Metric
from ..plain.blend import Blend
from ..plain.fold_average import FoldAverage
from .book import Book
from .selection import greedy_weights

MOST_MEMBERS = 30
"""How many of the best trials may be chosen from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selected:
    """What the object predicts with.

    Args:
        weights: Trial number to weight; they sum to 1.
        score: By the metric on the rows held out, greater is better.
    """

    weights: dict[int, float]
    score: float


class HeldOut:
    """The rows held out, fold by fold, one after the other; and how predictions for them are scored."""

    def __init__(self, problem: Problem, metric: Metric) -> None:
        self._metric = metric
        self._tests = [fold.test for fold in problem.validation.folds]
        self._truths = [problem.target[test] for test in self._tests]
        self._weights = [None if problem.weights is None else problem.weights[test] for test in self._tests]
        bounds = np.cumsum([0, *(len(test) for test in self._tests)])
        self._slices = [slice(first, last) for first, last in pairwise(bounds)]

    def score(self, prediction: NDArray[Any]) -> float:
        """Mean of the folds' scores, as in the leaderboard."""
        return float(
            np.mean(
                [
                    self._metric.score(truth, prediction[where], weights)
                    for truth, where, weights in zip(self._truths, self._slices, self._weights, strict=True)
                ]
            )
        )


def select(book: Book, problem: Problem, metric: Metric, over: Callable[[], bool]) -> Selected:
    """The blend of the best trials, or the best one alone.

    Raises:
        NothingTrained: when no trial was done.
    """
    complete = book.complete()[:MOST_MEMBERS]
    if not complete:
        usable = book.usable()
        if not usable:
            raise NothingTrained("The time was over before the first model was trained.")
        return Selected(weights={usable[0].number: 1.0}, score=usable[0].score or 0.0)
    baseline = book.of_origin("baseline")
    if baseline is not None and baseline not in complete and baseline.rows >= 1.0:
        complete.append(baseline)
    held_out = HeldOut(problem, metric)
    predictions = {trial.number: np.concatenate(book.predictions(trial.number)) for trial in complete}
    weights = greedy_weights(predictions, held_out.score, over=over)
    blend: NDArray[Any] = np.sum([weight * predictions[number] for number, weight in weights.items()], axis=0)
    return Selected(weights=weights, score=held_out.score(blend))


def assemble(selected: Selected, book: Book, problem: Problem, experiment: Experiment) -> Blend:
    """The members as one fitted object, each the mean of its folds' models."""
    classes = problem.task.classes
    models = [member(book[number], problem, experiment) for number in selected.weights]
    return Blend.of_fitted(models, list(selected.weights.values()), classes)


def member(trial: Trial, problem: Problem, experiment: Experiment) -> Any:
    """A trial's models as one: the one that is trained on all rows where there is one, else the mean over the folds.

    Looking forward in time the last fold's model is taken alone: the others know nothing of what came later.
    """
    if experiment.files(trial.number, -1).model.exists():
        return experiment.model(trial.number, -1)
    folds = [fold.fold for fold in trial.folds]
    if problem.validation.kind == "forward":
        folds = folds[-1:]
    models = [experiment.model(trial.number, fold) for fold in folds]
    return models[0] if len(models) == 1 else FoldAverage.of_fitted(models, classes=len(problem.task.classes))
