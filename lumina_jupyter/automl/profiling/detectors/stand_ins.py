"""Numbers and words that stand for a missing value: -999, 9999, "?", "n/a"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lumina_jupyter.automl.profiling.finding import Finding
from lumina_jupyter.automl.profiling.view import View
from lumina_jupyter.automl.words import listed

NUMBERS = (-9.0, -99.0, -999.0, -9999.0, -99999.0, 999.0, 9999.0, 99999.0, 999999.0, -1.0)
WORDS = frozenset(
    {"?", "-", "--", ".", "n/a", "na", "nan", "null", "nil", "#n/a", "#value!", "missing", "not available"}
)
LEAST_ROWS = 3
LEAST_SHARE = 0.002
APART = 1.0
"""How many times the width of all other values a number is away from them."""


def find_stand_ins(view: View) -> Iterator[Finding]:
    """Columns in which a number far from all others comes again and again, or a word that says that nothing is there."""
    found: dict[str, str] = {}
    for column in view.columns():
        if column.kind == "number":
            number = _number(view.numbers(column.name))
            if number is not None:
                found[column.name] = f"{number:g}"
        elif column.kind in ("category", "text"):
            words = {text for text in view.texts(column.name)[view.rows] if text and text.strip().lower() in WORDS}
            if words:
                found[column.name] = repr(min(words))
    if found:
        shown = listed([f"{value} in {name!r}" for name, value in found.items()])
        yield Finding(
            kind="stand-ins",
            severity="warning",
            text=f"Some values seem to stand for missing ones: {shown}.",
            columns=tuple(found),
            evidence=found,
            action="Takes them as they are: trees can tell them apart, linear models can't.",
            advice="Replace them, with df.replace(...) or `na_values=` of read_csv, where they are that.",
        )


def _number(values: NDArray[Any]) -> float | None:
    there = values[np.isfinite(values)]
    for each in NUMBERS:
        hits = there == each
        count = int(hits.sum())
        if count < max(LEAST_ROWS, LEAST_SHARE * len(there)) or count == len(there):
            continue
        rest = there[~hits]
        low, high = float(rest.min()), float(rest.max())
        away = low - each if each < low else each - high if each > high else 0.0
        # -1 beside counts from 0 on is a stand-in as well, however near it is.
        if away > APART * (high - low) or (each == -1 and low >= 0 and high > 10):
            return each
    return None
