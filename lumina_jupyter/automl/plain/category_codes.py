"""Categories as numbers, for models that know what a category is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
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
        """Learn the levels of each column of the frame."""
        self.levels_: list[list[str]] = []
        self.rare_: list[bool] = []
        for position in range(X.shape[1]):
            counts = pd.Series(_levels_in(X.iloc[:, position])).value_counts()
            levels = sorted(counts.index, key=lambda level: (-counts[level], level))
            rare = len(levels) > self.max_levels
            self.levels_.append(levels[: self.max_levels - 1] if rare else levels)
            self.rare_.append(rare)
        self.feature_names_in_ = np.asarray(X.columns, dtype=object)
        self.n_features_in_ = X.shape[1]
        return self

    def transform(self, X: Any) -> Any:
        """The codes, one column of floats a column."""
        codes = np.empty(X.shape, dtype=np.float64)
        for position, levels in enumerate(self.levels_):
            texts = _levels_in(X.iloc[:, position])
            found = pd.Index(levels, dtype=object).get_indexer(pd.Index(texts, dtype=object)).astype(np.float64)
            unknown = found < 0
            found[unknown] = len(levels) if self.rare_[position] else np.nan
            found[pd.isna(texts)] = np.nan
            codes[:, position] = found
        return codes

    def get_feature_names_out(self, input_features: Any = None) -> Any:
        """One feature a column, by the column's name."""
        return self.feature_names_in_


def _levels_in(column: Any) -> Any:
    """A column's levels as text, None where missing."""
    values = column.to_numpy(dtype=object, na_value=None)
    return np.array([None if value is None or value != value else str(value) for value in values], dtype=object)
