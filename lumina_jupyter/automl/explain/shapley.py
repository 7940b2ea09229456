"""Why a row gets its prediction: what each column adds to it, beside the mean of other rows (Shapley values)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from lumina_jupyter.automl.card.card import written
from lumina_jupyter.automl.explain.figures import BAR_OPACITY, FIRST, INK, SECOND, Theme, new_figure
from lumina_jupyter.automl.explain.outputs import chosen, output_of
from lumina_jupyter.automl.explain.rows import Numbers, Predict, Rows
from lumina_jupyter.automl.explain.shown import Shown

PAIRS = 16
BATCH = 20_000
SHOWN = 15
MOST_EXPLAINED = 50


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Shapley(Shown):
    """What columns add to predictions.

    For each row, its `base` and its contributions sum to its prediction.

    Attributes:
        contributions: A row a row that is explained, a column a column of the table.
        errors: The contributions' standard errors; they come from drawing orders of the columns.
        base: Of each row, the mean prediction for the rows that it is compared with.
        prediction: Of each row.
        values: The rows that are explained.
        output: What the numbers are, for people.
    """

    contributions: pd.DataFrame
    errors: pd.DataFrame
    base: Numbers
    prediction: Numbers
    values: pd.DataFrame
    output: str

    @property
    def table(self) -> pd.DataFrame:
        """column, contribution (mean of the absolute ones), low and high of the contributions; the largest first."""
        found = pd.DataFrame(
            {
                "column": self.contributions.columns,
                "contribution": self.contributions.abs().mean().to_numpy(),
                "low": self.contributions.min().to_numpy(),
                "high": self.contributions.max().to_numpy(),
            }
        )
        return found.sort_values("contribution", ascending=False, ignore_index=True)

    def of_row(self, position: int = 0) -> pd.DataFrame:
        """column, value, contribution, error of one row; the largest contribution first."""
        added = self.contributions.iloc[position]
        found = pd.DataFrame(
            {
                "column": added.index,
                "value": [self.values.iloc[position][name] for name in added.index],
                "contribution": added.to_numpy(),
                "error": self.errors.iloc[position].to_numpy(),
            }
        )
        return found.loc[found["contribution"].abs().sort_values(ascending=False, kind="stable").index].reset_index(
            drop=True
        )

    def figure(self, position: int = 0, theme: Theme = "auto") -> Any:
        """One row: what its columns add, from the largest on."""
        table = self.of_row(position)
        rest = table["contribution"].iloc[SHOWN:].sum()
        table = table.head(SHOWN).iloc[::-1]
        names = [f"{name} = {written(value)[:30]}" for name, value in zip(table["column"], table["value"], strict=True)]
        added, errors = list(table["contribution"]), list(table["error"] * 1.96)
        if rest:
            names, added, errors = ["all others", *names], [rest, *added], [0.0, *errors]
        title = f"{self.output}: {written(self.base[position])} on the whole, {written(self.prediction[position])} here"
        figure = new_figure(title, "what the column adds", theme=theme)
        colours = [FIRST if each >= 0 else SECOND for each in added]
        error_bars = {"type": "data", "array": errors, "color": INK[theme]}
        bars = {"color": colours, "opacity": BAR_OPACITY}
        figure.add_bar(x=added, y=names, orientation="h", error_x=error_bars, marker=bars)
        return figure


def shapley(rows: Rows, background: Rows | None = None, *, of: Any = None, pairs: int = PAIRS) -> Shapley:
    """Estimate them by adding a row's values to other rows one column after the other, in many orders.

    Each order is gone through forwards and backwards (antithetic), which takes most of the noise out.

    Args:
        rows: The rows to explain, the first 50 at most.
        background: The rows that they are compared with; the rows themselves when there are none.
        of: The class or the quantile whose prediction is explained.
        pairs: How many orders, each in both directions.

    Raises:
        SettingUnusable: when there is no such class or quantile, or one has to be named.
    """
    column, output = output_of(rows.task, of)
    rows = rows.take(np.arange(min(len(rows), MOST_EXPLAINED)))
    others = background if background is not None else rows
    random = np.random.default_rng(0)
    compared = others.take(_drawn(len(others), pairs, random))
    width = rows.frame.shape[1]
    orders = [random.permutation(width) for _ in range(pairs)]
    walks = _Walks(rows.frame, compared.frame, orders, rows.predict, column)
    ways = [(walks.walk(pair, back=False), walks.walk(pair, back=True)) for pair in range(pairs)]
    halves = np.stack([(there.added + back.added) / 2 for there, back in ways])
    contributions = halves.mean(axis=0)
    errors = halves.std(axis=0, ddof=1) / np.sqrt(pairs) if pairs > 1 else np.full(contributions.shape, np.nan)
    base = np.mean([there.start for there, _ in ways], axis=0)
    names = rows.frame.columns
    return Shapley(
        pd.DataFrame(contributions, columns=names, index=rows.frame.index),
        pd.DataFrame(errors, columns=names, index=rows.frame.index),
        base,
        chosen(rows.prediction, column),
        rows.frame,
        output,
    )


def _drawn(rows: int, count: int, random: np.random.Generator) -> Numbers:
    """As many positions as are asked for, each about as often."""
    whole = np.concatenate([random.permutation(rows) for _ in range(-(-count // rows))])
    return whole[:count]


@dataclass(frozen=True, slots=True, eq=False)
class _Walk:
    """Of each row, where a way begins, and what each column adds on it."""

    start: Numbers
    added: Numbers


class _Walks:
    """Ways from another row to the row that is explained, one column at a time."""

    def __init__(
        self, frame: pd.DataFrame, others: pd.DataFrame, orders: list[Numbers], predict: Predict, column: int | None
    ) -> None:
        self._count = len(frame)
        self._width = frame.shape[1]
        self._both = pd.concat([frame, others])
        self._index = frame.index.to_numpy()
        self._orders = orders
        self._predict = predict
        self._column = column

    def walk(self, pair: int, *, back: bool) -> _Walk:
        """One way, in an order of the columns or in its reverse."""
        order = self._orders[pair][::-1] if back else self._orders[pair]
        rank = np.empty(self._width, dtype=np.intp)
        rank[order] = np.arange(self._width)
        start, added = np.empty(self._count), np.empty((self._count, self._width))
        step = max(1, BATCH // (self._width + 1))
        for first in range(0, self._count, step):
            rows = np.arange(first, min(first + step, self._count))
            said = self._said(rows, rank, self._count + pair)
            start[rows] = said[:, 0]
            added[np.ix_(rows, order)] = np.diff(said, axis=1)
        return _Walk(start, added)

    def _said(self, rows: Numbers, rank: Numbers, other: int) -> Numbers:
        """Predictions on the way: a row a row, a column a step."""
        steps = np.arange(self._width + 1)
        owner = np.repeat(rows, len(steps))
        step = np.tile(steps, len(rows))
        columns = {
            name: self._both[name].take(np.where(rank[position] < step, owner, other)).array
            for position, name in enumerate(self._both.columns)
        }
        table = pd.DataFrame(columns, index=self._index[owner], columns=self._both.columns)
        return chosen(self._predict(table), self._column).reshape(len(rows), len(steps))
