"""The rows that a model is most wrong about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from lumina_jupyter.automl.explain.figures import FIRST, Theme, new_figure
from lumina_jupyter.automl.explain.needs import need_truths
from lumina_jupyter.automl.explain.rows import Numbers, Rows
from lumina_jupyter.automl.explain.shown import Shown
from lumina_jupyter.automl.words import percent


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class WorstErrors(Shown):
    """The worst rows.

    Attributes:
        table: truth, prediction, error, and then the row's own columns (of forecasts: series, moment, steps ahead); its index is that of the rows, the worst first. For
            classes the prediction is the likeliest one, and the error is 1 less the probability of the true one.
        share: Of the error of all rows, how much these make up.
        every: The errors of all rows.
    """

    table: pd.DataFrame
    share: float
    every: Numbers

    def figure(self, theme: Theme = "auto") -> Any:
        """How errors are spread over the rows."""
        figure = new_figure(
            f"Errors: the worst {len(self.table)} rows make up {percent(self.share)} of all",
            "error",
            "rows",
            theme=theme,
        )
        figure.add_histogram(x=self.every, nbinsx=40, marker={"color": FIRST})
        figure.update_yaxes(type="log")
        return figure


def worst_errors(rows: Rows, count: int = 20) -> WorstErrors:
    """Find them.

    Raises:
        SettingUnusable: when rows are put in order.
    """
    need_truths(rows, "A table of the worst errors")
    if rows.task.classifies:
        every = 1 - rows.prediction[np.arange(len(rows)), rows.truth.astype(np.intp)]
        names = np.asarray(rows.task.classes, dtype=object)
        truth, said = names[rows.truth.astype(np.intp)], names[rows.decisions()]
    else:
        truth, said = rows.truth, rows.point()
        every = np.abs(truth - said)
    order = np.argsort(-every, kind="stable")[:count]
    about = rows.frame if rows.ahead is None else rows.ahead.asked
    table = about.iloc[order]
    known = [name for name in ("truth", "prediction", "error") if name not in table]
    shown = {"truth": truth[order], "prediction": said[order], "error": every[order]}
    for place, name in enumerate(known):
        table = table.copy() if not place else table
        table.insert(place, name, shown[name])
    total = float(every.sum())
    return WorstErrors(table, float(every[order].sum()) / total if total else 0.0, every)
