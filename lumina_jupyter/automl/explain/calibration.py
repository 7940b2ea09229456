"""Whether what is called 70 % likely happens in 70 of 100 cases; for quantiles, whether so many lie below."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lumina_jupyter.automl.explain.figures import Theme, diagonal, error_bars, new_figure
from lumina_jupyter.automl.explain.needs import need_truths
from lumina_jupyter.automl.explain.rows import Ahead, Rows
from lumina_jupyter.automl.explain.shown import Shown
from lumina_jupyter.automl.forecasting.errors import step_errors
from lumina_jupyter.errors import SettingUnusable

BINS = 10
FORECAST_QUANTILES = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Calibration(Shown):
    """What was said, and what happened.

    Attributes:
        table: class, said (mean probability, or the quantile), happened (share), low, high (95 %), rows; for many classes
            "the likeliest" stands for all of them.
        error: Mean distance between said and happened, over the rows: 0 is perfect.
    """

    table: pd.DataFrame
    error: float

    def figure(self, theme: Theme = "auto") -> Any:
        """Said against happened."""
        figure = new_figure(f"Calibration (mean error {self.error:.3f})", "said", "happened", theme=theme)
        diagonal(figure, 0, 1, theme=theme, name="perfect")
        for name, part in self.table.groupby("class", sort=False):
            errors = error_bars(part["happened"], part["low"], part["high"])
            figure.add_scatter(x=part["said"], y=part["happened"], error_y=errors, mode="lines+markers", name=str(name))
        return figure


def calibration(rows: Rows) -> Calibration:
    """Compare, in bins with about as many rows each.

    Raises:
        SettingUnusable: when a single number is predicted, which says nothing of how likely it is.
    """
    if rows.task.kind == "quantile":
        return _of_quantiles(rows)
    if rows.ahead is not None:
        return _of_forecasts(rows, rows.ahead)
    need_truths(rows, "Calibration")
    if not rows.task.classifies:
        raise SettingUnusable(
            "A number says nothing of how likely it is.", hint='Predict quantiles (task="quantile") to calibrate them.'
        )
    if len(rows.task.classes) == 2:
        name, said, met = rows.task.classes[1], rows.prediction[:, 1], rows.truth == 1
    else:
        name, said, met = "the likeliest", rows.prediction.max(axis=1), rows.decisions() == rows.truth
    order = np.argsort(said, kind="stable")
    found: list[tuple[Any, ...]] = []
    for part in np.array_split(order, min(BINS, len(order))):
        happened, low, high = wilson(int(met[part].sum()), len(part))
        found.append((name, float(said[part].mean()), happened, low, high, len(part)))
    return _compared(found)


def _compared(found: list[tuple[Any, ...]]) -> Calibration:
    table = pd.DataFrame(found, columns=["class", "said", "happened", "low", "high", "rows"])
    return Calibration(table, float(np.average((table["said"] - table["happened"]).abs(), weights=table["rows"])))


def _of_quantiles(rows: Rows) -> Calibration:
    return _below({q: rows.truth <= rows.prediction[:, place] for place, q in enumerate(rows.task.quantiles)})


def _below(quantiles: dict[float, NDArray[Any]]) -> Calibration:
    """Quantiles, each with the rows whose truth lies below it."""
    found: list[tuple[Any, ...]] = []
    for quantile, met in quantiles.items():
        happened, low, high = wilson(int(met.sum()), len(met))
        found.append(("below the quantile", quantile, happened, low, high, len(met)))
    return _compared(found)


def _of_forecasts(rows: Rows, ahead: Ahead) -> Calibration:
    """Quantiles that one half of the time teaches, tried on the other half."""
    halves = np.array_split(np.argsort(ahead.origins, kind="stable"), 2)
    below: dict[float, list[NDArray[Any]]] = {each: [] for each in FORECAST_QUANTILES}
    for learned, tried in (halves, halves[::-1]):
        if not len(learned) or not len(tried):
            continue
        missed = (rows.truth - rows.prediction) / ahead.scale
        errors = step_errors(ahead.steps[learned], missed[learned], ahead.horizon)
        bounds = errors.at(ahead.steps[tried], FORECAST_QUANTILES)
        for position, quantile in enumerate(FORECAST_QUANTILES):
            below[quantile].append(missed[tried] <= bounds[:, position])
    return _below({quantile: np.concatenate(parts) for quantile, parts in below.items()})


def wilson(met: int, rows: int) -> tuple[float, float, float]:
    """A share with the bounds between which it lies with 95 % certainty, by Wilson's score."""
    z = 1.959964
    share = met / rows
    centre = (share + z * z / (2 * rows)) / (1 + z * z / rows)
    half = z * np.sqrt(share * (1 - share) / rows + z * z / (4 * rows * rows)) / (1 + z * z / rows)
    return share, max(0.0, float(centre - half)), min(1.0, float(centre + half))
