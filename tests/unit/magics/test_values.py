"""What a model is shown of a variable."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumina_jupyter.magics.values import LONGEST, LONGEST_STRING, describe, describe_named


def test_a_pandas_frame_is_its_schema_its_size_and_a_few_rows() -> None:
    frame = pd.DataFrame(
        {"a": range(1_000), "b": [None, *["x|y"] * 999], "when": pd.date_range("2026-01-01", periods=1_000)}
    )
    shown = describe(frame)
    assert shown.startswith("pandas DataFrame of 1,000 rows x 3 columns\n- a: int64\n- b: ")
    assert "1 missing" in shown
    assert "The first 5 rows:" in shown
    assert "| 4 | x\\|y | 2026-01-05" in shown
    assert "| 5 |" not in shown


def test_a_small_frame_is_shown_whole_and_an_empty_one_too() -> None:
    assert "All rows:" in describe(pd.DataFrame({"a": range(8)}))
    assert describe(pd.DataFrame()).startswith("pandas DataFrame of 0 rows x 0 columns")


def test_a_wide_or_strange_frame_stays_bounded() -> None:
    wide = pd.DataFrame([[0.123456789] * 5_000], columns=[("x" * 500, n) for n in range(5_000)])
    assert len(describe(wide)) <= LONGEST + 100
    assert "more columns" in describe(pd.DataFrame([[1] * 100]))
    assert "row" in describe(pd.DataFrame([[1, 2]], columns=["same", "same"]))


def test_polars_frames_are_shown_and_lazy_ones_are_not_computed() -> None:
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame({"a": [1, None, 3], "b": ["x", "y", "z"]})
    assert describe(frame).startswith("polars DataFrame of 3 rows x 2 columns\n- a: Int64, 1 missing\n- b: String")
    computed: list[int] = []

    def note(batch: Any) -> Any:
        computed.append(1)
        return batch

    lazy = frame.lazy().map_batches(note, schema={"a": polars.Int64, "b": polars.String})
    assert describe(lazy).startswith("polars LazyFrame (not computed) of 2 columns\n- a: Int64")
    assert computed == []


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("text\nas it is", "text\nas it is"),
        (7, "7"),
        (np.int64(30), "30"),
        (np.float64(0.5), "0.5"),
        (pd.Timestamp("2026-01-02"), "2026-01-02 00:00:00"),
        (None, "None"),
        ([1, "a", None], "[1, 'a', None]"),
        ({"a": {"b": 1}}, "{'a': {'b': 1}}"),
        (b"\x00\x01", "bytes of 2 bytes: 00 01"),
        (np.array([1.0, 2.0]), "numpy array of shape (2,), float64, from 1.0 to 2.0, mean 1.5: [1. 2.]"),
        (pd.Series([1, 2, 3], name="n"), "pandas Series of 3 values, int64, named n, from 1 to 3, mean 2: 1, 2, 3"),
    ],
)
def test_other_values(value: object, expected: str) -> None:
    assert describe(value) == expected


def test_a_function_is_its_source_and_a_builtin_its_signature() -> None:
    assert describe(test_a_function_is_its_source_and_a_builtin_its_signature).startswith("def test_a_function_is")
    assert "Return the number of items" in describe(len) or "len" in describe(len)
    assert describe(sys).startswith("module sys:")


def test_an_object_without_a_repr_shows_its_attributes() -> None:
    class Point:
        def __init__(self) -> None:
            self.x = 1
            self._secret = 2

    shown = describe(Point())
    assert "x = 1" in shown
    assert "_secret" not in shown


def test_broken_endless_and_huge_values_are_cut_safely() -> None:
    class Broken:
        def __repr__(self) -> str:
            raise RuntimeError

        def __getattr__(self, name: str) -> Any:
            raise RuntimeError

    class Huge:
        def __repr__(self) -> str:
            return "x" * 10_000_000

    endless: list[Any] = []
    endless.append(endless)
    nested: Any = 0
    for _ in range(5_000):
        nested = [nested]
    long = {f"k{n}": "x" * 590 for n in range(60)}
    for value in (long, Broken(), [Broken()], Huge(), {"a": Huge()}, endless, nested, list(range(10**6)), 10**4_000):
        assert 0 < len(describe(value)) <= LONGEST + 100
    assert "repr raised RuntimeError" in describe([Broken()])


def test_a_long_string_says_how_much_was_left_out() -> None:
    shown = describe("x" * (LONGEST_STRING + 5))
    assert shown.endswith("… (5 more characters left out)")


def test_named_values() -> None:
    assert describe_named("n", 3) == "`n`: 3"
    assert describe_named("s", "abc") == "`s` is a string of 3 characters:\nabc"


_plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner) | st.sets(st.integers()),
)


@given(_plain)
def test_any_plain_value_is_described_within_bounds(value: object) -> None:
    assert len(describe(value)) <= LONGEST_STRING + 100
