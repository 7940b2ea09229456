"""By how much numbers are missed, and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from lumina_jupyter.automl.explain.figures import FIRST, SECOND, Theme, new_figure
from lumina_jupyter.automl.explain.needs import need_numbers
from lumina_jupyter.automl.explain.rows import Rows
from lumina_jupyter.automl.explain.shown import Shown

POINTS = 3_000
STRETCHES = 12


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Residuals(Shown):
    """Truth minus prediction.

    Attributes:
        table: truth, prediction, residual; in the order of the rows.
        bias: Mean residual; above 0 the model says too little.
        spread: Their standard deviation.
        drift: How the mean residual goes with the prediction: prediction (middle of a stretch), residual (mean), low and
            high (95 % of the residuals), rows.
    """

    table: pd.DataFrame
    bias: float
    spread: float
    drift: pd.DataFrame

    def figure(self, theme: Theme = "auto") -> Any:
        """Residuals over predictions, and their mean along the way."""
        title = f"Residuals (mean {self.bias:.4g}, deviation {self.spread:.4g})"
        figure = new_figure(title, "prediction", "truth - prediction", theme=theme)
        shown = self.table.sample(min(POINTS, len(self.table)), random_state=0)
        figure.add_scattergl(
            x=shown["prediction"],
            y=shown["residual"],
            mode="markers",
            name="rows",
            marker={"color": FIRST, "size": 4, "opacity": 0.4},
        )
        for column, dash in (("residual", "solid"), ("low", "dot"), ("high", "dot")):
            name = "mean" if column == "residual" else f"{column} end of 95 %"
            line = {"color": SECOND, "dash": dash, "width": 2}
            figure.add_scatter(x=self.drift["prediction"], y=self.drift[column], mode="lines", name=name, line=line)
        return figure


def residuals(rows: Rows) -> Residuals:
    """Compute them; of quantiles by the middle one.

    Raises:
        SettingUnusable: when classes are predicted.
    """
    need_numbers(rows, "A plot of residuals")
    said = rows.point()
    missed = rows.truth - said
    table = pd.DataFrame({"truth": rows.truth, "prediction": said, "residual": missed})
    found = []
    for part in np.array_split(np.argsort(said, kind="stable"), min(STRETCHES, len(rows))):
        low, high = np.quantile(missed[part], [0.025, 0.975])
        found.append((np.median(said[part]), missed[part].mean(), low, high, len(part)))
    drift = pd.DataFrame(found, columns=["prediction", "residual", "low", "high", "rows"])
    return Residuals(table, float(missed.mean()), float(missed.std()), drift)
