"""Finds out whether rows are in the order of time: then a model is tested on what came after it was trained.

Four kinds of evidence, the strongest first: a column of dates; a column that counts time and never goes back; a column
that goes round like a clock; and, where there is none of them, neighbours that are much more alike than any two rows,
beyond what their targets and the blocks that a table is sorted into explain.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import rankdata

from lumina_jupyter.automl.columns import Column, Schema
from lumina_jupyter.automl.plain.table_reader import read_dates, read_texts
from lumina_jupyter.automl.tables.schema import COUNTS_TIME
from lumina_jupyter.automl.task import Task

FEW_MISSING = 0.01
LEAST_DATES = 5
NOT_WHEN = re.compile(r"(?i)birth|dob|born|expir|due|deadline|valid")
"""Names of dates that don't say when a row came about."""
LEAST_ROWS = 100
LOOKED_AT = 20_000
"""Rows, from the first on, that clocks and likeness are looked for in."""
MOST_COLUMNS = 50
CLOCK_STEPS = 0.9
"""Share of a clock's steps that are of one size."""
LEAST_ROUNDS = 3
ALIKE = 0.85
"""Correlation of a column with itself one row before, from which on neighbours are alike; median of all columns."""
LEAST_ALIKE = 3
TARGET_BINS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What rows are in order of.

    Args:
        by: A column, or nothing where it is the rows' own positions.
        reverse: Whether the last row is the earliest; only where `by` is empty.
        told: Why that is time, as a sentence.
    """

    by: str = ""
    reverse: bool = False
    told: str


def find_order(frame: pd.DataFrame, values: NDArray[Any], schema: Schema, task: Task) -> Order | None:
    """What puts the rows in the order of time, or None when nothing says that they have one.

    Args:
        frame: Features of the rows whose target is there.
        values: Their targets.
        schema: What the columns hold.
        task: What is to be learned.
    """
    order = _by_date(frame, schema) or _by_counter(frame, schema)
    if order is None and len(frame) >= LEAST_ROWS:
        order = _by_clock(frame, schema) or _by_likeness(frame, values, schema, task)
    if order is None and task.kind == "forecasting":
        return Order(told="A forecast looks forward, and the rows are taken in their order.")
    return order


def _by_date(frame: pd.DataFrame, schema: Schema) -> Order | None:
    likely = [each for each in schema.columns if _says_when(each)]
    if not likely:
        return None
    found = {each.name: read_dates(frame[each.name], each.format).astype("int64") for each in likely}
    in_order = [name for name, moments in found.items() if _is_sorted(moments)]
    name = in_order[0] if in_order else likely[0].name
    rows = "and the rows are in its order" if in_order else "though the rows are not in its order"
    return Order(by=name, told=f"{name!r} says when each row was, {rows}.")


def _says_when(column: Column) -> bool:
    likely = column.kind == "datetime" and column.missing <= FEW_MISSING and column.levels >= LEAST_DATES
    return likely and not NOT_WHEN.search(column.name)


def _is_sorted(moments: NDArray[Any]) -> bool:
    steps = np.diff(moments)
    return bool((steps >= 0).all() or (steps <= 0).all())


def _by_counter(frame: pd.DataFrame, schema: Schema) -> Order | None:
    for column in schema.columns:
        counts = column.kind == "number" and not column.missing and not column.format and column.levels >= 3
        if counts and COUNTS_TIME.search(column.name):
            moments = frame[column.name].to_numpy(dtype=float)
            if _is_sorted(moments):
                return Order(by=column.name, told=f"The rows are in the order of {column.name!r}, which counts time.")
    return None


def _by_clock(frame: pd.DataFrame, schema: Schema) -> Order | None:
    """By a column that goes on by the same step, and starts again and again, like the hour of the day."""
    for column in _numeric(frame, schema):
        if column.missing or column.levels < 4:
            continue
        steps = np.diff(frame[column.name].iloc[:LOOKED_AT].to_numpy(dtype=float))
        moved = steps[steps != 0]
        if len(moved) < 0.5 * len(steps) or not len(moved):
            continue
        step = float(np.median(moved))
        regular = np.abs(steps - step) <= 0.01 * abs(step)
        rounds = int((np.sign(steps[~regular]) == -np.sign(step)).sum())
        if regular.mean() >= CLOCK_STEPS and rounds >= LEAST_ROUNDS:
            told = f"{column.name!r} goes round like a clock from row to row: the rows are in the order of time."
            return Order(reverse=step < 0, told=told)
    return None


def _by_likeness(frame: pd.DataFrame, values: NDArray[Any], schema: Schema, task: Task) -> Order | None:
    """By neighbours that are alike in most columns, once what explains it without time is taken away."""
    blocks = [_bins(values[:LOOKED_AT], task), *_blocks(frame, schema)]
    likeness = []
    for column in _numeric(frame, schema):
        numbers = frame[column.name].iloc[:LOOKED_AT].to_numpy(dtype=float)
        if column.levels > TARGET_BINS and column.missing < 0.5:
            likeness.append(_likeness(numbers, blocks))
    if len(likeness) < LEAST_ALIKE or float(np.median(likeness)) < ALIKE:
        return None
    share = float(np.median(likeness))
    return Order(
        told=f"Rows are much like the row before them (a correlation of {share:.2f} in half of the columns of numbers), "
        "as measurements in the order of time are."
    )


def _numeric(frame: pd.DataFrame, schema: Schema) -> list[Column]:
    numbers = [column for column in schema.columns if column.kind == "number"]
    return [each for each in numbers[:MOST_COLUMNS] if getattr(frame[each.name].dtype, "kind", "O") in "iuf"]


def _bins(values: NDArray[Any], task: Task) -> NDArray[np.intp]:
    if task.classifies:
        return np.asarray(values, dtype=np.intp)
    return np.asarray(rankdata(values, method="ordinal") * TARGET_BINS // (len(values) + 1), dtype=np.intp)


def _blocks(frame: pd.DataFrame, schema: Schema) -> list[NDArray[np.intp]]:
    """Columns by which the table is sorted, or whose values follow each other in blocks."""
    found = []
    for column in schema.columns[:MOST_COLUMNS]:
        if column.kind not in ("category", "boolean", "identifier") and column.levels > TARGET_BINS:
            continue
        codes = pd.factorize(read_texts(frame[column.name].iloc[:LOOKED_AT]), use_na_sentinel=False)[0]
        if (np.diff(codes) != 0).sum() <= 2 * column.levels:
            found.append(codes)
    return found


def _likeness(numbers: NDArray[Any], blocks: list[NDArray[np.intp]]) -> float:
    """Correlation of neighbours in rank, beyond what the blocks explain."""
    left = rankdata(np.where(np.isfinite(numbers), numbers, np.nanmedian(numbers)))
    for codes in blocks:
        sizes = np.maximum(np.bincount(codes), 1)
        left = left - (np.bincount(codes, weights=left) / sizes)[codes]
    spread = float(left.std())
    if spread < 1e-9:
        return 0.0
    left = (left - left.mean()) / spread
    return float((left[:-1] * left[1:]).mean())
