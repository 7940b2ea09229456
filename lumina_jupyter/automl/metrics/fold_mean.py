"""How the scores of folds become one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

Mean = Literal["arithmetic", "quadratic"]
"""Of scores that are roots of means over rows, such as the RMSE, the quadratic mean is taken: it is the score of all rows
together, in which a fold counts that was far off. Their arithmetic mean would let good folds make up for it, and forward in
time the fold that was far off is the one like what comes next."""


def fold_mean(scores: Sequence[float], mean: Mean) -> float:
    """One score of at least one; losses may be negated, all of them."""
    if mean == "arithmetic":
        return sum(scores) / len(scores)
    return math.copysign(math.sqrt(sum(score * score for score in scores) / len(scores)), scores[0])
