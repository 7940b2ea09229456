"""Finds out whether rows are in the order of time: then a model is tested on what came after it was trained."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lumina_jupyter.automl.columns import Schema
from lumina_jupyter.automl.plain.table_reader import read_dates
from lumina_jupyter.automl.task import Task

FEW_MISSING = 0.01
NOT_WHEN = re.compile(r"(?i)birth|dob|born|expir|due|deadline|valid")
"""Names of dates that don't say when a row came about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What rows are in order of: a column, or their own positions when `by` is empty; and why that is time."""

    by: str
    told: str


def find_order(frame: pd.DataFrame, values: NDArray[Any], schema: Schema, task: Task) -> Order | None:
    """What puts the rows in the order of time, or None when nothing says that they have one."""
    return _by_date(frame, schema)


def _by_date(frame: pd.DataFrame, schema: Schema) -> Order | None:
    formats = {column.name: column.format for column in schema.columns if column.kind == "datetime"}
    likely = [
        column
        for column in schema.columns
        if column.kind == "datetime" and column.missing <= FEW_MISSING and not NOT_WHEN.search(column.name)
    ]
    if not likely:
        return None
    found = {column.name: read_dates(frame[column.name], formats[column.name]) for column in likely}
    in_order = [name for name, dates in found.items() if bool((np.diff(dates) >= np.timedelta64(0)).all())]
    name = in_order[0] if in_order else likely[0].name
    rising = "and the rows are in its order" if in_order else "though the rows are not in its order"
    return Order(by=name, told=f"{name!r} says when each row was, {rising}.")
