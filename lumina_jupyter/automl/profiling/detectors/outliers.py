"""Values that are infinite, or so far from all others that they look like mistakes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lumina_jupyter.automl.profiling.finding import Finding
from lumina_jupyter.automl.profiling.view import View
from lumina_jupyter.automl.words import counted, listed

FAR = 50.0
"""How many times the width of the middle 90 % of a column a value is away from it."""
MOST_SHARE = 0.005


def find_outliers(view: View) -> Iterator[Finding]:
    """Columns with infinite values, and columns with values far from the rest."""
    infinite, far = {}, {}
    for column in view.columns():
        values = view.frame[column.name]
        if column.kind != "number" or getattr(values.dtype, "kind", "O") not in "iuf":
            continue
        numbers = values.to_numpy(dtype=float, na_value=np.nan)
        count = int(np.isinf(numbers).sum())
        if count:
            infinite[column.name] = count
        there = numbers[np.isfinite(numbers)]
        if len(there) < 20:
            continue
        low, high = np.quantile(there, [0.05, 0.95])
        if high > low:
            beyond = (there > high + FAR * (high - low)) | (there < low - FAR * (high - low))
            number = int(beyond.sum())
            if 0 < number <= max(1, MOST_SHARE * len(there)):
                far[column.name] = (number, float(there[beyond][np.abs(there[beyond]).argmax()]))
    if infinite:
        shown = listed([f"{name!r} ({counted(count, 'row')})" for name, count in infinite.items()])
        yield Finding(
            kind="infinite",
            severity="warning",
            text=f"There are infinite values in {shown}.",
            columns=tuple(infinite),
            evidence=infinite,
            action="Takes them as missing.",
            advice="They mostly come from a division by zero.",
        )
    if far:
        shown = listed([f"{name!r} ({worst:g})" for name, (_, worst) in far.items()])
        yield Finding(
            kind="outliers",
            severity="info",
            text=f"Some values are far from all others: {shown}.",
            columns=tuple(far),
            evidence={name: {"rows": count, "furthest": worst} for name, (count, worst) in far.items()},
            action="Keeps them: trees don't mind, and columns are scaled by ranks or quantiles for other models.",
            advice="Mend them where they are mistakes.",
        )
