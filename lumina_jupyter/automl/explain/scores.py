"""Every metric that fits the task, each with its interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from lumina_jupyter.automl.explain.figures import FIRST, Theme, error_bars, new_figure
from lumina_jupyter.automl.explain.intervals import Interval, interval
from lumina_jupyter.automl.explain.rows import Numbers, Rows
from lumina_jupyter.automl.explain.shown import Shown
from lumina_jupyter.automl.metrics.metric import Metric, find_metric, metric_names


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Scores(Shown):
    """How good a model is.

    Attributes:
        table: One row a metric: metric, value, low, high (95 %), better ("greater" or "smaller").
        rows: On how many rows.
    """

    table: pd.DataFrame
    rows: int

    def figure(self, theme: Theme = "auto") -> Any:
        """The metrics that lie between 0 and 1, with their intervals; all of them where there are none."""
        bounded = self.table[(self.table["low"] >= 0) & (self.table["high"] <= 1)]
        table = (bounded if len(bounded) else self.table).iloc[::-1]
        figure = new_figure(f"On {self.rows:,} rows held out, with 95 % intervals", "value", theme=theme)
        errors = error_bars(table["value"], table["low"], table["high"])
        figure.add_scatter(
            x=table["value"], y=table["metric"], error_x=errors, mode="markers", marker={"color": FIRST, "size": 9}
        )
        return figure


def scores(rows: Rows, *, draws: int = 200) -> Scores:
    """Compute them, the search's own metric first."""
    metrics = [rows.metric, *(find_metric(name, rows.task) for name in metric_names(rows.task.kind))]
    found = []
    for metric in {each.name: each for each in reversed(metrics)}.values():
        measured = score_interval(rows, metric, draws=draws)
        if measured is not None:
            better = "greater" if metric.greater_is_better else "smaller"
            found.append((metric.name, measured.value, measured.low, measured.high, better))
    table = pd.DataFrame(found, columns=["metric", "value", "low", "high", "better"])
    first = table["metric"] == rows.metric.name
    return Scores(pd.concat([table[first], table[~first].sort_values("metric")], ignore_index=True), len(rows))


def score_interval(rows: Rows, metric: Metric, *, draws: int = 200) -> Interval | None:
    """One metric as people read it; None where it is not defined for these rows."""

    def statistic(positions: Numbers) -> float:
        return metric.read(rows.score_at(positions, metric))

    try:
        with np.errstate(all="ignore"):
            found = interval(
                statistic,
                len(rows),
                in_order=rows.in_order,
                stretch=rows.stretch,
                queries=rows.queries,
                draws=draws,
            )
    except ValueError:
        return None
    return found if np.isfinite(found.value) else None
