"""The tables, as the INDEX.md beside them describes them, and their splits."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

VARIABLE = "LUMINA_BENCH_TABLES"
BESIDE = Path(__file__).parents[4] / "shared" / "datasets"
METRICS = {"binary": "roc_auc", "multiclass": "log_loss", "regression": "rmse"}
HELD_OUT = 0.25


@dataclass(frozen=True)
class Table:
    """A table.

    Args:
        name: The file's name without its suffixes.
        path: The file.
        task: "binary", "multiclass" or "regression".
        target: The column to predict.
        in_time: Whether its rows are in the order of time.
        leaky: Whether a column that gives the target away was left in on purpose.
    """

    name: str
    path: Path
    task: str
    target: str
    in_time: bool
    leaky: bool

    @property
    def metric(self) -> str:
        """By which it is judged."""
        return METRICS[self.task]

    def parts(self, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Rows to train on and rows to test on: the last quarter where rows are in time, else a quarter by chance."""
        table = pd.read_csv(self.path, keep_default_na=False, na_values=[""], low_memory=False)
        table = table[table[self.target].notna()].reset_index(drop=True)
        count = round(len(table) * HELD_OUT)
        if self.in_time:
            return table.iloc[:-count], table.iloc[-count:]
        order = np.random.default_rng(seed).permutation(len(table))
        return table.iloc[np.sort(order[count:])], table.iloc[np.sort(order[:count])]


def folder() -> Path | None:
    """Where the tables lie: what the variable says, else beside the checkout; None when they are not there."""
    named = os.environ.get(VARIABLE)
    path = Path(named) if named else BESIDE
    return path if (path / "INDEX.md").is_file() else None


def tables(path: Path) -> dict[str, Table]:
    """The tables that an index lists and that are there, by name."""
    return {table.name: table for table in _listed(path)}


def _listed(path: Path) -> Iterator[Table]:
    head: list[str] = []
    for line in (path / "INDEX.md").read_text(encoding="utf-8").splitlines():
        if not line.startswith("|"):
            continue
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not head:
            head = cells
            continue
        row: dict[str, Any] = dict(zip(head, cells, strict=False))
        file = path / row.get("set", "")
        task = re.match(r"\w+", row.get(head[2], ""))
        if file.is_file() and task and task[0] in METRICS:
            name = file.name.removesuffix(".gz").removesuffix(".csv")
            in_time = row.get("split/time col", "").startswith("time")
            yield Table(name, file, task[0], row["target"], in_time, "LEAKY" in row.get("note", ""))
