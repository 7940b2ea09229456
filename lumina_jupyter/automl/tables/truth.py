"""True values of rows with a model that is there already: in its own classes, for its own metric."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lumina_jupyter.errors import DataUnusable

from ..task import Task
from .queries import ranked_target


def truth_of(y: Any, task: Task, rows: int, queries: pd.Series | None = None) -> NDArray[Any]:
    """The target as the model knows it: positions of classes, numbers, or for rankings relevance and query.

    Raises:
        DataUnusable: when it is not as long as the table, or holds classes that the model does not know, or no numbers.
    """
    values = pd.Series(np.asarray(y.to_numpy() if hasattr(y, "to_numpy") else y).ravel())
    if len(values) != rows:
        raise DataUnusable(
            f"The table has {rows:,} rows and the target {task.target!r} has {len(values):,} values.",
            hint="Take both from the same rows, or name the target's column.",
        )
    if not task.classifies:
        numbers: NDArray[Any] = pd.to_numeric(values, errors="coerce").to_numpy(dtype=float)
        if not np.isfinite(numbers).all():
            raise DataUnusable(
                f"The target {task.target!r} holds values that are missing or no numbers.", hint="Leave these rows out."
            )
        return numbers if queries is None else ranked_target(numbers, queries, task.target)
    known = {each: position for position, each in enumerate(task.classes)}
    texts = {str(each): position for position, each in enumerate(task.classes)}
    found = [known.get(value, texts.get(str(value), -1)) if value == value else -1 for value in values.tolist()]
    positions = np.asarray(found, dtype=np.intp)
    if (positions < 0).any():
        unknown = values[positions < 0].astype(str).unique()[:5]
        raise DataUnusable(
            f"The target {task.target!r} holds what the model was not trained on: {', '.join(unknown)}.",
            hint=f"Leave these rows out. The model knows: {', '.join(map(str, task.classes[:20]))}.",
        )
    return positions
