"""A small table with everything in it: numbers, missing values, categories, ordered ones, texts, dates."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from lumina_jupyter.automl.columns import Column, Schema
from lumina_jupyter.automl.plain.query_scores import ranked
from lumina_jupyter.automl.task import Task, TaskKind

ROWS = 240
SCHEMA = Schema(
    columns=(
        Column(name="area", kind="number"),
        Column(name="rooms", kind="number", missing=0.2),
        Column(name="garden", kind="boolean"),
        Column(name="city", kind="category", levels=4),
        Column(name="street", kind="category", levels=60),
        Column(name="state", kind="category", levels=3, ordered=("bad", "fair", "good")),
        Column(name="note", kind="text"),
        Column(name="sold", kind="datetime"),
    ),
    rows=ROWS,
)


def table(seed: int = 0, rows: int = ROWS) -> tuple[pd.DataFrame, Any]:
    """The table, and a number that depends on its columns."""
    random = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "area": random.gamma(3.0, 30.0, rows),
            "rooms": random.choice([1.0, 2.0, 3.0, np.nan], rows),
            "garden": random.choice([True, False], rows),
            "city": random.choice(np.array(["Ulm", "Köln", "Bonn", None], dtype=object), rows),
            "street": [f"street {number}" for number in random.integers(0, 60, rows)],
            "state": random.choice(["bad", "fair", "good"], rows),
            "note": random.choice(["quiet and sunny", "needs repair", "near the park, quiet", ""], rows),
            "sold": pd.date_range("2024-01-01", periods=rows, freq="D"),
        }
    )
    worth = 0.02 * frame["area"] + (frame["city"] == "Ulm") * 2.0 + frame["note"].str.contains("quiet") * 1.0
    return frame, np.asarray(worth + random.normal(0, 0.1, rows) + 5.0)


def learned(kind: TaskKind, number: Any) -> tuple[Task, Any]:
    """The number as the target of a task of this kind, classes as their positions."""
    if kind == "binary":
        return Task(kind=kind, classes=("cheap", "dear")), (number > np.median(number)).astype(int)
    if kind == "multiclass":
        return Task(kind=kind, classes=("low", "mid", "high")), np.digitize(number, np.quantile(number, [0.3, 0.7]))
    if kind == "quantile":
        return Task(kind=kind, quantiles=(0.1, 0.9)), number
    if kind == "ranking":
        grades = np.digitize(number, np.quantile(number, [0.5, 0.8, 0.95]))
        return Task(kind=kind), ranked(grades, np.arange(len(number)) // 10)
    return Task(kind=kind), number
