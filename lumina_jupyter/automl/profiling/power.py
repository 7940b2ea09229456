"""How well one column alone tells the target, on rows that it was not learned from: by means over bins or levels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

MOST_BINS = 100
ROWS_PER_BIN = 20
PRIOR_ROWS = 1.0
FOLDS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Power:
    """How well a column alone predicts.

    Args:
        score: Share of the target's variance (numbers) or of its information (classes) that it tells: 0 nothing, 1 all.
        ranking: Area under the ROC curve for two classes; None for others. Below 0.5 it is turned.
    """

    score: float
    ranking: float | None = None


def binned(numbers: NDArray[Any]) -> NDArray[np.intp]:
    """Numbers as bins of like size, missing ones and very frequent ones in bins of their own."""
    gone = ~np.isfinite(numbers)
    there = numbers[~gone]
    codes = np.zeros(len(numbers), dtype=np.intp)
    if len(there):
        bins = int(np.clip(len(there) // ROWS_PER_BIN, 2, MOST_BINS))
        edges = np.unique(np.quantile(there, np.linspace(0, 1, bins + 1)[1:-1], method="lower"))
        codes[~gone] = 1 + np.searchsorted(edges, there, side="left") + np.searchsorted(edges, there, side="right")
    return codes


def power_for_numbers(codes: NDArray[np.intp], target: NDArray[Any], seed: int = 0) -> Power:
    """How well bins or levels tell a target of numbers."""
    predicted = np.empty(len(target))
    for train, test in _halves(len(target), seed):
        predicted[test] = _means(codes, target, train)[codes[test]]
    spread = float(((target - target.mean()) ** 2).mean())
    left = float(((target - predicted) ** 2).mean())
    return Power(score=max(0.0, 1 - left / spread) if spread else 0.0)


def power_for_classes(codes: NDArray[np.intp], target: NDArray[np.intp], classes: int, seed: int = 0) -> Power:
    """How well bins or levels tell a target of classes, which are numbered from 0."""
    chances = np.empty((len(target), classes))
    base = (np.bincount(target, minlength=classes) + 1e-9) / len(target)
    for train, test in _halves(len(target), seed):
        for each in range(classes):
            chances[test, each] = _means(codes, (target == each).astype(float), train)[codes[test]]
    chances = np.clip(chances, 1e-6, None)
    chances /= chances.sum(axis=1, keepdims=True)
    loss = -float(np.log(chances[np.arange(len(target)), target]).mean())
    known = -float((base * np.log(base)).sum())
    score = max(0.0, 1 - loss / known) if known > 0 else 0.0
    return Power(score=score, ranking=area(chances[:, 1], target) if classes == 2 else None)


def _means(codes: NDArray[np.intp], target: NDArray[Any], train: NDArray[np.intp]) -> NDArray[Any]:
    base = float(target[train].mean())
    size = int(codes.max()) + 1
    counts = np.bincount(codes[train], minlength=size)
    sums = np.bincount(codes[train], weights=target[train], minlength=size)
    return np.asarray((sums + PRIOR_ROWS * base) / (counts + PRIOR_ROWS))


def _halves(rows: int, seed: int) -> list[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    order = np.random.default_rng(seed).permutation(rows)
    return [(np.delete(order, slice(at, None, FOLDS)), order[at::FOLDS]) for at in range(FOLDS)]


def area(scores: NDArray[Any], target: NDArray[np.intp]) -> float:
    """Area under the ROC curve, turned where it is below 0.5."""
    positive = int((target == 1).sum())
    negative = len(target) - positive
    if not positive or not negative:
        return 0.5
    found = (rankdata(scores)[target == 1].sum() - positive * (positive + 1) / 2) / (positive * negative)
    return float(max(found, 1 - found))
