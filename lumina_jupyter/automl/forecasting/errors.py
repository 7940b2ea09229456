"""How sure forecasts are, learned from what the backtest missed."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression

from lumina_jupyter.automl.plain.step_errors import StepErrors

LEVELS = (0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.975, 0.99)
ENOUGH = 50
"""With fewer misses at a number of steps those of its neighbours count too."""
DIGITS = 6


def step_errors(steps: NDArray[Any], missed: NDArray[Any], horizon: int) -> StepErrors:
    """Quantiles of what was missed, by how far ahead was looked; the farther, the wider.

    Outer quantiles are those of conformal prediction, which hold for few rows too: a little wider than the rows' own.

    Args:
        steps: How many steps ahead each row looked.
        missed: Truth minus forecast, in units of how much the row's series usually changes.
        horizon: How many steps ahead are forecast.
    """
    rows, counts = [], []
    for step in range(1, horizon + 1):
        reach = 0
        near = steps == step
        while near.sum() < ENOUGH and reach < horizon:
            reach += 1
            near = np.abs(steps - step) <= reach
        rows.append(_quantiles(np.sort(missed[near])))
        counts.append(int(near.sum()))
    errors = np.asarray(rows)
    for position, level in enumerate(LEVELS):
        if level != 0.5:
            rising = IsotonicRegression(increasing=level > 0.5)
            errors[:, position] = rising.fit_transform(np.arange(horizon), errors[:, position], sample_weight=counts)
    return StepErrors(LEVELS, np.sort(errors, axis=1).round(DIGITS).tolist())


def _quantiles(missed: NDArray[Any]) -> list[float]:
    count = len(missed)
    found = []
    for level in LEVELS:
        place = (count + 1) * level - 1
        whole = np.ceil(place) if level > 0.5 else np.floor(place)
        found.append(float(np.median(missed) if level == 0.5 else missed[int(np.clip(whole, 0, count - 1))]))
    return found
