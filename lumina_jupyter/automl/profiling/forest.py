"""A quick forest, and what it says about rows by those of its trees that have not seen them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


def unseen_chances(
    columns: Sequence[NDArray[np.intp]], target: NDArray[np.intp], *, trees: int, leaf: int, seed: int
) -> NDArray[Any]:
    """The chance of each class for each row; zeros for rows that every tree has seen.

    Args:
        columns: Codes of the rows, a column each.
        target: Their classes, counted from 0.
        trees: How many trees.
        leaf: Rows that a leaf has at least.
        seed: Of the trees.
    """
    from sklearn.ensemble import RandomForestClassifier

    forest = RandomForestClassifier(
        trees, min_samples_leaf=leaf, bootstrap=True, oob_score=_no_score, random_state=seed, n_jobs=1
    )
    forest.fit(np.column_stack(columns).astype(np.float32), target)
    return np.asarray(np.nan_to_num(forest.oob_decision_function_))


def _no_score(target: object, chances: object) -> float:
    """The forest's own score is not needed."""
    return 0.0
