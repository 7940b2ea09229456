"""Tables of any kind come in, with text for names; what can't be used is refused in words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars
import pyarrow  # type: ignore[import-untyped]  # it ships no types
import pytest
import scipy.sparse
from hypothesis import given
from hypothesis import strategies as some

from lumina_jupyter.automl.tables.frames import align, read_table, unique_names
from lumina_jupyter.automl.tables.schema import infer_schema
from lumina_jupyter.errors import DataUnusable

ROWS = {"größe": [1.5, 2.5], "city": ["Köln", "Łódź"]}


class Streamed:
    """A table of a library that nobody here knows, which speaks Arrow."""

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        return pyarrow.table(ROWS).__arrow_c_stream__(requested_schema)


@pytest.mark.parametrize(
    "data",
    [
        pd.DataFrame(ROWS, index=[7, 7]),
        polars.DataFrame(ROWS),
        polars.LazyFrame(ROWS),
        pyarrow.table(ROWS),
        pyarrow.RecordBatch.from_pydict(ROWS),
        Streamed(),
        ROWS,
        [{"größe": 1.5, "city": "Köln"}, {"größe": 2.5, "city": "Łódź"}],
        np.array([(1.5, "Köln"), (2.5, "Łódź")], dtype=[("größe", float), ("city", object)]),
    ],
    ids=lambda data: type(data).__module__.split(".")[0] + "." + type(data).__name__,
)
def test_tables_of_every_library_are_the_same_table(data: Any) -> None:
    frame = read_table(data).frame
    assert list(frame.columns) == ["größe", "city"]
    assert frame.index.tolist() == [0, 1]
    assert frame["größe"].tolist() == [1.5, 2.5]
    assert frame["city"].tolist() == ["Köln", "Łódź"]


@pytest.mark.parametrize(
    "data", [np.eye(3), np.eye(3).tolist(), scipy.sparse.eye_array(3), scipy.sparse.csr_matrix(np.eye(3))]
)
def test_arrays_have_columns_by_their_positions(data: Any) -> None:
    frame = read_table(data).frame
    assert list(frame.columns) == ["x0", "x1", "x2"]
    np.testing.assert_array_equal(frame.to_numpy(dtype=float), np.eye(3))


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (None, "not None"),
        ("df", "not str"),
        (7, "not int"),
        (object(), "can't be read as a table"),
        (np.array(7), "has 0"),
        (np.arange(3), "has 1. Reshape your data"),
        ([1, 2, 3], "has 1. Reshape your data"),
        (np.zeros((2, 2, 2)), "has 3"),
        ([[1, 2], [1]], "different lengths: from 1 to 2"),
        (pd.DataFrame({"a": []}), "no rows"),
        (pd.DataFrame(index=[0, 1, 2]), r"0 feature\(s\) \(shape=\(3, 0\)\) while a minimum of 1 is required"),
        (np.array([[1 + 2j]]), "Complex data not supported"),
        (scipy.sparse.csr_array((100_000, 100_000)), "80 GB"),
    ],
)
def test_what_is_no_table_is_refused_in_words(data: Any, text: str) -> None:
    with pytest.raises(DataUnusable, match=text):
        read_table(data)


@given(some.lists(some.one_of(some.none(), some.floats(), some.integers(0, 3), some.text(max_size=2)), max_size=8))
def test_no_two_names_are_the_same(names: list[Any]) -> None:
    made, told = unique_names(names)
    assert len(set(made)) == len(made) == len(names)
    assert all(map(str.strip, made))
    assert unique_names(made) == (made, [])
    assert not told or "told apart" in told[0]


def test_names_that_come_twice_are_told_apart_and_told() -> None:
    frame = pd.DataFrame([[1, 2, 3, 4]], columns=["x", "x", "x.2", 0])
    table = read_table(frame)
    assert list(table.frame.columns) == ["x", "x.3", "x.2", "0"]
    assert table.told == ("Columns with the same name were told apart: 'x.3'.",)
    levels = pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("sales", 2024), ("sales", 2025)]))
    assert list(read_table(levels).frame.columns) == ["sales / 2024", "sales / 2025"]
    assert frame.columns.tolist() == ["x", "x", "x.2", 0], "the user's own table is left as it was"


def test_columns_are_found_by_name_when_a_model_predicts() -> None:
    schema = infer_schema(pd.DataFrame({"a": [1.0, 2.0], "b": ["x", "y"], "always": [1, 1]}))
    table = align(read_table({"new": [0], "b": ["z"], "a": [3.0]}), schema)
    assert list(table.frame.columns) == ["a", "b", "always"]
    assert table.frame["a"].tolist() == [3.0]
    assert table.told == ("The model doesn't know 1 column, which it leaves out: 'new'.",)
    with pytest.raises(DataUnusable, match=r"lacks 1 column .*: 'b'\. Is it 'B' for 'b'\?"):
        align(read_table({"a": [1.0], "B": ["x"]}), schema)
