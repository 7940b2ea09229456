"""The rows held out, fold by fold, one after the other; and how predictions for them are scored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..experiment.problem import Problem
from ..metrics.fold_mean import fold_mean
from ..metrics.metric import Metric
from ..tables.queries import whole_queries


class HeldOut:
    """Rows with their truths.

    Args:
        metric: By which predictions are scored.
        truth: Of all folds, one fold after the other; of rankings relevance and query.
        weights: How much each row counts, or None.
        lengths: How many rows each fold has.
    """

    def __init__(
        self, metric: Metric, truth: NDArray[Any], weights: NDArray[Any] | None, lengths: Sequence[int]
    ) -> None:
        self.metric = metric
        self.truth = truth
        self.weights = weights
        bounds = np.cumsum([0, *lengths]).tolist()
        self.folds = [slice(first, last) for first, last in pairwise(bounds) if last > first]

    def __len__(self) -> int:
        return len(self.truth)

    def score(self, prediction: NDArray[Any]) -> float:
        """Of all folds, as in the leaderboard; greater is better."""
        scores = [
            self.metric.score(self.truth[fold], prediction[fold], None if self.weights is None else self.weights[fold])
            for fold in self.folds
        ]
        return fold_mean(scores, self.metric.mean)

    @property
    def queries(self) -> NDArray[Any] | None:
        """The query of each row, where they are put in order within queries."""
        return self.truth[:, 1] if self.truth.ndim == 2 else None

    def thinned(self, most: int) -> NDArray[np.intp]:
        """About so many of the rows at most, evenly over the folds, or of whole queries; all where there are no more."""
        if len(self) <= most:
            return np.arange(len(self))
        if self.queries is not None:
            return whole_queries(self.queries, most / len(self), np.random.default_rng(len(self)))
        return np.unique(np.linspace(0, len(self) - 1, most).astype(np.intp))

    def take(self, rows: NDArray[np.intp]) -> HeldOut:
        """Some of the rows, at rising positions."""
        lengths = [int(((rows >= fold.start) & (rows < fold.stop)).sum()) for fold in self.folds]
        return HeldOut(self.metric, self.truth[rows], None if self.weights is None else self.weights[rows], lengths)

    def halves(self, *, in_order: bool, seed: int = 0) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Two halves of every fold: earlier and later rows, or by chance with each class in both, or with whole queries."""
        first, second = [], []
        random = np.random.default_rng([len(self), seed])
        for fold in self.folds:
            rows = np.arange(fold.start, fold.stop)
            if self.queries is not None:
                half = whole_queries(self.queries[fold], 0.5, random)
                first.append(rows[half])
                second.append(np.delete(rows, half))
            elif not in_order:
                # Shuffled, then sorted by truth: neighbours go to different halves, whichever to which.
                rows = random.permutation(rows)
                rows = rows[np.argsort(self.truth[rows], kind="stable")]
                places = np.arange(len(rows))
                chosen = (places + random.integers(2, size=len(rows))[places // 2]) % 2 == 0
                first.append(rows[chosen])
                second.append(rows[~chosen])
            else:
                middle = len(rows) // 2
                first.append(rows[:middle])
                second.append(rows[middle:])
        return np.sort(np.concatenate(first)), np.sort(np.concatenate(second))


def held_out_of(
    problem: Problem, metric: Metric, folds: Sequence[int], predicted: Mapping[int, NDArray[Any]]
) -> tuple[HeldOut, dict[int, NDArray[Any]]]:
    """The rows that some of a problem's folds hold out, and what trials predicted for them, as the metric is told both.

    Args:
        problem: What was searched for.
        metric: By which predictions are scored.
        folds: Which folds.
        predicted: Number of a trial to what it predicted, fold by fold, in the target's own unit.
    """
    tests = [problem.validation.folds[fold].test for fold in folds]
    rows = np.concatenate(tests)
    weights = None if problem.weights is None else problem.weights[rows]
    truth = problem.as_told(problem.target[rows], rows, metric)
    told = {number: problem.as_told(each, rows, metric) for number, each in predicted.items()}
    return HeldOut(metric, truth, weights, [len(test) for test in tests]), told
