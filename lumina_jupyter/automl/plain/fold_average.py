"""Models of one kind, each fitted without another part of the rows, that predict together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, clone
from sklearn.ensemble import ExtraTreesClassifier, ExtraTreesRegressor, RandomForestClassifier, RandomForestRegressor
from sklearn.utils.validation import has_fit_parameter

FORESTS = (ExtraTreesClassifier, ExtraTreesRegressor, RandomForestClassifier, RandomForestRegressor)


class FoldAverage(BaseEstimator):
    """Fits one model a fold and predicts their mean.

    Args:
        models: One model a fold, not fitted. Classes are numbered from 0.
        rows: The positions of the rows that each of them is trained on, or None for all rows.
        classes: How many classes there are; 0 where numbers are predicted.
    """

    shares_steps = True

    def __init__(self, models: Sequence[Any], rows: Sequence[Any], classes: int = 0) -> None:
        self.models = models
        self.rows = rows
        self.classes = classes

    @classmethod
    def of_fitted(cls, models: Sequence[Any], classes: int = 0) -> FoldAverage:
        """The mean of models that are fitted already."""
        made = cls(models, [None] * len(models), classes)
        made.models_ = list(models)
        return made

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> FoldAverage:
        """Fit every model on its rows of a data frame and a target."""
        target = np.asarray(y)
        self.models_ = []
        for model, rows in zip(self.models, self.rows, strict=True):
            chosen = np.arange(len(target)) if rows is None else np.asarray(rows)
            part = X.iloc[chosen] if hasattr(X, "iloc") else X[chosen]
            name = weights_of(model) if sample_weight is not None else ""
            given = {name: np.asarray(sample_weight)[chosen]} if name else {}
            self.models_.append(clone(model).fit(part, target[chosen], **given))
        return self

    def predict(self, X: Any, shared: dict[tuple[int, ...], Any] | None = None) -> Any:
        """The mean of the models' predictions; for classes the number of the likeliest one.

        Args:
            X: A data frame.
            shared: What steps of pipelines made of the same data frame before.
        """
        if self.classes:
            return self.predict_proba(X, shared).argmax(axis=1)
        return np.mean([np.asarray(_said(model, part), dtype=float) for model, part in self._ready(X, shared)], axis=0)

    def predict_proba(self, X: Any, shared: dict[tuple[int, ...], Any] | None = None) -> Any:
        """The mean of the models' probabilities, a column a class, whether or not a model has met the class."""
        total = np.zeros((len(X), self.classes))
        for model, part in self._ready(X, shared):
            total[:, np.asarray(model.classes_, dtype=int)] += _said(model, part, classifies=True)
        return total / len(self.models_)

    def _ready(self, X: Any, shared: dict[tuple[int, ...], Any] | None) -> Iterator[tuple[Any, Any]]:
        """The models and what they take. A step that several pipelines have in common, the very same object, is done once."""
        shared = {} if shared is None else shared
        for model in self.models_:
            steps = getattr(model, "steps", [("model", model)])
            part = X
            done: tuple[int, ...] = ()
            for _, step in steps[:-1]:
                done = (*done, id(step))
                if done not in shared:
                    shared[done] = step.transform(part)
                part = shared[done]
            yield steps[-1][1], part


def _said(model: Any, features: Any, *, classifies: bool = False) -> Any:
    """What a model predicts: probabilities, or numbers.

    Forests of one thread are asked here, tree by tree, with the same result: scikit-learn makes a job of each tree, which
    takes a row twenty times as long.
    """
    if not isinstance(model, FORESTS) or model.n_jobs not in (None, 1):
        return model.predict_proba(features) if classifies else model.predict(features)
    features = np.ascontiguousarray(features, dtype=np.float32)
    total = np.zeros((len(features), len(model.classes_) if classifies else 1))
    for tree in model.estimators_:
        total += tree.tree_.predict(features)
    total /= len(model.estimators_)
    return total if classifies else total[:, 0]


def weights_of(model: Any) -> str:
    """The argument by which `fit` is told how much each row counts, or an empty text where that means nothing."""
    if hasattr(model, "steps"):
        name, last = model.steps[-1]
        inner = weights_of(last)
        return f"{name}__{inner}" if inner else ""
    inner = model
    while hasattr(inner, "estimator") or hasattr(inner, "steps"):
        inner = inner.steps[-1][1] if hasattr(inner, "steps") else inner.estimator
    return "sample_weight" if has_fit_parameter(inner, "sample_weight") else ""
