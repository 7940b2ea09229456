"""What a look tells of each kind of value."""

from __future__ import annotations

import datetime
import functools
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]  # it ships no types
import pytest

from lumina_jupyter.context.kernel import Policy, Seen, VariableSummary, look_inside


def seen(value: object, *, policy: Policy = "values", detail: bool = True) -> VariableSummary:
    look: Seen = look_inside({"x": value}, ["x"] if detail else None, policy=policy)
    (variable,) = look.variables
    return variable


def frame(rows: int = 100) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "age": pd.array([None, 3] * (rows // 2), dtype="Int64"),
            "city": ["Oslo", "Bergen"] * (rows // 2),
            "when": pd.date_range("2024-01-01", periods=rows),
        }
    )


def test_a_pandas_frame() -> None:
    told = seen(frame())
    assert (told.type, told.shape, told.columns_total) == ("pandas.DataFrame", (100, 3), 3)
    assert [(column.name, column.missing, column.sampled) for column in told.columns] == [
        ("age", 50, 100),
        ("city", 0, 100),
        ("when", 0, 100),
    ]
    assert told.columns[0].type == "Int64"
    assert "datetime64" in told.columns[2].type
    assert "- age: Int64, 50 missing" in told.text
    assert "Bergen" in told.text
    assert told.size_bytes is not None


def test_a_list_of_variables_holds_no_rows() -> None:
    told = seen(frame(), detail=False)
    assert told.text == "pandas DataFrame of 100 rows x 3 columns"
    assert [column.name for column in told.columns] == ["age", "city", "when"]
    assert {column.missing for column in told.columns} == {None}


def test_missing_values_of_a_large_frame_are_counted_at_its_head_only_and_it_says_so() -> None:
    table = pd.DataFrame({"a": np.zeros(5_000)})
    table.loc[[3, 4_999], "a"] = np.nan
    told = seen(table)
    assert (told.columns[0].missing, told.columns[0].sampled) == (1, 1_000)
    assert "first 1,000 rows only" in told.text


def test_pandas_series_and_index() -> None:
    told = seen(pd.Series([1.0, None, 3.0], name="v"))
    assert told.text == "pandas.Series of 3 values, float64, named v: 1, nan, 3; 1 missing"
    assert told.shape == (3,)
    assert "a, b" in seen(pd.Index(["a", "b"])).text
    assert "category" in seen(pd.Series(["a", "b"], dtype="category")).text


def test_unusual_frames() -> None:
    wide = seen(pd.DataFrame(np.zeros((2, 5_000))))
    assert (wide.shape, wide.columns_total, len(wide.columns)) == ((2, 5_000), 5_000, 200)
    assert "… and 4,800 more columns" in wide.text
    assert seen(pd.DataFrame()).shape == (0, 0)
    twice = pd.DataFrame([[1, 2]], columns=["a", "a"])
    assert [column.name for column in seen(twice).columns] == ["a", "a"]
    levels = pd.DataFrame([[1]], columns=pd.MultiIndex.from_tuples([("a", 1)]), index=pd.Index(["r"], name="key"))
    assert seen(levels).columns[0].name == "('a', 1)"
    objects = pd.DataFrame({"o": [object(), {"k": [1]}, "a|b\nc"]})
    assert "a\\|b c" in seen(objects).text


def test_a_subclass_of_a_frame_is_a_frame() -> None:
    class Mine(pd.DataFrame):  # type: ignore[misc]  # pandas is Any to mypy
        """A frame that says something else of itself."""

        def __repr__(self) -> str:
            raise AssertionError

    told = seen(Mine({"a": [1]}))
    assert told.shape == (1, 1)
    assert "- a: int64" in told.text


def test_polars() -> None:
    table = pl.DataFrame({"x": [1, 2, None], "y": ["a", "b", "c"], "z": [[1], [2], []]})
    told = seen(table)
    assert (told.type, told.shape) == ("polars.DataFrame", (3, 3))
    assert [(each.name, each.type, each.missing) for each in told.columns] == [
        ("x", "Int64", 1),
        ("y", "String", 0),
        ("z", "List(Int64)", 0),
    ]
    assert "All rows:" in told.text
    assert "polars Series of 3 values, Int64, named x: 1, 2, None; 1 missing" in seen(table["x"]).text


def test_a_lazy_frame_is_not_computed() -> None:
    computed: list[int] = []

    def compute(table: pl.DataFrame) -> pl.DataFrame:
        computed.append(1)
        return table

    lazy = pl.DataFrame({"x": [1]}).lazy().map_batches(compute)
    assert "not computed" in seen(lazy).text
    assert "not computed" in seen(pl.scan_parquet("/nowhere/at/all.parquet")).text
    assert not computed


def test_arrow() -> None:
    table = pa.table({"a": [1, None], "b": ["x", "y"], "c": pa.array(["u", "u"]).dictionary_encode()})
    told = seen(table)
    assert (told.type, told.shape) == ("pyarrow.Table", (2, 3))
    assert [(each.name, each.missing) for each in told.columns] == [("a", 1), ("b", 0), ("c", 0)]
    assert told.columns[2].type.startswith("dictionary<")
    assert "| 1 | x | u |" in told.text
    assert "1, 2" in seen(pa.array([1, 2])).text
    assert seen(table["a"]).shape == (2,)
    assert seen(table.to_batches()[0]).shape == (2, 3)


def test_numpy() -> None:
    told = seen(np.arange(12.0).reshape(3, 4))
    assert (told.type, told.shape, told.size_bytes) == ("numpy.ndarray", (3, 4), 96)
    assert told.text == "numpy array of shape (3, 4), float64: 0, 1, 2, 3, 4, 5, … (from 0 to 11, mean 5.5)"
    assert seen(np.float64(2.5)).text == "2.5"
    assert "<U2" in seen(np.array(["a", "bb"])).text
    huge = np.broadcast_to(np.float32(1), (10**6, 10**6))
    assert seen(huge).shape == (10**6, 10**6)
    assert "[('a', '<i8')]" in seen(np.zeros(3, dtype=[("a", "i8")])).text
    assert seen(np.array(5)).shape == ()


@dataclass
class Point:
    x: int
    y: int


class Plain:
    def __init__(self) -> None:
        self.rows = 5
        self.password = "secret"
        self._inner = 1


Pair = namedtuple("Pair", "left right")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (5, "5"),
        (None, "None"),
        (True, "True"),
        (2.5, "2.5"),
        (1j, "1j"),
        ("Oslo", "'Oslo'"),
        (b"ab", "b'ab'"),
        ([1, "a", None], "[1, 'a', None]"),
        ((1,), "(1,)"),
        ({"a": 1, "api_key": "sk-1"}, "{'a': 1, 'api_key': <hidden>}"),
        (OrderedDict(a=1), "{'a': 1}"),
        (defaultdict(list, a=[1]), "{'a': [1]}"),
        (Counter("aab"), "{'a': 2, 'b': 1}"),
        (deque([1, 2]), "deque([1, 2])"),
        (frozenset({1}), "frozenset({1})"),
        (range(3), "range(0, 3)"),
        (datetime.date(2024, 1, 2), "datetime.date(2024, 1, 2)"),
        (Path("/a"), "PosixPath('/a')"),
        (10**400, "an integer of 1,329 bits"),
        (Point(1, 2), "Point(x=1, y=2)"),
        (Pair(1, 2), "Pair(left=1, right=2)"),
        (Plain(), "an object of class unit.Plain\n  rows = 5\n  password = <hidden>"),
        (Point, "class unit.Point(x, y)"),
        (functools.partial(int, base=2), "functools.partial(<class 'int'>, base=2)"),
    ],
)
def test_plain_values(value: object, text: str) -> None:
    package = __name__.partition(".")[0]
    assert seen(value).text.replace(f"{__name__}.", "").replace(f"{package}.", "unit.") == text


