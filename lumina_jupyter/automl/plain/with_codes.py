"""What LightGBM, XGBoost and CatBoost want to be told before they take codes of categories and of classes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, clone, is_classifier
from sklearn.utils.metaestimators import available_if


class WithCodes(BaseEstimator):
    """Tell an estimator that its first columns are codes of categories, and number its classes without gaps.

    Args:
        estimator: A classifier or regressor of LightGBM, XGBoost or CatBoost.
        categories: How many columns are codes.
    """

    def __init__(self, estimator: Any, categories: int = 0) -> None:
        self.estimator = estimator
        self.categories = categories

    def fit(self, X: Any, y: Any, sample_weight: Any = None, **given: Any) -> WithCodes:
        """Fit the estimator; what else is given is passed on, with features `prepared` and classes `numbered`."""
        self.estimator_ = clone(self.estimator)
        if is_classifier(self.estimator):
            self.classes_ = np.unique(y)
        if self.categories and self._library == "xgboost":
            numbers = np.shape(X)[1] - self.categories
            self.estimator_.set_params(feature_types=["c"] * self.categories + ["q"] * numbers)
        elif self.categories:
            name = "cat_features" if self._library == "catboost" else "categorical_feature"
            given[name] = list(range(self.categories))
        self.estimator_.fit(self.prepared(X), self.numbered(y), sample_weight=sample_weight, **given)
        return self

    def prepared(self, X: Any) -> Any:
        """Features as the library takes them: CatBoost wants whole numbers for codes."""
        if not self.categories or self._library != "catboost":
            return X
        frame = pd.DataFrame(X)
        codes = frame.iloc[:, : self.categories].fillna(-1.0).astype(int)
        return pd.concat([codes, frame.iloc[:, self.categories :]], axis=1)

    def numbered(self, y: Any) -> Any:
        """The positions of these classes among those that it is fitted to; numbers as they are."""
        return np.searchsorted(self.classes_, y) if is_classifier(self.estimator) else y

    def predict(self, X: Any) -> Any:
        """What the estimator predicts: a number, or the likeliest class."""
        if is_classifier(self.estimator):
            return self.classes_[self.predict_proba(X).argmax(axis=1)]
        return self.estimator_.predict(self.prepared(X))

    @available_if(lambda self: is_classifier(self.estimator))  # type: ignore[untyped-decorator]  # scikit-learn ships no types
    def predict_proba(self, X: Any) -> Any:
        """The estimator's probabilities, one column a class."""
        return self.estimator_.predict_proba(self.prepared(X))

    @property
    def _library(self) -> str:
        return type(self.estimator).__module__.partition(".")[0]

    def __sklearn_tags__(self) -> Any:
        return self.estimator.__sklearn_tags__()
