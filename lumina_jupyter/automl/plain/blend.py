"""Several models that predict together, each with a weight, in the words of the data."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any

import numpy as np
from sklearn import config_context
from sklearn.base import BaseEstimator
from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]  # the library ships no types

ROWS_AT_ONCE = 20_000
"""As many rows are predicted together: what their features take is held until all models have seen them."""
FEW_ROWS = 2_000
"""So many are predicted by one thread: the trees of a boosted model begin and end a team of threads each, and on a machine
that has something else to do these wait for each other a thousand times as long as one alone would take."""


class Blend(BaseEstimator):
    """A weighted mean of models, which speaks of classes as they are in the data.

    Args:
        models: The models. Classes are numbered from 0 for them, in the order of `classes`.
        weights: The weight of each; they sum to 1.
        classes: The classes as they are in the data; empty where numbers are predicted.
    """

    def __init__(self, models: Sequence[Any], weights: Sequence[float], classes: Sequence[Any] = ()) -> None:
        self.models = models
        self.weights = weights
        self.classes = classes

    @classmethod
    def of_fitted(cls, models: Sequence[Any], weights: Sequence[float], classes: Sequence[Any] = ()) -> Blend:
        """A blend of models that are fitted already."""
        made = cls(models, weights, classes)
        made.models_ = list(models)
        return made

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.estimator_type = "classifier" if len(self.classes) else "regressor"
        return tags

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "models_")

    @property
    def classes_(self) -> Any:
        """The classes, in the order of the columns of `predict_proba`."""
        return np.asarray(self.classes)

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Blend:
        """Fit every model."""
        target = np.asarray(y)
        if len(self.classes):
            numbers = {label: number for number, label in enumerate(self.classes)}
            target = np.array([numbers[label] for label in target.tolist()])
        given = {} if sample_weight is None else {"sample_weight": sample_weight}
        # Each is fitted in place: a `FoldAverage` clones its own models.
        self.models_ = [model.fit(X, target, **given) for model in self.models]
        return self

    def predict(self, X: Any) -> Any:
        """The weighted mean of the predictions, or the likeliest class."""
        if len(self.classes):
            return self.classes_[self.predict_proba(X).argmax(axis=1)]
        return self._mean("predict", X)

    def predict_proba(self, X: Any) -> Any:
        """The weighted mean of the probabilities, a column a class."""
        return self._mean("predict_proba", X)

    def _mean(self, method: str, X: Any) -> Any:
        # Of linear algebra's threads there is one number for the whole process, which others may use; of OpenMP's one a thread.
        alone = _threads().limit(limits=1, user_api="openmp") if len(X) <= FEW_ROWS else nullcontext()
        with config_context(skip_parameter_validation=True), alone:
            if len(X) <= ROWS_AT_ONCE:
                return self._mean_of(method, X)
            parts = [slice(start, start + ROWS_AT_ONCE) for start in range(0, len(X), ROWS_AT_ONCE)]
            return np.concatenate(
                [self._mean_of(method, X.iloc[part] if hasattr(X, "iloc") else X[part]) for part in parts]
            )

    def _mean_of(self, method: str, X: Any) -> Any:
        shared: dict[tuple[int, ...], Any] = {}
        total: Any = 0.0
        for weight, model in zip(self.weights, self.models_, strict=True):
            given = (X, shared) if getattr(model, "shares_steps", False) else (X,)
            total = total + weight * np.asarray(getattr(model, method)(*given), dtype=float)
        return total


@functools.cache
def _threads() -> Any:
    """Looking through all libraries of a process takes longer than a row does, and is done once."""
    return ThreadpoolController()
