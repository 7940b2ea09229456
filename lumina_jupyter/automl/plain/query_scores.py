"""Scores that put the rows of a query in order, learned of how relevant rows are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, RegressorMixin, clone


def ranked(relevance: Any, queries: Any) -> Any:
    """The target of a ranking: a column with each row's relevance, and one with the number of its query, by which comes first."""
    return np.column_stack([np.asarray(relevance, dtype=np.float64), pd.factorize(np.asarray(queries))[0]])


def by_query(X: Any, y: Any) -> tuple[Any, Any, Any]:
    """The rows of each query next to each other: their features, their relevance, and how many rows each query has."""
    order = np.argsort(y[:, 1], kind="stable")
    return X[order], y[order, 0], np.unique(y[:, 1], return_counts=True)[1]


class QueryScores(RegressorMixin, BaseEstimator):
    """Fit a regressor to the relevance of rows, or a ranker to their order within each query.

    A ranker's scores have no unit of their own: they get the mean and the deviation that the relevance has among the rows
    trained on, so that they can be averaged with those of others.

    Args:
        estimator: A regressor; or a ranker, whose `fit` is told by `group` how many rows each query has.
        listwise: Whether it is a ranker.
    """

    def __init__(self, estimator: Any, listwise: bool = False) -> None:
        self.estimator = estimator
        self.listwise = listwise

    def fit(self, X: Any, y: Any) -> QueryScores:
        """Fit it to a target as `ranked` makes it."""
        model = self.prepare()
        if self.listwise:
            features, relevance, sizes = by_query(X, y)
            model.fit(features, relevance, group=sizes)
        else:
            model.fit(X, y[:, 0])
        return self.settle(X, y)

    def prepare(self) -> Any:
        """Make the model, not yet fitted."""
        self.estimator_ = clone(self.estimator)
        return self.estimator_

    def settle(self, X: Any, y: Any) -> QueryScores:
        """Learn the unit of the fitted model's scores by the rows that it was fitted to."""
        self.scale_, self.shift_ = 1.0, 0.0
        if self.listwise:
            scores = np.asarray(self.estimator_.predict(X), dtype=np.float64)
            # A ranker without a single cut says the same of all rows.
            self.scale_ = float(y[:, 0].std() / scores.std()) if scores.std() > 0 else 1.0
            self.shift_ = float(y[:, 0].mean() - self.scale_ * scores.mean())
        return self

    def predict(self, X: Any) -> Any:
        """A score a row, the higher the more relevant; comparable within a query."""
        return np.asarray(self.estimator_.predict(X), dtype=np.float64) * self.scale_ + self.shift_
