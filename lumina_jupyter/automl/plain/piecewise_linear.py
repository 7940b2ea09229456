"""Numbers as pieces of a line, by which a linear model can follow a curve."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin


class PiecewiseLinear(TransformerMixin, BaseEstimator):
    """Cut each column at its quantiles; a feature a piece says how much of it lies below the value, from 0 to 1.

    Missing values lie below everything, and each column that has some when it is fitted gets another that flags them.

    Args:
        pieces: How many pieces a column has at most.
    """

    def __init__(self, pieces: int = 8) -> None:
        self.pieces = pieces

    def fit(self, X: Any, y: Any = None) -> PiecewiseLinear:
        """Learn where to cut."""
        values = np.asarray(X, dtype=np.float64)
        self.n_features_in_ = values.shape[1]
        self.feature_names_in_ = np.asarray(getattr(X, "columns", range(values.shape[1])), dtype=object)
        self.flagged_ = np.flatnonzero(np.isnan(values).any(axis=0))
        self.edges_ = []
        for column in values.T:
            known = column[~np.isnan(column)]
            edges = np.quantile(known, np.linspace(0.0, 1.0, self.pieces + 1)) if len(known) else np.zeros(1)
            self.edges_.append(np.unique(edges))
        return self

    def transform(self, X: Any) -> Any:
        """The pieces of all columns, and the flags."""
        values = np.asarray(X, dtype=np.float64)
        blocks = [np.zeros((values.shape[0], 0))]
        for column, edges in zip(values.T, self.edges_, strict=True):
            if len(edges) > 1:
                blocks.append(np.clip((column[:, None] - edges[:-1]) / np.diff(edges), 0.0, 1.0))
        return np.nan_to_num(np.hstack([*blocks, np.isnan(values[:, self.flagged_])]))

    def get_feature_names_out(self, input_features: Any = None) -> Any:
        """The pieces' names, as "age from 20", and "age: missing"."""
        named = zip(self.feature_names_in_, self.edges_, strict=True)
        pieces = [f"{name} from {edge:g}" for name, edges in named for edge in edges[:-1]]
        flags = [f"{name}: missing" for name in self.feature_names_in_[self.flagged_]]
        return np.asarray([*pieces, *flags], dtype=object)
