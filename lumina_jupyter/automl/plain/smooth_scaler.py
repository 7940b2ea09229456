"""Numbers of like size, whatever outliers there are."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin

SMALLEST_WIDTH = 1e-100
"""A column that spreads no further than this is constant: numbers divided by it would be too great to be held."""


class SmoothScaler(TransformerMixin, BaseEstimator):
    """Centre each column by its median, scale it by its quartiles, and draw far values smoothly towards ±`limit`.

    Missing values become 0, the median, and each column that has some when it is fitted gets another that flags them. A
    column whose quartiles are equal is scaled by its range.

    Args:
        limit: What no value exceeds; 0 draws nothing in.
    """

    def __init__(self, limit: float = 3.0) -> None:
        self.limit = limit

    def fit(self, X: Any, y: Any = None) -> SmoothScaler:
        """Learn medians and quartiles."""
        values = np.asarray(X, dtype=np.float64)
        self.n_features_in_ = values.shape[1]
        self.feature_names_in_ = np.asarray(getattr(X, "columns", range(values.shape[1])), dtype=object)
        self.flagged_ = np.flatnonzero(np.isnan(values).any(axis=0))
        centres, scales = [], []
        for column in values.T:
            known = column[~np.isnan(column)]
            low, centre, high = np.quantile(known, (0.25, 0.5, 0.75)) if len(known) else (0.0, 0.0, 0.0)
            width = high - low
            if width == 0 and len(known):
                width = (known.max() - known.min()) / 2
            centres.append(centre)
            scales.append(1.0 / width if width > SMALLEST_WIDTH else 0.0)
        self.centres_, self.scales_ = np.asarray(centres), np.asarray(scales)
        return self

    def transform(self, X: Any) -> Any:
        """The scaled numbers, none of them missing, and the flags."""
        values = np.asarray(X, dtype=np.float64)
        scaled = (values - self.centres_) * self.scales_
        if self.limit:
            scaled = scaled / np.sqrt(1.0 + (scaled / self.limit) ** 2)
        return np.hstack([np.nan_to_num(scaled), np.isnan(values[:, self.flagged_])])

    def get_feature_names_out(self, input_features: Any = None) -> Any:
        """The columns' names, and "age: missing"."""
        flags = [f"{name}: missing" for name in self.feature_names_in_[self.flagged_]]
        return np.asarray([*self.feature_names_in_, *flags], dtype=object)
