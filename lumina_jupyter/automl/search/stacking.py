"""Weights of a linear stack that can be kept as a blend: none negative, and they sum to 1."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

LEAST_WEIGHT = 0.02
ROUNDS = 200


def stack_weights(
    predictions: Mapping[int, NDArray[Any]], truth: NDArray[Any], weights: NDArray[Any] | None, *, classifies: bool
) -> dict[int, float]:
    """The weights that minimize the log-loss of probabilities, or the squared error of numbers.

    Args:
        predictions: What each member predicted, by its number: probabilities, or one number a row.
        truth: Positions of classes, or numbers.
        weights: How much each row counts, or None.
        classifies: Whether classes are predicted.
    """
    numbers = list(predictions)
    counts = np.ones(len(truth)) if weights is None else weights
    if classifies:
        rows = np.arange(len(truth))
        found = _mixture(np.column_stack([predictions[each][rows, truth] for each in numbers]), counts)
    else:
        found = _least_squares(np.column_stack([predictions[each] for each in numbers]), truth, counts)
    found = np.where(found < LEAST_WEIGHT * found.max(), 0.0, found)
    found = found / found.sum()
    return {number: float(weight) for number, weight in zip(numbers, found, strict=True) if weight > 0}


def _mixture(chosen: NDArray[Any], counts: NDArray[Any]) -> NDArray[Any]:
    """Expectation maximization: each round every member gets its share of what was explained."""
    chosen = np.clip(chosen, 1e-9, 1.0)
    share = counts / counts.sum()
    weights = np.full(chosen.shape[1], 1.0 / chosen.shape[1])
    for _ in range(ROUNDS):
        fresh = weights * ((chosen / (chosen @ weights)[:, None]) * share[:, None]).sum(axis=0)
        if np.abs(fresh - weights).max() < 1e-6:
            break
        weights = fresh
    return np.asarray(weights)


def _least_squares(columns: NDArray[Any], truth: NDArray[Any], counts: NDArray[Any]) -> NDArray[Any]:
    middle, spread = truth.mean(), max(float(truth.std()), 1e-12)
    scale = np.sqrt(counts / counts.sum())[:, None]
    left = (columns - middle) / spread * scale
    right = (truth - middle) / spread * scale[:, 0]
    # One more row, of great weight, asks for a sum of 1.
    heavy = 1e3
    found, _ = nnls(np.vstack([left, np.full(columns.shape[1], heavy)]), np.append(right, heavy))
    return found if found.sum() > 0 else np.full(columns.shape[1], 1.0 / columns.shape[1])
