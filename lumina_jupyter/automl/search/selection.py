"""Greedy selection of a blend by what its members predicted for rows that they had not seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Score = Callable[[NDArray[Any]], float]
"""The score of predictions for the rows held out; greater is better."""
ROUNDS = 40
"""How many members there may be, each counted as often as it is in the blend."""
PATIENCE = 8
"""After so many rounds with no gain it ends."""


def greedy_weights(
    predictions: Mapping[int, NDArray[Any]],
    score: Score,
    *,
    over: Callable[[], bool] = lambda: False,
) -> dict[int, float]:
    """Weights that sum to 1: begin with the best, then add what helps most, again and again; the same may come again.

    The blend with the best score of all rounds is taken, the earliest of equals, so it is never worse than the best single
    one by the score that it is selected by.

    Args:
        predictions: What each candidate predicted, by its number; at least one.
        score: The score of a blend.
        over: Whether there is no more time; at least the best single one is found whatever it says.
    """
    numbers = list(predictions)
    singles = {number: score(predictions[number]) for number in numbers}
    first = max(numbers, key=lambda number: singles[number])
    chosen = [first]
    total = predictions[first].astype(float, copy=True)
    best_score, best_size = singles[first], 1
    for size in range(2, ROUNDS + 1):
        if size - best_size > PATIENCE or over():
            break
        gained = _best_addition(total, size, numbers, predictions, score, over)
        if gained is None:
            break
        number, reached = gained
        chosen.append(number)
        total += predictions[number]
        if reached > best_score:
            best_score, best_size = reached, size
    kept = chosen[:best_size]
    return {number: kept.count(number) / best_size for number in dict.fromkeys(kept)}


def _best_addition(
    total: NDArray[Any],
    size: int,
    numbers: Sequence[int],
    predictions: Mapping[int, NDArray[Any]],
    score: Score,
    over: Callable[[], bool],
) -> tuple[int, float] | None:
    best: tuple[int, float] | None = None
    for number in numbers:
        if over():
            return None
        reached = score((total + predictions[number]) / size)
        if best is None or reached > best[1]:
            best = number, reached
    return best


def blended(predictions: Mapping[int, NDArray[Any]], weights: Mapping[int, float]) -> NDArray[Any]:
    """The weighted sum of what the members predicted."""
    total: NDArray[Any] = np.sum([weight * predictions[number] for number, weight in weights.items()], axis=0)
    return total
