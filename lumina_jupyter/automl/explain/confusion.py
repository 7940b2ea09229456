"""Which classes are taken for which."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from lumina_jupyter.automl.explain.figures import INK, Theme, new_figure
from lumina_jupyter.automl.explain.needs import need_classes
from lumina_jupyter.automl.explain.rows import Rows
from lumina_jupyter.automl.explain.shown import Shown
from lumina_jupyter.automl.words import percent

FEW_CLASSES = 15
"""With more of them the counts would cover each other."""
DARK = 0.6
"""Share from which on a cell is dark, on a light page too."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Confusion(Shown):
    """How often each class was taken for each.

    Attributes:
        table: A row a true class, a column a predicted one, in the order of the task's classes.
    """

    table: pd.DataFrame

    @property
    def shares(self) -> pd.DataFrame:
        """Of each true class, the share that was taken for each."""
        return self.table.div(self.table.sum(axis=1).replace(0, 1), axis=0)

    def figure(self, theme: Theme = "auto") -> Any:
        """A map of the shares, with the counts on it where there are few classes."""
        figure = new_figure("Which classes are taken for which", "predicted", "true", theme=theme)
        names = [str(each) for each in self.table.columns]
        figure.add_heatmap(
            z=self.shares.to_numpy(),
            x=names,
            y=names,
            zmin=0,
            zmax=1,
            colorscale=[[0, "rgba(47,127,209,0.03)"], [1, "rgba(47,127,209,0.95)"]],
            customdata=[[percent(share, 1) for share in row] for row in self.shares.to_numpy()],
            hovertemplate="true %{y}, predicted %{x}: %{customdata}<extra></extra>",
        )
        if len(names) <= FEW_CLASSES:
            # On a page whose colour isn't known, plotly's own choice of a colour for each text may be that of the page.
            colours = ["white" if share > DARK else INK[theme] for share in self.shares.to_numpy().ravel()]
            figure.add_scatter(
                x=names * len(names),
                y=[name for name in names for _ in names],
                text=[f"{count:,}" for count in self.table.to_numpy().ravel()],
                textfont={"color": colours},
                mode="text",
                hoverinfo="skip",
                showlegend=False,
            )
        figure.update_xaxes(type="category")
        figure.update_yaxes(type="category", autorange="reversed")
        return figure


def confusion(rows: Rows) -> Confusion:
    """Count. The decision is the likeliest class.

    Raises:
        SettingUnusable: when no classes are predicted.
    """
    need_classes(rows, "A confusion matrix")
    size = len(rows.task.classes)
    counts = np.zeros((size, size), dtype=np.int64)
    np.add.at(counts, (rows.truth.astype(np.intp), rows.decisions()), 1)
    names = pd.Index(rows.task.classes, dtype=object)
    return Confusion(pd.DataFrame(counts, index=names.rename("true"), columns=names.rename("predicted")))
