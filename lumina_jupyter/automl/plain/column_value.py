"""Predictions that are a column of the table."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin


class ColumnValue(RegressorMixin, BaseEstimator):
    """Predict what a column says, and its mean where it says nothing.

    Args:
        column: The column's name.
    """

    def __init__(self, column: str) -> None:
        self.column = column

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> ColumnValue:
        """Learn the mean."""
        values = np.asarray(X[self.column], dtype=np.float64)
        self.mean_ = float(np.nanmean(values)) if np.isfinite(values).any() else 0.0
        return self

    def predict(self, X: Any) -> Any:
        """The column's values."""
        values = np.asarray(X[self.column], dtype=np.float64)
        return np.where(np.isfinite(values), values, self.mean_)
