"""Categories as numbers, for models that know what a category is."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin


class CategoryCodes(TransformerMixin, BaseEstimator):
    """Number the levels of each column, the most frequent first.

    The rarest of a column with too many levels share the last code; a level that was never seen becomes that code, or
    missing where there is none. Missing values stay missing (NaN).

    Args:
        max_levels: How many codes a column may have.
    """

    def __init__(self, max_levels: int = 254) -> None:
        self.max_levels = max_levels

    def fit(self, X: Any, y: Any = None) -> CategoryCodes:
        """Learn the levels of each column of a frame or an array."""
        self.levels_: list[list[str]] = []
        self.rare_: list[bool] = []
        for column in _levels_in(X):
            counts = Counter(level for level in column if level is not None)
            levels = sorted(counts, key=lambda level: (-counts[level], level))
            rare = len(levels) > self.max_levels
            self.levels_.append(levels[: self.max_levels - 1] if rare else levels)
            self.rare_.append(rare)
        self.n_features_in_ = len(self.levels_)
        if hasattr(X, "columns"):
            self.feature_names_in_ = np.asarray(X.columns, dtype=object)
        return self

    def transform(self, X: Any) -> Any:
        """The codes, one column of floats a column."""
        codes = np.empty(np.shape(X), dtype=np.float64)
        for position, (column, levels) in enumerate(zip(_levels_in(X), self.levels_, strict=True)):
            numbers: dict[str | None, float] = {level: float(code) for code, level in enumerate(levels)}
            numbers[None] = np.nan
            unknown = float(len(levels)) if self.rare_[position] else np.nan
            codes[:, position] = [numbers.get(level, unknown) for level in column]
        return codes

    def get_feature_names_out(self, input_features: Any = None) -> Any:
        """One feature a column, by the column's name."""
        return np.asarray(self.feature_names_in_ if input_features is None else input_features, dtype=object)


def _levels_in(X: Any) -> list[list[str | None]]:
    """Each column's levels as text, None where missing."""
    values = X.to_numpy(dtype=object, na_value=None) if hasattr(X, "columns") else np.asarray(X, dtype=object)
    return [
        [None if value is None or value != value else str(value) for value in column] for column in values.T.tolist()
    ]
