"""What the rows that a `LagTable` is learned from are about, and in which unit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lumina_jupyter.automl.plain.lag_table import LagTable


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Examples:
    """Of each row of `LagTable.examples()`, in their order, beside its features and its scaled target.

    Args:
        series: What tells its series apart, a column each.
        places: The place in time that it foretells.
        steps: How many steps ahead that lies.
        base: What is added to a scaled prediction: the naive forecast, in the values' own unit.
        scale: What it is multiplied by before: how much the series usually changes, in the values' own unit.
    """

    series: pd.DataFrame
    places: NDArray[np.int64]
    steps: NDArray[np.int64]
    base: NDArray[np.float64]
    scale: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.places)

    def take(self, rows: NDArray[np.intp]) -> Examples:
        """Some of the rows, by their positions."""
        return Examples(
            series=self.series.iloc[rows].reset_index(drop=True),
            places=self.places[rows],
            steps=self.steps[rows],
            base=self.base[rows],
            scale=self.scale[rows],
        )


def examples_of(table: LagTable) -> Examples:
    """What each row of a fitted table's examples is about."""
    keys = list(table.values_)
    which, origins, ahead, bases = [], [], [], []
    for number, (key, begins, steps) in enumerate(table.drawn()):
        which.append(np.full(len(begins), number, dtype=np.intp))
        origins.append(begins + table.firsts_[key])
        ahead.append(steps)
        bases.append(table.base(key, begins, steps))
    order = np.argsort(np.concatenate(origins), kind="stable")
    of_series, begins, steps = (np.concatenate(each)[order] for each in (which, origins, ahead))
    return Examples(
        series=pd.DataFrame(keys, columns=list(table.series), dtype=object).iloc[of_series].reset_index(drop=True),
        places=begins + steps,
        steps=steps,
        base=np.concatenate(bases)[order],
        scale=np.asarray([table.scales_[key] for key in keys])[of_series],
    )
