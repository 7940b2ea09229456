"""Leaks are named before anything is trained, and honest columns are not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn import datasets

from lumina_jupyter.automl import profile
from lumina_jupyter.automl.profiling import find_leaks
from lumina_jupyter.automl.tables.frames import read_table
from lumina_jupyter.automl.tables.schema import infer_schema
from lumina_jupyter.automl.tables.target import read_target

ROWS = 800
RANDOM = np.random.default_rng(3)
CLASSES = np.where(RANDOM.random(ROWS) < 0.3, "ill", "well")
NUMBERS = RANDOM.lognormal(size=ROWS)
ILL = CLASSES == "ill"
NEAR = NUMBERS * RANDOM.lognormal(0, 0.3, ROWS)
PART = RANDOM.uniform(0, 1, ROWS) * NUMBERS


def leaks(target: Any, **columns: Any) -> set[str]:
    random = np.random.default_rng(0)
    honest = {"age": random.normal(size=ROWS), "site": random.choice(list("abc"), ROWS)}
    frame = read_table(pd.DataFrame({**honest, **columns}))
    found = read_target(target, name="y", rows=ROWS)
    schema = infer_schema(frame.frame)
    told = find_leaks(frame.frame, found.values, schema, found.task)
    assert all(each.severity == "serious" and each.evidence and "Keeps it" in each.action for each in told)
    return {name for each in told for name in each.columns}


@pytest.mark.parametrize(
    "column",
    [
        pytest.param(np.where(ILL, 1, 0), id="a copy in other words"),
        pytest.param(np.where(ILL, RANDOM.uniform(10, 40, ROWS), 45.0), id="a measurement made for the target"),
        pytest.param(pd.Series(RANDOM.choice(list("xyz"), ROWS)).where(ILL), id="filled in for one class only"),
        pytest.param(np.where(ILL, np.nan, RANDOM.normal(size=ROWS)), id="missing for one class only"),
        pytest.param(
            np.where(ILL & (RANDOM.random(ROWS) < 0.3), 1.0, np.nan), id="filled in for some of one class only"
        ),
        pytest.param(
            [f"{'+' if ill else '-'}{RANDOM.integers(20)}" for ill in ILL], id="a category that gives it away"
        ),
    ],
)
def test_columns_that_give_classes_away_are_named(column: Any) -> None:
    assert leaks(CLASSES, given=column) == {"given"}


@pytest.mark.parametrize(
    ("columns", "named"),
    [
        ({"same": NUMBERS * 3 + 1}, {"same"}),
        ({"logarithm": np.log(NUMBERS)}, {"logarithm"}),
        ({"casual": PART, "registered": NUMBERS - PART}, {"casual", "registered"}),
        ({"each": NUMBERS / (PART + 1), "count": PART + 1}, {"each", "count"}),
    ],
)
def test_columns_that_numbers_are_made_of_are_named(columns: dict[str, Any], named: set[str]) -> None:
    assert leaks(NUMBERS, **columns) == named


@pytest.mark.parametrize(
    "column",
    [
        pytest.param(np.where(ILL, 1, 0) + RANDOM.normal(0, 0.35, ROWS), id="a very good column"),
        pytest.param(np.where(RANDOM.random(ROWS) < 0.5, np.nan, RANDOM.normal(size=ROWS)), id="missing by chance"),
        pytest.param(
            np.where(RANDOM.random(ROWS) < np.where(ILL, 0.8, 0.3), np.nan, RANDOM.normal(size=ROWS)),
            id="missing rather there",
        ),
        pytest.param([None] * (ROWS - 5) + [1.0] * 5, id="nearly always missing"),
        pytest.param([f"name {number}" for number in range(ROWS)], id="a text of its own for every row"),
        pytest.param(RANDOM.integers(0, ROWS // 2, ROWS).astype(str), id="very many values"),
    ],
)
def test_honest_columns_are_not_named(column: Any) -> None:
    assert leaks(CLASSES, given=column) == set()
    assert leaks(NUMBERS, given=column, near=NEAR) == set()


@pytest.mark.parametrize("name", ["iris", "wine", "breast_cancer", "diabetes"])
def test_well_known_tables_raise_no_false_alarm(name: str) -> None:
    """In iris one column alone is right in 95 % of the rows, in wine and breast_cancer nearly so."""
    frame = getattr(datasets, f"load_{name}")(as_frame=True).frame
    assert profile(frame, "target").serious == ()


def test_a_column_that_looks_into_the_future_is_named() -> None:
    random = np.random.default_rng(0)
    prices = np.cumsum(random.normal(size=ROWS + 1))
    frame = pd.DataFrame({f"s{each}": np.cumsum(random.normal(size=ROWS)) for each in range(4)})
    frame["tomorrow"] = prices[1:]
    frame["price"] = prices[:-1]
    told = profile(frame, "price", time=True).of("leak")
    assert [each.columns for each in told] == [("tomorrow",)]
    frame["tomorrow"] = np.append(np.nan, prices[:-2])
    assert not [each for each in profile(frame, "price", time=True).of("leak") if "future" in each.text], (
        "the past is fine"
    )
