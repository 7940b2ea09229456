"""Rows by which a model stops early where nobody gave it any, how long it waits, and how libraries want to hear of it."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
from sklearn.base import is_classifier
from sklearn.model_selection import train_test_split

from lumina_jupyter.automl.plain.query_scores import by_query
from lumina_jupyter.automl.plain.with_codes import WithCodes


def patience(rows: int) -> int:
    """How many trees without improvement end a training: more on small tables, where the score is noisy."""
    return int(np.clip(300_000 // max(rows, 1), 30, 100))


def library_of(estimator: Any, *, fitted: bool = False) -> Any:
    """The library's own estimator, which may be within one that tells it of codes."""
    if not isinstance(estimator, WithCodes):
        return estimator
    return estimator.estimator_ if fitted else estimator.estimator


def fit_stopping(
    estimator: Any, features: Any, target: Any, *, weights: Any, held_out: Any, stops: bool, **given: Any
) -> None:
    """Fit, and stop by the rows held out, or by a tenth of the others where there are none.

    Args:
        estimator: A library's estimator, or one within `WithCodes`.
        features: What to train on.
        target: What to learn; for a ranker relevance and query.
        weights: How much each row counts, or None.
        held_out: Features and target to stop by, or None.
        stops: Whether to stop early at all.
        given: What else the library's `fit` is given.
    """
    if stops:
        if held_out is None:
            (features, target, weights), held_out = _split(estimator, features, target, weights)
        given |= _named(estimator, held_out, target)
    if np.ndim(target) == 2:
        features, target, given["group"] = by_query(features, target)
    estimator.fit(features, target, sample_weight=weights, **given)


def _named(estimator: Any, held_out: tuple[Any, Any], target: Any) -> dict[str, Any]:
    """The rows held out, by the names that the library has for them."""
    features, labels = held_out
    if isinstance(estimator, WithCodes):
        features = estimator.prepared(features)
        labels = np.searchsorted(np.unique(target), labels) if is_classifier(estimator) else labels
    if "eval_X" in inspect.signature(library_of(estimator).fit).parameters:
        return {"eval_X": features, "eval_y": labels}
    return {"eval_set": [(features, labels)]}


def _split(estimator: Any, features: Any, target: Any, weights: Any) -> tuple[tuple[Any, Any, Any], tuple[Any, Any]]:
    """Split a tenth of the rows off: (features, target, weights) to train on, (features, target) to stop by."""
    target = np.asarray(target)
    classes = is_classifier(estimator)
    spread = target if classes and np.unique(target, return_counts=True)[1].min() >= 10 else None
    train, test = train_test_split(np.arange(len(target)), test_size=0.1, random_state=0, stratify=spread)
    if classes:
        test = test[np.isin(target[test], target[train])]
    if not len(test):
        test = train
    kept = None if weights is None else np.asarray(weights)[train]
    return (features[train], target[train], kept), (features[test], target[test])
