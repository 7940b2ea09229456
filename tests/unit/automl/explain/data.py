"""Rows whose explanations are known beforehand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from lumina_jupyter.automl.explain.rows import Rows
from lumina_jupyter.automl.metrics.metric import find_metric
from lumina_jupyter.automl.task import Task

REGRESSION = Task(kind="regression", target="price")
BINARY = Task(kind="binary", target="churn", classes=("no", "yes"))
QUANTILE = Task(kind="quantile", target="price", quantiles=(0.1, 0.5, 0.9))


def frame(rows: int = 400) -> pd.DataFrame:
    random = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "size": random.normal(size=rows),
            "noise": random.normal(size=rows),
            "colour": random.choice(["red", "blue"], rows),
            "day": pd.Timestamp("2024-01-01") + pd.to_timedelta(random.integers(0, 300, rows), unit="D"),
        }
    )


def told(table: pd.DataFrame) -> Any:
    """What a perfect model says: 3 for each unit of size, 2 more for red."""
    return 3 * table["size"].to_numpy() + 2.0 * (table["colour"] == "red").to_numpy()


def sigmoid(table: pd.DataFrame) -> Any:
    second = 1 / (1 + np.exp(-told(table) + 1))
    return np.column_stack([1 - second, second])


def made(task: Task, predict: Callable[[pd.DataFrame], Any], truth: Any, table: pd.DataFrame, **more: Any) -> Rows:
    return Rows(
        frame=table,
        truth=np.asarray(truth),
        prediction=predict(table),
        task=task,
        metric=find_metric("auto", task),
        predict=predict,
        **more,
    )


def numbers(rows: int = 400) -> Rows:
    table = frame(rows)
    noise = np.random.default_rng(1).normal(size=rows)
    return made(REGRESSION, told, told(table) + noise, table)


def classes(rows: int = 400) -> Rows:
    table = frame(rows)
    met = np.random.default_rng(1).random(rows) < sigmoid(table)[:, 1]
    return made(BINARY, sigmoid, met.astype(int), table)


def quantiles(rows: int = 400) -> Rows:
    table = frame(rows)
    noise = np.random.default_rng(1).normal(size=rows)

    def predict(given: pd.DataFrame) -> Any:
        return told(given)[:, None] + np.array([-1.2816, 0, 1.2816])

    return made(QUANTILE, predict, told(table) + noise, table)
