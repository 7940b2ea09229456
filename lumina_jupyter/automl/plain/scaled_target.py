"""Numbers to predict, brought to a common size before a model sees them."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin, clone


class ScaledTarget(RegressorMixin, BaseEstimator):
    """Fit a regressor to the target with mean 0 and deviation 1, or to its logarithm, and turn predictions back.

    No prediction leaves the range of the targets that it was fitted to by more than half of that range.

    Args:
        estimator: The regressor.
        logarithm: Whether to use the logarithm, where every target is positive.
    """

    def __init__(self, estimator: Any, logarithm: bool = False) -> None:
        self.estimator = estimator
        self.logarithm = logarithm

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> ScaledTarget:
        """Fit the regressor."""
        scaled = self.prepare(y)
        if sample_weight is None:
            self.estimator_.fit(X, scaled)
        else:
            steps = getattr(self.estimator_, "steps", None)
            name = f"{steps[-1][0]}__sample_weight" if steps else "sample_weight"
            self.estimator_.fit(X, scaled, **{name: sample_weight})
        return self

    def prepare(self, y: Any) -> Any:
        """Learn the scale, make the regressor, and return the scaled target."""
        target = np.asarray(y, dtype=np.float64)
        low, high = float(target.min()), float(target.max())
        margin = (high - low) / 2
        self.logarithm_ = self.logarithm and low > 0
        self.low_, self.high_ = (low / 2 if self.logarithm_ else low - margin), high + margin
        values = np.log(target) if self.logarithm_ else target
        self.centre_, self.scale_ = float(values.mean()), float(values.std()) or 1.0
        self.estimator_ = clone(self.estimator)
        return self.scaled(target)

    def scaled(self, y: Any) -> Any:
        """Targets as the regressor sees them."""
        target = np.asarray(y, dtype=np.float64)
        if self.logarithm_:
            target = np.log(np.maximum(target, self.low_))
        return (target - self.centre_) / self.scale_

    def predict(self, X: Any) -> Any:
        """Predictions in the unit of the target."""
        values = np.asarray(self.estimator_.predict(X), dtype=np.float64) * self.scale_ + self.centre_
        if self.logarithm_:
            values = np.exp(np.clip(values, None, 700.0))
        return np.clip(values, self.low_, self.high_)
