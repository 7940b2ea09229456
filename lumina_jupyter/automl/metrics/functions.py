"""What metrics compute. Numpy alone where a search asks for it thousands of times, scikit-learn otherwise.

Truths of classifiers are positions of classes, their predictions are probabilities of shape (rows, classes) or, for
metrics of decisions, positions again. Weights are None or one number a row.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

Numbers = NDArray[Any]
Weights = NDArray[Any] | None


def roc_auc(truth: Numbers, probabilities: Numbers, weights: Weights) -> float:
    """Area under the ROC curve of the second class; 0.5 where there is but one class among the rows."""
    return _area(truth == 1, probabilities[:, 1], weights)


def roc_auc_ovr(truth: Numbers, probabilities: Numbers, weights: Weights) -> float:
    """Mean of the areas of each class against the rest, over the classes that the rows have."""
    present = np.unique(truth)
    return float(np.mean([_area(truth == each, probabilities[:, int(each)], weights) for each in present]))


def _area(positive: Numbers, ranking: Numbers, weights: Weights) -> float:
    positives = int(positive.sum())
    negatives = len(positive) - positives
    if not positives or not negatives:
        return 0.5
    if weights is not None:
        from sklearn.metrics import roc_auc_score

        return float(roc_auc_score(positive, ranking, sample_weight=weights))
    ranks = rankdata(ranking)
    return float((ranks[positive].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def average_precision(truth: Numbers, probabilities: Numbers, weights: Weights) -> float:
    """Area under the curve of precision and recall of the second class."""
    from sklearn.metrics import average_precision_score

    if not (truth == 1).any():
        return 0.0
    return float(average_precision_score(truth == 1, probabilities[:, 1], sample_weight=weights))


def log_loss(truth: Numbers, probabilities: Numbers, weights: Weights) -> float:
    """Mean negative logarithm of the probability that the true class was given."""
    chosen = probabilities[np.arange(len(truth)), truth.astype(np.intp)]
    total = probabilities.sum(axis=1)
    share = np.clip(chosen / np.where(total > 0, total, 1.0), 1e-15, 1.0)
    return float(np.average(-np.log(share), weights=weights))


def brier(truth: Numbers, probabilities: Numbers, weights: Weights) -> float:
    """Mean squared distance of the second class's probability from what was true."""
    return float(np.average((probabilities[:, 1] - (truth == 1)) ** 2, weights=weights))


def accuracy(truth: Numbers, decided: Numbers, weights: Weights) -> float:
    """Share of the rows that are right."""
    return float(np.average(truth == decided, weights=weights))


def balanced_accuracy(truth: Numbers, decided: Numbers, weights: Weights) -> float:
    """Mean over the classes of the share that is found."""
    right = (truth == decided).astype(float)
    shares = [
        np.average(right[truth == each], weights=None if weights is None else weights[truth == each])
        for each in np.unique(truth)
    ]
    return float(np.mean(shares))


def f1(truth: Numbers, decided: Numbers, weights: Weights) -> float:
    """Harmonic mean of precision and recall of the second class."""
    return float(_f_scores(_counts(truth, decided, weights))[1])


def f1_macro(truth: Numbers, decided: Numbers, weights: Weights) -> float:
    """Mean of the classes' F1, of those that are true or decided for anywhere."""
    counts = _counts(truth, decided, weights)
    there = np.bincount(np.concatenate([truth, decided]).astype(np.intp), minlength=len(counts)) > 0
    return float(_f_scores(counts)[there].mean())


def f1_micro(truth: Numbers, decided: Numbers, weights: Weights) -> float:
    """F1 over all decisions together, which is the share that is right."""
    return accuracy(truth, decided, weights)


def f1_weighted(truth: Numbers, decided: Numbers, weights: Weights) -> float:
    """Mean of the classes' F1, weighted by their sizes."""
    counts = _counts(truth, decided, weights)
    return float(np.average(_f_scores(counts), weights=counts.sum(axis=1)))


def _counts(truth: Numbers, decided: Numbers, weights: Weights) -> Numbers:
    """How many rows (or how much of them) of each class are taken for which: a row a true class."""
    size = max(2, int(truth.max()) + 1, int(decided.max()) + 1)
    cells = truth.astype(np.intp) * size + decided.astype(np.intp)
    return np.bincount(cells, weights, minlength=size * size).reshape(size, size).astype(float)