def test_large_plain_values_are_told_by_their_head() -> None:
    text = seen("x" * 10**6).text
    assert text.startswith("str of 1,000,000 characters: 'xxx")
    assert len(text) < 2_100
    assert seen(list(range(10**6))).text == "list of 1,000,000 items: [0, 1, 2, 3, 4, 5, 6, 7, …]"
    assert seen({n: n for n in range(10**5)}).shape == (10**5,)
    deep: Any = []
    for _ in range(10_000):
        deep = [deep]
    assert seen(deep).text == "[[[[…]]]]"
    endless: list[Any] = []
    endless.append(endless)
    assert seen(endless).text == "[[[[…]]]]"


def test_functions_are_told_by_their_heads() -> None:
    def fit(table: Any, *, target: str = "y", token: str = "abc", **options: Any) -> None:
        """Fit it.

        At length.
        """

    def few(a: int, b: int = 3, *rest: int) -> None: ...

    assert seen(fit).text == "fit(table, *, target='y', token=…, **options)\nFit it.\n\nAt length."
    assert seen(few).text == "few(a, b=3, *rest)"
    assert seen(few, policy="schema-only").text == "few(a, b=…, *rest)"
    assert seen(len).text.startswith("len(obj, /): ")


def test_estimators() -> None:
    linear = pytest.importorskip("sklearn.linear_model")
    pipeline = pytest.importorskip("sklearn.pipeline")
    model = linear.LogisticRegression(C=0.5)
    assert seen(model).text == "LogisticRegression, not fitted\nParameters: C=0.5"
    model.fit(pd.DataFrame({"a": [0, 1], "b": [1, 0]}), ["no", "yes"])
    text = seen(model).text
    assert "fitted on 2 features" in text
    assert "Features: a, b" in text
    assert "coef_" in text
    hidden = seen(model, policy="schema-only").text
    assert "0.5" not in hidden
    assert "Features: a, b" in hidden
    assert "Pipeline" in seen(pipeline.make_pipeline(model)).text


