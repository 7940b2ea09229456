"""What is to be learned is found out and told; what can't be learned is refused in words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars
import pytest

from lumina_jupyter.automl.tables.target import read_target, split_target
from lumina_jupyter.errors import DataUnusable, SettingUnusable


@pytest.mark.parametrize(
    ("values", "kind", "classes"),
    [
        (["no", "yes", "no"], "binary", ("no", "yes")),
        ([True, False, True], "binary", (False, True)),
        ([0, 1, 1], "binary", (0, 1)),
        ([0.0, 1.0, None], "binary", (0.0, 1.0)),
        (["a", "b", "c"], "multiclass", ("a", "b", "c")),
        ([1, 2, 3] * 5, "multiclass", (1, 2, 3)),
        (pd.Categorical([3, 1, 2]), "multiclass", (1, 2, 3)),
        (polars.Series(["x", "ß", "x"]), "binary", ("x", "ß")),
        ([1, "a", 1], "binary", ("1", "a")),
        ([1, 2, 3], "regression", ()),
        (list(range(300)), "regression", ()),
        ([0.5, 1, 2], "regression", ()),
        (["1.5", "2.5", "1.5"], "regression", ()),
        (np.array([[1.5], [2.5]]), "regression", ()),
    ],
)
def test_the_kind_of_a_task_is_found_and_told(values: Any, kind: str, classes: tuple[Any, ...]) -> None:
    target = read_target(values, name="y")
    assert target.task.kind == kind
    assert target.task.classes == classes
    assert "'y' has" in target.task.told
    assert target.values.dtype.kind == ("i" if classes else "f")
    if classes:
        kept = pd.Series(values).iloc[target.rows].tolist()
        assert [str(classes[code]) for code in target.values] == [str(each) for each in kept]


def test_rows_without_a_target_are_left_out_and_told() -> None:
    target = read_target(pd.Series([1.5, None, np.inf, 2.5, 9.0], name="price", index=[5, 5, 5, 5, 5]))
    assert target.rows.tolist() == [0, 3, 4]
    assert target.values.tolist() == [1.5, 2.5, 9.0]
    assert target.told == ("2 of 5 rows are left out, because the target 'price' is missing or infinite there.",)


def test_classes_of_one_or_two_rows_are_told() -> None:
    told = read_target(["a"] * 9 + ["b"] * 9 + ["rare"]).told
    assert told == ("Too few rows to learn from (one or two each): class rare.",)


@pytest.mark.parametrize(
    ("values", "text"),
    [
        (None, "requires y to be passed, but the target y is None"),
        (["a", "a"], "one class"),
        ([1.5, 1.5], "one class"),
        ([1.5], "one row only .*n_samples=1"),
        ([None, np.nan], "All values of the target 'target' are missing"),
        ([], "All values of the target 'target' are missing"),
        (pd.to_datetime(["2024-01-01", "2024-01-02"]).to_series(), "holds dates"),
        (np.zeros((3, 2)), "has 2 columns"),
        ([1 + 2j, 1], "Complex data not supported"),
        ([f"id{number}" for number in range(100)], "100 classes in 100 rows"),
        (7, "can't be read as a target"),
    ],
)
def test_a_target_that_cannot_be_learned_is_refused_in_words(values: Any, text: str) -> None:
    with pytest.raises(DataUnusable, match=text):
        read_target(values)


def test_a_kind_that_does_not_fit_is_refused() -> None:
    with pytest.raises(SettingUnusable, match="holds text"):
        read_target(["a", "b", "c"], kind="regression")
    with pytest.raises(SettingUnusable, match="3 classes"):
        read_target([1, 2, 3], kind="binary")
    assert read_target([1, 2, 3], kind="regression").task.told == ""
    assert read_target([1.0, 2.5, 7.0], kind="quantile", quantiles=(0.9, 0.1)).task.quantiles == (0.1, 0.9)


def test_a_target_is_a_column_or_values() -> None:
    frame = pd.DataFrame({"a": [1, 2], "preis": [3, 4]})
    features, values, name = split_target(frame, "preis")
    assert (list(features.columns), values.tolist(), name) == (["a"], [3, 4], "preis")
    features, values, name = split_target(frame, pd.Series([5, 6], name="other"))
    assert (list(features.columns), values.tolist(), name) == (["a", "preis"], [5, 6], "other")
    with pytest.raises(DataUnusable, match=r"no column 'Preis'\. Did you mean 'preis'\?"):
        split_target(frame, "Preis")
    with pytest.raises(DataUnusable, match="y is None"):
        split_target(frame, None)
    with pytest.raises(DataUnusable, match="the only column"):
        split_target(frame[["a"]], "a")
    with pytest.raises(DataUnusable, match="has 2 rows and the target 'y' has 3 values"):
        read_target([1, 2, 3], name="y", rows=2)
