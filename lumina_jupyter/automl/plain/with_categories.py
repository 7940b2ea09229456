"""Estimators that are told only when they are fitted which columns are categories."""

from __future__ import annotations

from typing import Any

from sklearn.base import BaseEstimator, clone


class WithCategories(BaseEstimator):
    """Tell an estimator of LightGBM's kind that its first columns are categories.

    Args:
        estimator: A classifier or regressor whose `fit` takes `categorical_feature`.
        categories: How many columns are.
    """

    def __init__(self, estimator: Any, categories: int = 0) -> None:
        self.estimator = estimator
        self.categories = categories

    def fit(self, X: Any, y: Any, sample_weight: Any = None, **given: Any) -> WithCategories:
        """Fit the estimator; what else is given is passed on."""
        self.estimator_ = clone(self.estimator)
        self.estimator_.fit(
            X, y, sample_weight=sample_weight, categorical_feature=list(range(self.categories)), **given
        )
        return self

    def predict(self, X: Any) -> Any:
        """What the estimator predicts."""
        return self.estimator_.predict(X)

    def predict_proba(self, X: Any) -> Any:
        """The estimator's probabilities, one column a class."""
        return self.estimator_.predict_proba(X)

    @property
    def classes_(self) -> Any:
        """The classes that the estimator was fitted to."""
        return self.estimator_.classes_

    def __sklearn_tags__(self) -> Any:
        return self.estimator.__sklearn_tags__()
