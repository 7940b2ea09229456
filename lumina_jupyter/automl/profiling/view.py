"""What detectors look at: a table with its target, and what several of them need of it, worked out once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lumina_jupyter.automl.columns import Column, Schema
from lumina_jupyter.automl.plain.table_reader import read_booleans, read_dates, read_numbers, read_texts
from lumina_jupyter.automl.profiling.power import Power, binned, power_for_classes, power_for_numbers
from lumina_jupyter.automl.task import Task
from lumina_jupyter.automl.validation import Validation

SAMPLED_ROWS = 20_000
MOST_COLUMNS = 300
"""How many columns are looked at one by one."""
MOST_CLASSES = 20
"""Classes beyond the most frequent ones are one class where a column's power is measured."""


@dataclass(kw_only=True)
class View:
    """A table as detectors see it.

    Args:
        frame: Features of the rows whose target is there; of all rows where there is no target.
        schema: What the columns hold.
        task: What is to be learned; None where there is no target that can be learned.
        values: The target, as `target.read_target` gives it.
        origin: Where each of these rows is in the table that was given.
        validation: How candidates would be judged.
        test: Features of rows that are not trained on, in the same columns; None where there are none.
        test_values: Their target, in the form of `values`, NaN or -1 where it is missing or unknown.
        seed: Of the sample.
    """

    frame: pd.DataFrame
    schema: Schema
    origin: NDArray[np.intp]
    task: Task | None = None
    values: NDArray[Any] | None = None
    validation: Validation | None = None
    test: pd.DataFrame | None = None
    test_values: NDArray[Any] | None = None
    seed: int = 0
    _numbers: dict[str, NDArray[Any]] = field(default_factory=dict)
    _texts: dict[str, NDArray[Any]] = field(default_factory=dict)
    _codes: dict[str, NDArray[np.intp]] = field(default_factory=dict)
    _power: dict[str, Power] = field(default_factory=dict)
    _chosen: list[Column] | None = None
    _columns: dict[str, Column] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._columns = {each.name: each for each in self.schema.columns}
        rows = len(self.frame)
        few = rows <= SAMPLED_ROWS
        drawn = np.arange(rows) if few else np.random.default_rng(self.seed).choice(rows, SAMPLED_ROWS, replace=False)
        self.rows: NDArray[np.intp] = np.sort(drawn)

    @property
    def classes(self) -> int:
        """How many classes; 0 where numbers are to be learned, or nothing."""
        return len(self.task.classes) if self.task is not None else 0

    def columns(self) -> list[Column]:
        """The columns that are looked at one by one: all, or of very many those most related to the target."""
        if self._chosen is None:
            every = list(self.schema.columns)
            self._chosen = every if len(every) <= MOST_COLUMNS else _most_related(self, every)
        return self._chosen

    def numbers(self, name: str) -> NDArray[Any]:
        """A column as numbers, dates as days, NaN where it has none."""
        if name not in self._numbers:
            self._numbers[name] = numbers_of(self.frame[name], self.column(name))
        return self._numbers[name]

    def texts(self, name: str) -> NDArray[Any]:
        """A column as texts, None where one is missing."""
        if name not in self._texts:
            self._texts[name] = read_texts(self.frame[name])
        return self._texts[name]

    def column(self, name: str) -> Column:
        """What is known of a column."""
        return self._columns[name]

    def codes(self, name: str) -> NDArray[np.intp]:
        """A column of the sampled rows as bins of numbers or levels, counted from 0; missing ones are one of them."""
        if name not in self._codes:
            column = self.column(name)
            if is_numeric(column, self.frame[name]):
                self._codes[name] = binned(self.numbers(name)[self.rows])
            else:
                codes = pd.factorize(self.texts(name)[self.rows], use_na_sentinel=False)[0]
                self._codes[name] = np.asarray(codes, dtype=np.intp)
        return self._codes[name]

    def power(self, name: str) -> Power:
        """How well a column alone tells the target, on the sampled rows."""
        if name not in self._power:
            self._power[name] = self.power_of(self.codes(name))
        return self._power[name]

    def power_of(self, codes: NDArray[np.intp]) -> Power:
        """How well codes of the sampled rows tell the target."""
        if self.values is None:
            return Power(score=0.0)
        target = self.values[self.rows]
        if not self.classes:
            return power_for_numbers(codes, target, self.seed)
        if self.classes > MOST_CLASSES:
            order = np.argsort(-np.bincount(target, minlength=self.classes))
            target = np.minimum(np.argsort(order)[target], MOST_CLASSES)
        return power_for_classes(codes, target, min(self.classes, MOST_CLASSES + 1), self.seed)

    def label(self, code: int) -> str:
        """A class as it is in the data."""
        return str(self.task.classes[code]) if self.task is not None else ""


def is_numeric(column: Column, values: Any) -> bool:
    """Whether the values of a column have a size: numbers and dates, also where they identify rows."""
    plain = getattr(values.dtype, "kind", "O") in "iufb"
    return column.kind in ("number", "boolean", "datetime") or (column.kind in ("identifier", "constant") and plain)


def numbers_of(values: Any, column: Column) -> NDArray[Any]:
    """A column's values as numbers, dates as days, NaN where there are none."""
    if column.kind == "datetime":
        dates = read_dates(values, column.format)
        return np.where(np.isnat(dates), np.nan, dates.astype("int64") / 86_400e6)
    if column.kind == "boolean":
        return np.asarray(read_booleans(values))
    return np.asarray(read_numbers(values, "," if column.format == "1.234,5" else "."))


def _most_related(view: View, every: list[Column]) -> list[Column]:
    """Of very many columns those that go most with the target, by correlation or, with classes, by means that differ."""
    plain = [each for each in every if each.kind == "number" and not each.format]
    others = [each for each in every if each.kind != "constant" and (each.kind != "number" or each.format)][
        :MOST_COLUMNS
    ]
    room = MOST_COLUMNS - len(others)
    if view.values is None or not plain:
        return others + plain[:room]
    rows = view.rows[:: max(1, len(view.rows) * len(plain) // 50_000_000)]
    target = view.values[rows]
    wanted = np.eye(view.classes)[target] if view.classes else target[:, None].astype(float)
    wanted = (wanted - wanted.mean(axis=0)) / (wanted.std(axis=0) + 1e-12)
    strength = []
    for start in range(0, len(plain), 1_000):
        names = [each.name for each in plain[start : start + 1_000]]
        block = view.frame[names].to_numpy(dtype=float)[rows]
        block = np.where(np.isfinite(block), block, np.nanmedian(np.where(np.isfinite(block), block, np.nan), axis=0))
        block = (block - block.mean(axis=0)) / (block.std(axis=0) + 1e-12)
        strength.append(np.abs(block.T @ wanted).max(axis=1))
    best = np.argsort(-np.concatenate(strength))[:room]
    return others + [plain[each] for each in best]
