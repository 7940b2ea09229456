"""Folds of a forecast: trained on what was known at a moment, tested on what came after it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lumina_jupyter.automl.validation import Fold, Validation
from lumina_jupyter.automl.words import counted
from lumina_jupyter.errors import DataUnusable

MOST_FOLDS = 3
FEW_ROWS = 10


def backtest(moments: NDArray[Any], ends: NDArray[Any], horizon: int, by: str, folds: int | None = None) -> Validation:
    """Folds whose training rows end before the first moment from which their test rows look ahead.

    Args:
        moments: The place in time from which each row looks ahead.
        ends: The place in time that it foretells.
        horizon: How many steps ahead is forecast.
        by: The name of the column of time.
        folds: How many, or None to choose.

    Raises:
        DataUnusable: when the series are too short for a single fold.
    """
    first, last = int(moments.min()), int(ends.max())
    wanted = folds or MOST_FOLDS
    # Each fold tests a stretch; four fifths of the time are trained on before the first one, where series are long enough.
    stretch = max(horizon, (last - first) // (5 * wanted))
    made = []
    for number in range(wanted):
        until = last - (wanted - 1 - number) * stretch
        cut = until - stretch
        train = np.flatnonzero(ends <= cut)
        test = np.flatnonzero((moments >= cut) & (ends <= until))
        if len(train) >= FEW_ROWS and len(test):
            made.append(Fold(train=train, test=test))
    if not made:
        raise DataUnusable(
            f"The series are too short to forecast {counted(horizon, 'step')} ahead and check it.",
            hint="Give a smaller horizon, or longer series.",
        )
    often = f"{len(made)} times" if len(made) > 1 else "once"
    told = f"Forecasts are checked {often} on {stretch} steps, by models that know only what came before them."
    return Validation(kind="forward", folds=tuple(made), by=by, told=told)