def _f_scores(counts: Numbers) -> Numbers:
    """F1 of each class; 0 for one that is neither true nor decided for."""
    size = counts.sum(axis=0) + counts.sum(axis=1)
    return np.asarray(2 * np.diag(counts) / np.where(size > 0, size, 1.0))


def precision(truth: Numbers, decided: Numbers, weights: Weights) -> float:
    """Share of the rows taken for the second class that are of it; 0 where none is."""
    counts = _counts(truth, decided, weights)
    taken = counts[:, 1].sum()
    return float(counts[1, 1] / taken) if taken > 0 else 0.0


def recall(truth: Numbers, decided: Numbers, weights: Weights) -> float:
    """Share of the second class's rows that are found; 0 where there are none."""
    counts = _counts(truth, decided, weights)
    there = counts[1].sum()
    return float(counts[1, 1] / there) if there > 0 else 0.0


def matthews(truth: Numbers, decided: Numbers, weights: Weights) -> float:
    """Matthews' correlation of truth and decision; 0 where either is always the same."""
    counts = _counts(truth, decided, weights)
    true, taken, total = counts.sum(axis=1), counts.sum(axis=0), counts.sum()
    spread = (total**2 - (true**2).sum()) * (total**2 - (taken**2).sum())
    if spread <= 0:
        return 0.0
    return float((np.trace(counts) * total - true @ taken) / np.sqrt(spread))


def kappa(truth: Numbers, decided: Numbers, weights: Weights) -> float:
    """Cohen's kappa with quadratic weights, for classes that have an order; 0 where all rows are of one class and taken for it."""
    counts = _counts(truth, decided, weights)
    positions = np.arange(len(counts))
    distance = (positions[:, None] - positions) ** 2
    by_chance = (distance * np.outer(counts.sum(axis=1), counts.sum(axis=0))).sum() / counts.sum()
    return float(1.0 - (distance * counts).sum() / by_chance) if by_chance > 0 else 0.0


def rmse(truth: Numbers, values: Numbers, weights: Weights) -> float:
    """Root of the mean squared error."""
    return float(np.sqrt(mse(truth, values, weights)))


def mse(truth: Numbers, values: Numbers, weights: Weights) -> float:
    """Mean squared error."""
    return float(np.average((truth - values) ** 2, weights=weights))


def mae(truth: Numbers, values: Numbers, weights: Weights) -> float:
    """Mean absolute error."""
    return float(np.average(np.abs(truth - values), weights=weights))


def median_absolute_error(truth: Numbers, values: Numbers, weights: Weights) -> float:
    """Median of the absolute errors."""
    from sklearn.metrics import median_absolute_error as of_sklearn

    return float(of_sklearn(truth, values, sample_weight=weights))


def r2(truth: Numbers, values: Numbers, weights: Weights) -> float:
    """Share of the variance that is explained; 0 for a target that does not vary."""
    mean = np.average(truth, weights=weights)
    spread = np.average((truth - mean) ** 2, weights=weights)
    return float(1.0 - mse(truth, values, weights) / spread) if spread > 0 else 0.0


def mape(truth: Numbers, values: Numbers, weights: Weights) -> float:
    """Mean absolute error as a share of the truth."""
    distance = np.abs(truth - values) / np.maximum(np.abs(truth), np.finfo(float).eps)
    return float(np.average(distance, weights=weights))


def smape(truth: Numbers, values: Numbers, weights: Weights) -> float:
    """Mean absolute error as a share of the mean of truth and prediction, 0 to 2."""
    size = np.maximum((np.abs(truth) + np.abs(values)) / 2, np.finfo(float).eps)
    return float(np.average(np.abs(truth - values) / size, weights=weights))


def rmsle(truth: Numbers, values: Numbers, weights: Weights) -> float:
    """Root of the mean squared error of logarithms; predictions below 0 count as 0."""
    distance = np.log1p(np.maximum(truth, 0.0)) - np.log1p(np.maximum(values, 0.0))
    return float(np.sqrt(np.average(distance**2, weights=weights)))


def pinball(quantiles: tuple[float, ...], truth: Numbers, values: Numbers, weights: Weights) -> float:
    """Mean pinball loss over the quantiles; `values` has one column for each."""
    columns = values.reshape(len(truth), -1)
    losses = [
        np.average(np.maximum(q * (truth - columns[:, i]), (q - 1) * (truth - columns[:, i])), weights=weights)
        for i, q in enumerate(quantiles)
    ]
    return float(np.mean(losses))
