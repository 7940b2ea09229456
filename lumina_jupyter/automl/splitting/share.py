"""A part of some rows: what a candidate is tried on first, what a learning curve goes through, what there is memory for."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lumina_jupyter.automl.tables.queries import whole_queries


def share_of(
    rows: NDArray[np.intp], share: float, target: NDArray[Any] | None, *, latest: bool = False
) -> NDArray[np.intp]:
    """A part of some rows, always the same one, in their order; of every class at least one row, and queries as a whole.

    Args:
        rows: Positions.
        share: How much of them, between 0 and 1.
        target: Classes of all rows of the table, where there are any: each keeps its share; or relevance and query.
        latest: Whether the last ones are taken rather than any.
    """
    count = max(2, round(len(rows) * share))
    if latest:
        return rows[-count:]
    random = np.random.default_rng(len(rows))
    if target is None:
        return np.sort(random.permutation(rows)[:count])
    if target.ndim == 2:
        return rows[whole_queries(target[rows, 1], share, random)]
    parts = []
    for each in np.unique(target[rows]):
        members = rows[target[rows] == each]
        parts.append(random.permutation(members)[: max(1, round(len(members) * share))])
    return np.sort(np.concatenate(parts))
