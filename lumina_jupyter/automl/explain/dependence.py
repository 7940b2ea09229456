"""How predictions go with one column, all else as it is (partial dependence)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from pandas.api import types

from lumina_jupyter.automl.explain.figures import BAR_OPACITY, FIRST, INK, Theme, band, error_bars, new_figure
from lumina_jupyter.automl.explain.outputs import chosen, output_of
from lumina_jupyter.automl.explain.rows import Rows
from lumina_jupyter.automl.explain.shown import Shown
from lumina_jupyter.errors import SettingUnusable

POINTS = 20
LEVELS = 15
MOST_ROWS = 300


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Dependence(Shown):
    """What is predicted when a column has one value in every row.

    Attributes:
        table: value, mean (of the predictions), low and high (95 % interval of the mean), lowest and highest (10 % and 90 %
            of the rows), share (of the rows that have a value up to here, or this value).
        column: The column.
        output: What the numbers are, for people.
        ordered: Whether its values are numbers or dates.
    """

    table: pd.DataFrame
    column: str
    output: str
    ordered: bool

    def figure(self, theme: Theme = "auto") -> Any:
        """The mean with its interval, and the rows' spread where the values have an order."""
        figure = new_figure(f"{self.output}, by {self.column}", self.column, self.output, theme=theme)
        table = self.table
        if not self.ordered:
            errors = error_bars(table["mean"], table["low"], table["high"], colour=INK[theme])
            names = table["value"].astype(str).str.slice(0, 40)
            bar = {"color": FIRST, "opacity": BAR_OPACITY}
            figure.add_bar(x=names, y=table["mean"], error_y=errors, marker=bar)
            return figure
        for low, high, name, shade in (("lowest", "highest", "80 % of the rows", 0.12), ("low", "high", "95 %", 0.3)):
            colour = f"rgba(47,127,209,{shade})"
            band(figure, table["value"], table[low], table[high], name=name, colour=colour)
        figure.add_scatter(x=table["value"], y=table["mean"], mode="lines+markers", name="mean", line={"color": FIRST})
        return figure


def dependence(rows: Rows, column: str, *, of: Any = None) -> Dependence:
    """Predict with each of some values in every row.

    Args:
        rows: Any rows; values that never occur together may.
        column: The column.
        of: The class or the quantile whose prediction is shown.

    Raises:
        SettingUnusable: when there is no such column, class or quantile, or the column has no values.
    """
    if column not in rows.frame:
        raise SettingUnusable(f"There is no column {column!r}.", hint=f"Columns: {', '.join(map(str, rows.frame))}.")
    number, output = output_of(rows.task, of)
    values, shares, ordered = _grid(rows.frame[column])
    if not len(values):
        raise SettingUnusable(f"The column {column!r} has no values.", hint="Choose another column.")
    some = rows.sample(MOST_ROWS)
    # All values at once: the table as often as there are values.
    repeated = some.frame.iloc[np.tile(np.arange(len(some)), len(values))]
    held = values.repeat(len(some))
    said = chosen(some.predict(repeated.assign(**{column: held.set_axis(repeated.index)})), number)
    each = said.reshape(len(values), len(some))
    half = 1.96 * each.std(axis=1) / np.sqrt(len(some))
    mean = each.mean(axis=1)
    lowest, highest = np.quantile(each, [0.1, 0.9], axis=1)
    table = pd.DataFrame(
        {
            "value": values.array,
            "mean": mean,
            "low": mean - half,
            "high": mean + half,
            "lowest": lowest,
            "highest": highest,
            "share": shares,
        }
    )
    return Dependence(table, column, output, ordered)


def _grid(column: pd.Series) -> tuple[pd.Series, Any, bool]:
    known = column.dropna()
    numeric = types.is_numeric_dtype(known) and not types.is_bool_dtype(known)
    if numeric:
        known = known[np.isfinite(known.astype(float))]
    if (numeric or types.is_datetime64_any_dtype(known)) and known.nunique() > 2:
        ranks = np.linspace(0.01, 0.99, POINTS)
        values = known.sort_values().iloc[(ranks * (len(known) - 1)).round().astype(int)]
        kept = ~values.duplicated(keep="last").to_numpy()
        return values[kept], ranks[kept], True
    text = known.astype(str)
    counts = text.value_counts(normalize=True).head(LEVELS)
    first = known[~text.duplicated()]
    first.index = text[~text.duplicated()]
    return first.loc[counts.index], counts.to_numpy(), False
