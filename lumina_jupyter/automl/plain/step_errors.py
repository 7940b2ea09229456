"""How sure forecasts are: how far they lay from what came, by how far ahead they looked."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator


class StepErrors(BaseEstimator):
    """Quantiles of what forecasts missed, in units of how much a series usually changes.

    Args:
        levels: Which quantiles, rising, each between 0 and 1.
        errors: Truth minus forecast at these levels, a row a step ahead.
    """

    def __init__(self, levels: Any, errors: Any) -> None:
        self.levels = levels
        self.errors = errors

    def at(self, steps: Any, quantiles: Any) -> Any:
        """What is to be added to forecasts so many steps ahead, a column a quantile.

        Raises:
            ValueError: for a quantile beyond the levels.
        """
        levels, errors = np.asarray(self.levels, dtype=np.float64), np.asarray(self.errors, dtype=np.float64)
        wanted = np.asarray(quantiles, dtype=np.float64)
        if not ((wanted >= levels[0]) & (wanted <= levels[-1])).all():
            raise ValueError(f"Quantiles are known from {levels[0]:g} to {levels[-1]:g}.")
        rows = errors[np.clip(np.asarray(steps, dtype=np.intp), 1, len(errors)) - 1]
        if not len(rows):
            return np.empty((0, len(wanted)))
        return np.stack([np.interp(wanted, levels, row) for row in rows])
