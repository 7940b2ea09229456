"""Which columns a model needs: how much worse it predicts when a column's values are shuffled."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from lumina_jupyter.automl.explain.figures import BAR_OPACITY, FIRST, INK, Theme, error_bars, new_figure
from lumina_jupyter.automl.explain.intervals import interval
from lumina_jupyter.automl.explain.rows import Numbers, Rows
from lumina_jupyter.automl.explain.shown import Shown
from lumina_jupyter.errors import DataUnusable

MOST_ROWS = 1_000
REPEATS = 5
DRAWS = 100
SHOWN = 20
SMALL = 1e-9


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Importance(Shown):
    """What each column is worth.

    Attributes:
        table: column (or group of columns), importance (by how much the metric gets worse without it), low, high (95 %), matters (whether the
            interval leaves out 0); the most important first.
        metric: The metric's name.
        rows: On how many rows it was measured.
        left_out: Columns that there was no time for.
    """

    table: pd.DataFrame
    metric: str
    rows: int
    left_out: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """What is left out, as a sentence; empty when nothing is."""
        return f"There was no time for {', '.join(self.left_out)}." if self.left_out else ""

    def figure(self, theme: Theme = "auto") -> Any:
        """The most important columns."""
        table = self.table.head(SHOWN).iloc[::-1]
        title = "What the model needs" + (f" (the first {SHOWN})" if len(self.table) > SHOWN else "")
        figure = new_figure(title, f"loss of {self.metric} when shuffled", theme=theme)
        errors = error_bars(table["importance"], table["low"], table["high"], colour=INK[theme])
        names = table["column"].str.slice(0, 40)
        bar = {"color": FIRST, "opacity": BAR_OPACITY}
        figure.add_bar(x=table["importance"], y=names, orientation="h", error_x=errors, marker=bar)
        return figure


def importance(
    rows: Rows,
    columns: Sequence[str] | Mapping[str, Sequence[str]] | None = None,
    *,
    seconds: float = 60.0,
) -> Importance:
    """Measure it. Two columns that say the same cover for each other: neither may seem to matter.

    Args:
        rows: Rows that the model was not trained on.
        columns: Which; or names for several of them that are shuffled together. By default all, and of forecasts what
            their features are.
        seconds: After them no further column is begun.

    Raises:
        DataUnusable: when the metric means nothing for these rows, because they are of one class.
    """
    began = time.monotonic()
    some = rows.sample(MOST_ROWS)
    try:
        noise = SMALL * max(abs(some.score_at(np.arange(len(some)))), SMALL)
    except ValueError as error:
        raise DataUnusable(str(error), hint="Explain rows of all classes: `explain(X, y)`.") from None
    if columns is None:
        columns = list(some.frame.columns) if rows.ahead is None else rows.ahead.groups
    groups = columns if isinstance(columns, Mapping) else {name: (name,) for name in columns}
    random = np.random.default_rng(0)
    orders = [random.permutation(len(some)) for _ in range(REPEATS)]
    repeated = some.frame.iloc[np.tile(np.arange(len(some)), REPEATS)]
    found: list[tuple[Any, ...]] = []
    left_out: list[str] = []
    for name, members in groups.items():
        if found and time.monotonic() - began > seconds:
            left_out.append(name)
            continue
        values = some.frame[list(members)]
        shuffled = pd.concat([values.iloc[order] for order in orders])
        shuffled.index = repeated.index
        said = some.predict(repeated.assign(**{each: shuffled[each] for each in members}))
        found.append((name, *_loss(some, np.split(said, REPEATS))))
    table = pd.DataFrame(found, columns=["column", "importance", "low", "high"])
    numbers = table[["importance", "low", "high"]]
    table[["importance", "low", "high"]] = numbers.mask(numbers.abs() <= noise, 0.0)
    table["matters"] = table["low"] > 0
    table = table.sort_values("importance", ascending=False, ignore_index=True)
    return Importance(table, rows.metric.name, len(some), tuple(left_out))


def _loss(rows: Rows, shuffled: list[Numbers]) -> tuple[float, float, float]:
    random = np.random.default_rng(0)

    def statistic(positions: Numbers) -> float:
        # One shuffle a draw, so that the interval holds what shuffling adds too.
        every = len(positions) == len(rows) and bool((np.diff(positions) == 1).all())
        parts = shuffled if every else [shuffled[random.integers(len(shuffled))]]
        without = [rows.score_at(positions, prediction=part) for part in parts]
        return rows.score_at(positions) - float(np.mean(without))

    found = interval(
        statistic, len(rows), in_order=rows.in_order, stretch=rows.stretch, queries=rows.queries, draws=DRAWS
    )
    return found.value, found.low, found.high