def test_figures() -> None:
    figure = pytest.importorskip("matplotlib.figure").Figure()
    axes = figure.subplots()
    axes.plot([1, 2])
    axes.set_title("Sales")
    assert seen(figure).text == "matplotlib figure of 6.4 x 4.8 inches with 1 axes\n- 1 lines, title 'Sales'"
    assert "Sales" not in seen(figure, policy="schema-only").text
    assert "title 'Sales'" in seen(axes).text
    plotly = pytest.importorskip("plotly.graph_objects")
    chart = plotly.Figure(plotly.Scatter(y=[1, 2], name="north"))
    assert seen(chart).text == "plotly figure of 1 trace\n- scatter 'north'"
    assert "north" not in seen(chart, policy="schema-only").text


def test_names_of_secrets_are_told_without_their_values() -> None:
    look = look_inside({"api_key": "sk-12345678", "sort_key": "age"}, None)
    hidden, shown = look.variables
    assert hidden.hidden
    assert hidden.shape == ()
    assert "sk-" not in repr(hidden)
    assert shown.text == "'age'"


def test_columns_of_secrets_are_told_without_their_values() -> None:
    for table in (
        pd.DataFrame({"user": ["ada"], "password": ["hunter2"]}),
        pl.DataFrame({"user": ["ada"], "password": ["hunter2"]}),
    ):
        text = seen(table).text
        assert "ada" in text
        assert "hunter2" not in text
        assert "password" in text
    assert "hunter2" not in seen(pd.Series(["hunter2"], name="password")).text


def test_values_that_look_like_keys_are_masked() -> None:
    assert "abcdef" not in seen(["sk-abcdef0123456789abcdef"]).text


def test_a_list_leaves_out_modules_and_what_is_the_shells() -> None:
    look = look_inside({"np": np, "_x": 1, "exit": 3, "df": 1, "In": [1]}, None, hidden={"exit": 3, "In": [1]})
    assert [each.name for each in look.variables] == ["df", "In"]


def test_names_that_are_not_there_are_not_in_the_answer() -> None:
    assert [each.name for each in look_inside({"a": 1}, ["b", "a", "a"]).variables] == ["a"]


def test_off_sees_nothing() -> None:
    look = look_inside({"a": 1}, None, policy="off")
    assert (look.how, look.variables) == ("off", ())
