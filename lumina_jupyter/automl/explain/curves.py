"""What a classifier can do at every threshold: ROC and precision-recall curves, one against the rest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from sklearn.metrics import auc, average_precision_score, precision_recall_curve, roc_curve

from lumina_jupyter.automl.explain.figures import Theme, diagonal, new_figure
from lumina_jupyter.automl.explain.needs import need_classes
from lumina_jupyter.automl.explain.rows import Numbers, Rows
from lumina_jupyter.automl.explain.shown import Shown

POINTS = 400
"""To so many points a curve is thinned."""
MOST_CLASSES = 8


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Curves(Shown):
    """A curve for each class that is met; for two classes that of the second alone.

    Attributes:
        kind: Which curve.
        table: class, x, y, threshold; x and y are false and true positive rate, or recall and precision.
        areas: Class to the area under the curve (average precision); the weakest classes are drawn where there are many.
        shares: Class to its share of the rows: the precision of a guess.
    """

    kind: Literal["roc", "precision-recall"]
    table: pd.DataFrame
    areas: dict[Any, float]
    shares: dict[Any, float]

    def figure(self, theme: Theme = "auto") -> Any:
        """The curves."""
        names = ("false positive rate", "true positive rate") if self.kind == "roc" else ("recall", "precision")
        title = "ROC curve" if self.kind == "roc" else "Precision and recall"
        figure = new_figure(title, *names, theme=theme)
        weakest = sorted(self.areas, key=lambda name: self.areas[name])[:MOST_CLASSES]
        for name in (each for each in self.areas if each in weakest):
            part = self.table[self.table["class"] == name]
            label = f"{name} ({self.areas[name]:.3f})"
            figure.add_scatter(x=part["x"], y=part["y"], mode="lines", name=label, customdata=part["threshold"])
        if self.kind == "roc":
            diagonal(figure, 0, 1, theme=theme, name="a guess")
        figure.update_xaxes(range=[0, 1])
        figure.update_yaxes(range=[0, 1.02])
        return figure


def roc(rows: Rows) -> Curves:
    """ROC curves.

    Raises:
        SettingUnusable: when no classes are predicted.
    """
    return _curves(rows, "roc")


def precision_recall(rows: Rows) -> Curves:
    """Precision-recall curves.

    Raises:
        SettingUnusable: when no classes are predicted.
    """
    return _curves(rows, "precision-recall")


def _curves(rows: Rows, kind: Literal["roc", "precision-recall"]) -> Curves:
    need_classes(rows, "A curve over thresholds")
    parts, areas, shares = [], {}, {}
    for name, met, probability in _against_rest(rows):
        if kind == "roc":
            x, y, thresholds = roc_curve(met, probability, sample_weight=rows.weights)
            areas[name] = float(auc(x, y))
        else:
            y, x, thresholds = precision_recall_curve(met, probability, sample_weight=rows.weights)
            thresholds = np.append(thresholds, np.inf)
            areas[name] = float(average_precision_score(met, probability, sample_weight=rows.weights))
        shares[name] = float(met.mean())
        kept = np.unique(np.linspace(0, len(x) - 1, POINTS).round().astype(int))
        parts.append(pd.DataFrame({"class": name, "x": x[kept], "y": y[kept], "threshold": thresholds[kept]}))
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["class", "x", "y", "threshold"])
    return Curves(kind, table, areas, shares)


def _against_rest(rows: Rows) -> Iterator[tuple[Any, Numbers, Numbers]]:
    for position, name in enumerate(rows.task.classes):
        met = rows.truth == position
        if (position or len(rows.task.classes) > 2) and met.any() and not met.all():
            yield name, met, rows.prediction[:, position]
