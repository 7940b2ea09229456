"""How good forecasts are, by how far ahead they look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from lumina_jupyter.automl.explain.figures import FIRST, INK, Theme, band, new_figure
from lumina_jupyter.automl.explain.needs import forecasts_in
from lumina_jupyter.automl.explain.rows import Rows
from lumina_jupyter.automl.explain.scores import score_interval
from lumina_jupyter.automl.explain.shown import Shown

DRAWS = 100


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class StepScores(Shown):
    """The metric, step by step.

    Attributes:
        table: step, score, low, high (95 %), naive (of forecasts that repeat a season before, or the last value), rows.
        metric: The metric's name.
    """

    table: pd.DataFrame
    metric: str

    def figure(self, theme: Theme = "auto") -> Any:
        """The metric over the steps, beside the naive forecast's."""
        figure = new_figure("How good forecasts are", "steps ahead", self.metric, theme=theme)
        table = self.table
        band(figure, table["step"], table["low"], table["high"], name="95 %", colour="rgba(47,127,209,0.2)")
        figure.add_scatter(x=table["step"], y=table["score"], mode="lines+markers", name="model", line={"color": FIRST})
        naive = {"color": INK[theme], "dash": "dot", "width": 1}
        figure.add_scatter(x=table["step"], y=table["naive"], mode="lines", name="naive", line=naive)
        return figure


def step_scores(rows: Rows) -> StepScores:
    """Compute them.

    Raises:
        SettingUnusable: when nothing is forecast.
    """
    ahead = forecasts_in(rows, "A score by step ahead")
    found = []
    for step in np.unique(ahead.steps):
        chosen = np.flatnonzero(ahead.steps == step)
        mine = rows.take(chosen)
        measured = score_interval(mine, rows.metric, draws=DRAWS)
        if measured is not None:
            naive = rows.metric.read(rows.metric.score(mine.truth, ahead.naive[chosen], mine.weights))
            found.append((int(step), measured.value, measured.low, measured.high, naive, len(chosen)))
    table = pd.DataFrame(found, columns=["step", "score", "low", "high", "naive", "rows"])
    return StepScores(table, rows.metric.name)
