"""What columns hold is found out, also where their types don't say it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from lumina_jupyter.automl.columns import Column
from lumina_jupyter.automl.tables.schema import infer_schema
from lumina_jupyter.errors import SettingUnusable

ROWS = 200
RANDOM = np.random.default_rng(0)
DAYS = (
    pd.Series(pd.date_range("2023-11-05", periods=ROWS, freq="D")).sample(frac=1, random_state=0).reset_index(drop=True)
)


def column(values: Any, name: str = "it") -> Column:
    return infer_schema(pd.DataFrame({name: values})).columns[0]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (RANDOM.normal(size=ROWS), "number"),
        (RANDOM.integers(0, 10**6, ROWS), "number"),
        (RANDOM.integers(0, 5, ROWS), "number"),
        (pd.array([1, None] * 100, dtype="Int64"), "constant"),
        (pd.array([1, 2, None, 4] * 50, dtype="Int64"), "number"),
        (["a", "b", "c", None] * 50, "category"),
        (pd.Categorical(["s", "m"] * 100), "category"),
        ([True, False] * 100, "boolean"),
        (["yes", "No"] * 100, "boolean"),
        ([True, None] * 100, "constant"),
        (DAYS, "datetime"),
        (DAYS.dt.tz_localize("UTC"), "datetime"),
        (DAYS.dt.date, "datetime"),
        (pd.to_timedelta(np.arange(ROWS), unit="h"), "number"),
        ([None] * ROWS, "constant"),
        ([np.inf, -np.inf] * 100, "constant"),
        (["same"] * ROWS, "constant"),
        ([f"user-{number}" for number in range(ROWS)], "identifier"),
        (np.arange(ROWS), "identifier"),
        ([f"{number} red cars in row {number % 7}" for number in range(ROWS)], "text"),
        ([f"0{number}" for number in range(ROWS // 2)] * 2, "category"),
        ([1, "a", 2.5, None] * 50, "category"),
        ([[1], {"a": 1}, None, (2,)] * 50, "category"),
    ],
)
def test_kinds_are_found(values: Any, kind: str) -> None:
    found = column(values)
    assert found.kind == kind, found
    assert found.missing == pytest.approx(
        float(pd.isna(pd.Series(values)).mean()) if kind != "constant" else found.missing
    )


@pytest.mark.parametrize(
    ("pattern", "format"),
    [
        ("%Y-%m-%d", "ISO8601"),
        ("%d.%m.%Y", "%d.%m.%Y"),
        ("%m/%d/%Y", "%m/%d/%Y"),
        ("%d %b %Y %H:%M", "%d %b %Y %H:%M"),
        ("%B %d, %Y", "%B %d, %Y"),
        ("%d/%m/%Y %I:%M %p", "%d/%m/%Y %I:%M %p"),
        ("%Y%m%d", "ISO8601"),
    ],
)
def test_dates_in_text_are_found_with_their_format(pattern: str, format: str) -> None:
    found = column(DAYS.dt.strftime(pattern))
    assert (found.kind, found.format) == ("datetime", format)
    assert "Dates in text" in found.told


def test_dates_in_several_formats_and_as_numbers_are_found() -> None:
    patterns = ["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%d %B %Y", "%Y/%m/%d"]
    mixed = [day.strftime(patterns[place % 5]) for place, day in enumerate(DAYS)]
    found = column(mixed)
    assert (found.kind, found.levels) == ("datetime", ROWS)
    assert column(DAYS.dt.strftime("%Y%m%d").astype(int)).format == "%Y%m%d"
    seconds = DAYS.astype("int64") // 10**6
    assert column(seconds, "created_at").format == "unix s"
    assert column(seconds, "amount").kind == "number"


def test_numbers_in_text_are_found_with_their_format() -> None:
    english = [f"${number:,.2f}" for number in RANDOM.uniform(0, 10**5, ROWS)]
    german = [each.translate(str.maketrans(",.", ".,")) for each in english]
    assert (column(english).kind, column(english).format) == ("number", "1,234.5")
    assert (column(german).kind, column(german).format) == ("number", "1.234,5")
    some_strange = column([*english[:-3], "n/a", "?", ""])
    assert some_strange.kind == "number"
    assert "'n/a', '?'" in some_strange.told
    assert column(english[:150] + ["red", "green"] * 25).kind == "number"
    assert column(english[:100] + [f"red{number}" for number in range(100)]).kind != "number"


@pytest.mark.parametrize("name", ["customer_id", "customerId", "ID", "PassengerId", "row_number", "order key"])
def test_numbers_that_name_rows_are_identifiers(name: str) -> None:
    assert column(RANDOM.permutation(10 * ROWS)[:ROWS], name).kind == "identifier"


@pytest.mark.parametrize("name", ["malic_acid", "paid", "monkey", "grid", "idle"])
def test_names_that_only_look_like_it_are_none(name: str) -> None:
    assert column(RANDOM.permutation(10 * ROWS)[:ROWS], name).kind == "number"


def test_the_order_of_a_category_is_kept() -> None:
    values = pd.Categorical(["m", "s", "l", None] * 50, categories=["s", "m", "l"], ordered=True)
    assert column(values).ordered == ("s", "m", "l")


def test_users_say_it_better() -> None:
    frame = pd.DataFrame({"zip": np.arange(10000, 10200), "price": ["1,5", "2,5"] * 100})
    schema = infer_schema(frame, {"zip": "category", "price": "number"})
    assert [(each.kind, each.format) for each in schema.columns] == [("category", ""), ("number", "1.234,5")]
    with pytest.raises(SettingUnusable, match="no column 'plz'"):
        infer_schema(frame, {"plz": "category"})
    with pytest.raises(SettingUnusable, match="no kind of column 'zipcode'"):
        infer_schema(frame, {"zip": "zipcode"})  # type: ignore[dict-item]  # what the test is about


def test_fifty_thousand_columns_and_one_row_are_no_special_case() -> None:
    schema = infer_schema(pd.DataFrame(RANDOM.normal(size=(3, 50_000))).rename(columns=str))
    assert len(schema.used) == 50_000
    assert {each.kind for each in infer_schema(pd.DataFrame({"a": [1], "b": ["x"], "c": [None]})).columns} == {
        "constant"
    }
