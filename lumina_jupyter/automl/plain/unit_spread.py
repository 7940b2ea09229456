"""Features as a whole brought to a common spread."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin


class UnitSpread(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    """Divide all features by one number, so that rows lie about `1 / reach` from their mean.

    Args:
        reach: How far a kernel of width 1 reaches afterwards, in units of how far rows lie apart.
    """

    def __init__(self, reach: float = 1.0) -> None:
        self.reach = reach

    def fit(self, X: Any, y: Any = None) -> UnitSpread:
        """Learn the spread."""
        values = np.asarray(X, dtype=np.float64)
        self.n_features_in_ = values.shape[1]
        self.spread_ = float(np.sqrt(values.var(axis=0).sum())) or 1.0
        return self

    def transform(self, X: Any) -> Any:
        """The divided features."""
        return np.asarray(X, dtype=np.float64) / (self.spread_ * self.reach)
