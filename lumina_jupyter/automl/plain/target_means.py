"""Categories as what the target is on average where they occur."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.model_selection import KFold, StratifiedKFold


class TargetMeans(TransformerMixin, BaseEstimator):
    """Replace each level by the target's mean over its rows, drawn towards the mean of all rows where it is rare.

    With more than two classes there is one mean a class. `fit_transform` computes a row's means from other rows than its
    own fold's, so that a model does not learn to trust them more than they deserve; a level that was never seen, and a
    missing value that never was missing, get the mean of all.

    Args:
        classes: How many classes the target has, given as 0 to classes - 1; 0 for a number.
        smooth: How many rows the mean of all counts for.
        counts: Whether to add how often the level occurs (the logarithm).
        folds: How many folds `fit_transform` makes.
        seed: Seed of these folds.
    """

    def __init__(
        self, classes: int = 0, smooth: float = 10.0, counts: bool = True, folds: int = 5, seed: int = 0
    ) -> None:
        self.classes = classes
        self.smooth = smooth
        self.counts = counts
        self.folds = folds
        self.seed = seed

    def fit(self, X: Any, y: Any) -> TargetMeans:
        """Learn the means of each column of a frame or an array."""
        self._learn(_groups_in(X), self._parts(y))
        if hasattr(X, "columns"):
            self.feature_names_in_ = np.asarray(X.columns, dtype=object)
        return self

    def fit_transform(self, X: Any, y: Any = None, **_: Any) -> Any:
        """Learn the means, and encode these rows by the means of others."""
        self.fit(X, y)
        parts = self._parts(y)
        columns = self._places(_groups_in(X))
        encoded = self._encoded(columns)
        for train, test in self._splits(y):
            prior = parts[train].mean(axis=0)
            for position, places in enumerate(columns):
                means = self._means(places[train], parts[train], prior, len(self.values_[position]))
                start = position * self._width
                encoded[test, start : start + len(prior)] = means[places[test]]
        return encoded

    def transform(self, X: Any) -> Any:
        """The means, and with `counts` the logarithm of how often each level occurs."""
        return self._encoded(self._places(_groups_in(X)))

    def get_feature_names_out(self, input_features: Any = None) -> Any:
        """The features' names: "city: mean", "city: count"."""
        several = [f"mean {part}" for part in range(len(self.prior_))] if len(self.prior_) > 1 else ["mean"]
        suffixes = [*several, *(["count"] if self.counts else [])]
        names = self.feature_names_in_ if input_features is None else input_features
        return np.asarray([f"{name}: {suffix}" for name in names for suffix in suffixes], dtype=object)

    @property
    def _width(self) -> int:
        return len(self.prior_) + bool(self.counts)

    def _learn(self, columns: list[list[str]], parts: Any) -> None:
        """Number the levels of each column, and keep what stands for each; the last place is that of all others."""
        self.n_features_in_ = len(columns)
        self.prior_ = parts.mean(axis=0)
        self.levels_ = [{level: place for place, level in enumerate(dict.fromkeys(column))} for column in columns]
        self.values_ = []
        for levels, places in zip(self.levels_, self._places(columns), strict=True):
            values = self._means(places, parts, self.prior_, len(levels) + 1)
            if self.counts:
                counts = np.bincount(places, minlength=len(levels) + 1)
                values = np.hstack([values, np.log1p(counts)[:, None]])
            self.values_.append(values)

    def _places(self, columns: list[list[str]]) -> list[Any]:
        return [
            np.array([levels.get(level, len(levels)) for level in column], dtype=np.intp)
            for levels, column in zip(self.levels_, columns, strict=True)
        ]

    def _encoded(self, columns: list[Any]) -> Any:
        return np.hstack([values[places] for values, places in zip(self.values_, columns, strict=True)])

    def _parts(self, y: Any) -> Any:
        if np.ndim(y) == 2:  # of rankings: relevance, and what query a row belongs to
            y = y[:, 0]
        if self.classes > 2:
            return np.eye(self.classes)[np.asarray(y, dtype=np.intp)]
        return np.asarray(y, dtype=np.float64).reshape(-1, 1)

    def _splits(self, y: Any) -> Any:
        folds = min(self.folds, len(y))
        if folds < 2:
            return []
        if self.classes and np.bincount(np.asarray(y, dtype=np.intp)).max() >= folds:
            return _stratified(folds, self.seed, y)
        return KFold(folds, shuffle=True, random_state=self.seed).split(np.zeros(len(y)))

    def _means(self, places: Any, parts: Any, prior: Any, number: int) -> Any:
        """The means of this number of levels; that of all where none of these rows is."""
        counts = np.bincount(places, minlength=number)
        sums = np.column_stack([np.bincount(places, weights=part, minlength=number) for part in parts.T])
        means = np.tile(np.asarray(prior, dtype=np.float64), (number, 1))
        there = counts > 0
        means[there] = (sums[there] + self.smooth * prior) / (counts[there, None] + self.smooth)
        return means


def _stratified(folds: int, seed: int, y: Any) -> list[tuple[Any, Any]]:
    """Stratified folds; classes with fewer rows than folds are spread as far as they go."""
    _, codes, counts = np.unique(np.asarray(y), return_inverse=True, return_counts=True)
    rare = counts[codes] < folds
    merged = np.where(rare, codes[np.argmax(counts[codes])], codes)
    return list(StratifiedKFold(folds, shuffle=True, random_state=seed).split(np.zeros(len(merged)), merged))


def _groups_in(X: Any) -> list[list[str]]:
    """Each column's levels as text, one text of its own for what is missing."""
    values = X.to_numpy(dtype=object, na_value=None) if hasattr(X, "columns") else np.asarray(X, dtype=object)
    return [
        ["\0missing" if value is None or value != value else str(value) for value in column]
        for column in values.T.tolist()
    ]
