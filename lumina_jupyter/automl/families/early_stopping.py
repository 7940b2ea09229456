"""Rows by which a model stops early where nobody gave it any, and how long it waits."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import is_classifier
from sklearn.model_selection import train_test_split


def patience(rows: int) -> int:
    """How many trees without improvement end a training: more on small tables, where the score is noisy."""
    return int(np.clip(300_000 // max(rows, 1), 30, 100))


def hold_out(estimator: Any, features: Any, target: Any, weights: Any) -> tuple[tuple[Any, Any, Any], tuple[Any, Any]]:
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
