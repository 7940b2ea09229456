"""Categories as what the target is on average where they occur."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
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
        """Learn the means of each column of the frame."""
        parts = self._parts(y)
        self.prior_ = parts.mean(axis=0)
        self.means_ = [self._means(_groups_in(X.iloc[:, position]), parts) for position in range(X.shape[1])]
        self.feature_names_in_ = np.asarray(X.columns, dtype=object)
        self.n_features_in_ = X.shape[1]
        return self

    def fit_transform(self, X: Any, y: Any = None, **_: Any) -> Any:
        """Learn the means, and encode these rows by the means of others."""
        self.fit(X, y)
        parts = self._parts(y)
        columns = [_groups_in(X.iloc[:, position]) for position in range(X.shape[1])]
        encoded = self.transform(X)
        for train, test in self._splits(y):
            prior = parts[train].mean(axis=0)
            for position, column in enumerate(columns):
                means = self._means(column[train], parts[train], prior)
                encoded[test, self._place(position)] = _look_up(means, column[test], prior)
        return encoded

    def transform(self, X: Any) -> Any:
        """The means, and with `counts` the logarithm of how often each level occurs."""
        encoded = np.empty((X.shape[0], self._width * self.n_features_in_), dtype=np.float64)
        for position, means in enumerate(self.means_):
            texts = _groups_in(X.iloc[:, position])
            place = self._place(position)
            encoded[:, place] = _look_up(means, texts, self.prior_)
            if self.counts:
                counts = means["count"].reindex(texts).to_numpy(dtype=np.float64)
                encoded[:, place.stop] = np.log1p(np.nan_to_num(counts))
        return encoded

    def get_feature_names_out(self, input_features: Any = None) -> Any:
        """The features' names: "city: mean", "city: count"."""
        several = [f"mean {part}" for part in range(len(self.prior_))] if len(self.prior_) > 1 else ["mean"]
        suffixes = [*several, *(["count"] if self.counts else [])]
        return np.asarray([f"{name}: {suffix}" for name in self.feature_names_in_ for suffix in suffixes], dtype=object)

    def __getstate__(self) -> Any:
        """Without data frames: files that run nothing when they are read hold none."""
        state = dict(super().__getstate__())
        if "means_" in state:
            state["means_"] = [(means.index.tolist(), means.to_numpy(dtype=np.float64)) for means in self.means_]
        return state

    def __setstate__(self, state: Any) -> None:
        kept = dict(state)
        if "means_" in kept:
            kept["means_"] = [
                pd.DataFrame(
                    values, index=pd.Index(levels, dtype=object), columns=[*range(values.shape[1] - 1), "count"]
                )
                for levels, values in kept["means_"]
            ]
        super().__setstate__(kept)

    @property
    def _width(self) -> int:
        return len(self.prior_) + bool(self.counts)

    def _place(self, position: int) -> slice:
        start = position * self._width
        return slice(start, start + len(self.prior_))

    def _parts(self, y: Any) -> Any:
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

    def _means(self, texts: Any, parts: Any, prior: Any = None) -> Any:
        prior = self.prior_ if prior is None else prior
        groups = pd.DataFrame(parts).groupby(pd.Series(texts, dtype=object), sort=False)
        counts = groups.size()
        means = (groups.sum() + self.smooth * prior).div(counts + self.smooth, axis=0)
        means.index = means.index.astype(object)
        means["count"] = counts.to_numpy(dtype=np.float64)
        return means


def _stratified(folds: int, seed: int, y: Any) -> list[tuple[Any, Any]]:
    """Stratified folds; classes with fewer rows than folds are spread as far as they go."""
    _, codes, counts = np.unique(np.asarray(y), return_inverse=True, return_counts=True)
    rare = counts[codes] < folds
    merged = np.where(rare, codes[np.argmax(counts[codes])], codes)
    return list(StratifiedKFold(folds, shuffle=True, random_state=seed).split(np.zeros(len(merged)), merged))


def _look_up(means: Any, texts: Any, prior: Any) -> Any:
    found = means.drop(columns="count").reindex(texts).to_numpy(dtype=np.float64)
    return np.where(np.isnan(found), prior, found)


def _groups_in(column: Any) -> Any:
    """A column's levels as text, one text of its own for what is missing."""
    values = column.to_numpy(dtype=object, na_value=None)
    return np.array(["\0missing" if value is None or value != value else str(value) for value in values], dtype=object)
