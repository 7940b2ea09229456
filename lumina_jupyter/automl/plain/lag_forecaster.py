"""A model of the rows of a `LagTable` that foretells values."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator


class LagForecaster(BaseEstimator):
    """A model of a `LagTable`'s rows that foretells values.

    Args:
        table: The `LagTable`.
        model: A regressor of its scaled target.
        errors: `StepErrors` by which `predict_quantiles` says how sure forecasts are, or None.
    """

    def __init__(self, table: Any, model: Any, errors: Any = None) -> None:
        self.table = table
        self.model = model
        self.errors = errors

    @classmethod
    def of_fitted(cls, table: Any, model: Any, errors: Any = None) -> LagForecaster:
        """A forecaster of a table and a model that are fitted already."""
        made = cls(table, model, errors)
        made.table_, made.model_ = table, model
        return made

    def fit(self, X: Any, y: Any = None) -> LagForecaster:
        """Fit the table to a frame of series with their values, and the model to the table."""
        self.table_ = self.table.fit(X)
        table, target, _, _ = self.table_.examples()
        self.model_ = self.model.fit(table, target)
        return self

    def predict(self, X: Any) -> Any:
        """The values at the moments of a frame."""
        return self._foretold(X)[0]

    def predict_quantiles(self, X: Any, quantiles: Any = (0.1, 0.9)) -> Any:
        """The values that as many of the values to come lie below as is asked for, a column a quantile, rising."""
        values, scale, steps = self._foretold(X)
        return np.sort(values[:, None] + scale[:, None] * self.errors.at(steps, quantiles), axis=1)

    def _foretold(self, X: Any) -> Any:
        table, base, scale, steps = self.table_.ahead(X)
        return base + scale * np.asarray(self.model_.predict(table), dtype=np.float64), scale, steps
