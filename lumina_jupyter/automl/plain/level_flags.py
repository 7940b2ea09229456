"""Categories as a feature for each of their levels."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin

MISSING = "\0missing"
"""What is missing, as a level."""


class LevelFlags(TransformerMixin, BaseEstimator):
    """Give each level of each column a feature, which is 1 where it occurs and else 0. What is missing is a level too.

    The rare ones of a column share its last feature; a level that was never seen counts as rare, and has no feature where
    there is no rare one.

    Args:
        rarest: How often a level occurs at least that is not rare.
        most: How many features a column may have; the most frequent levels get them.
        dense: Whether an array comes out rather than a sparse matrix.
    """

    def __init__(self, rarest: int = 2, most: int = 25, dense: bool = True) -> None:
        self.rarest = rarest
        self.most = most
        self.dense = dense

    def fit(self, X: Any, y: Any = None) -> LevelFlags:
        """Learn the levels of each column of a frame or an array."""
        self.levels_: list[dict[str, int]] = []
        self.rare_: list[int] = []
        width = 0
        for column in _named_levels(X):
            counts = Counter(column)
            levels = sorted(counts, key=lambda level: (-counts[level], level))
            kept = [level for level in levels if counts[level] >= self.rarest]
            some_rare = len(kept) < len(levels) or len(kept) > self.most
            kept = kept[: self.most - some_rare]
            self.levels_.append({level: width + place for place, level in enumerate(kept)})
            width += len(kept) + some_rare
            self.rare_.append(width - 1 if some_rare else -1)
        self.width_ = width
        self.n_features_in_ = len(self.levels_)
        if hasattr(X, "columns"):
            self.feature_names_in_ = np.asarray(X.columns, dtype=object)
        return self

    def transform(self, X: Any) -> Any:
        """The flags of all columns."""
        known = zip(_named_levels(X), self.levels_, self.rare_, strict=True)
        places = np.array(
            [[levels.get(level, rare) for level in column] for column, levels, rare in known], dtype=np.intp
        )
        columns, rows = np.nonzero(places >= 0)
        shape = (np.shape(X)[0], self.width_)
        if not self.dense:
            return sparse.csr_matrix((np.ones(len(rows)), (rows, places[columns, rows])), shape=shape)
        flags = np.zeros(shape)
        flags[rows, places[columns, rows]] = 1.0
        return flags

    def get_feature_names_out(self, input_features: Any = None) -> Any:
        """The features' names: "city = Oslo", "city: missing", "city: rare"."""
        given = self.feature_names_in_ if input_features is None else input_features
        names = []
        for name, levels, rare in zip(given, self.levels_, self.rare_, strict=True):
            names += [f"{name}: missing" if level == MISSING else f"{name} = {level}" for level in levels]
            names += [f"{name}: rare"] * (rare >= 0)
        return np.asarray(names, dtype=object)


def _named_levels(X: Any) -> list[list[str]]:
    """Each column's levels as text."""
    values = X.to_numpy(dtype=object, na_value=None) if hasattr(X, "columns") else np.asarray(X, dtype=object)
    return [
        [MISSING if value is None or value != value else str(value) for value in column] for column in values.T.tolist()
    ]
