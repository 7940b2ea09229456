"""Several quantiles of a number, each by a model of its own."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin, clone


class QuantileModels(RegressorMixin, BaseEstimator):
    """One model a quantile; what they predict is sorted, so that quantiles never cross.

    Args:
        estimator: A regressor that predicts one quantile.
        quantiles: Which ones, each between 0 and 1, rising.
        parameter: The estimator's parameter that says which.
        changes: Other parameters of each model, one mapping a quantile, where the models differ in them.
    """

    def __init__(
        self,
        estimator: Any,
        quantiles: tuple[float, ...] = (0.1, 0.5, 0.9),
        parameter: str = "quantile",
        changes: tuple[dict[str, Any], ...] = (),
    ) -> None:
        self.estimator = estimator
        self.quantiles = quantiles
        self.parameter = parameter
        self.changes = changes

    def prepare(self) -> None:
        """Make the models, not yet fitted."""
        changes = self.changes or ({},) * len(self.quantiles)
        self.models_ = [
            clone(self.estimator).set_params(**{self.parameter: quantile}, **changed)
            for quantile, changed in zip(self.quantiles, changes, strict=True)
        ]

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> QuantileModels:
        """Fit all of them."""
        self.prepare()
        for model in self.models_:
            if sample_weight is None:
                model.fit(X, y)
            else:
                model.fit(X, y, sample_weight=sample_weight)
        return self

    def predict(self, X: Any) -> Any:
        """One column a quantile, rising."""
        return np.sort(np.column_stack([model.predict(X) for model in self.models_]), axis=1)
