"""Under `schema-only` no value is told, wherever it stands."""

from __future__ import annotations

import enum
import string
from collections import OrderedDict, deque
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]  # it ships no types
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumina_jupyter.context.kernel import look_inside
from lumina_jupyter.context.kernel.reading import without_values

MARK = "zqxmark"


class Holder:
    def __init__(self, value: object) -> None:
        self.value = value

    def __repr__(self) -> str:
        return f"Holder({self.value!r})"


class Bare:
    def __init__(self, value: object) -> None:
        self.value = value


def _function(value: object) -> Any:
    def made(a: object, b: object = value, *, c: object = value) -> None: ...

    return made


def _arrow(value: str) -> object:
    return pa.table({"a": pa.array([value, value]).dictionary_encode()}).replace_schema_metadata({value: value})


CARRIERS: list[Any] = [
    lambda v: v,
    lambda v: v.encode(),
    lambda v: [v],
    lambda v: {v: v},
    lambda v: {"k": {v}},
    lambda v: (v,),
    lambda v: deque([v]),
    lambda v: OrderedDict({v: 1}),
    Holder,
    Bare,
    ValueError,
    _function,
    lambda v: np.array([v, v]),
    lambda v: np.array([{v: v}], dtype=object),
    np.str_,
    lambda v: pd.DataFrame({"a": [v]}, index=[v]),
    lambda v: pd.DataFrame({"a": [[v]]}),
    lambda v: pd.Series([v], index=[v]),
    lambda v: pd.Index([v]),
    lambda v: pd.Series([v], dtype="category"),
    lambda v: pl.DataFrame({"a": [v]}),
    lambda v: pl.DataFrame({"a": [v]}, schema={"a": pl.Enum([v])}),
    lambda v: pl.DataFrame({"a": [[v]]}, schema={"a": pl.List(pl.Enum([v]))}),
    lambda v: pl.DataFrame({"a": [{"f": v}]}, schema={"a": pl.Struct({"f": pl.Enum([v])})}),
    lambda v: pl.Series([v], dtype=pl.Categorical),
    lambda v: pl.DataFrame({"a": [v]}).lazy().filter(pl.col("a") == v),
    _arrow,
    lambda v: pa.array([v]),
    lambda v: enum.Enum("Kind", {"A": v}).A,  # type: ignore[attr-defined]  # made just now
]


@given(carrier=st.sampled_from(CARRIERS), tail=st.text(string.ascii_letters, max_size=20), detail=st.booleans())
def test_no_value_is_told(carrier: Any, tail: str, detail: bool) -> None:
    value = carrier(MARK + tail)
    names = ["x"] if detail else None
    told = look_inside({"x": value}, names, policy="schema-only")
    (variable,) = told.variables
    assert variable.type
    assert MARK not in repr(told)
    # And what was seen when values were allowed can be told without them.
    (opened,) = look_inside({"x": value}, names).variables
    assert MARK not in repr(without_values(opened))


def test_numbers_are_values_too() -> None:
    sparse = pd.DataFrame({"s": pd.arrays.SparseArray([7316.5, 7316.5, 1.0], fill_value=7316.5)})
    for value in (73165, 7316.5, [73165], np.array([73165]), sparse, pd.Series([73165]), pl.Series([73165])):
        told = look_inside({"x": value}, ["x"], policy="schema-only")
        assert "7316" not in repr(told.variables[0].text + repr(told.variables[0].columns))


def test_names_types_and_shapes_are_told() -> None:
    table = pd.DataFrame({"customer": ["a"], "spent": [1.0]})
    (told,) = look_inside({"t": table}, ["t"], policy="schema-only").variables
    assert [(column.name, column.missing) for column in told.columns] == [("customer", None), ("spent", None)]
    assert told.columns[1].type == "float64"
    assert told.shape == (1, 2)


def test_figures_and_estimators_tell_no_value() -> None:
    figure = pytest.importorskip("matplotlib.figure").Figure()
    figure.subplots().set_title(MARK)
    figure.suptitle(MARK)
    chart = pytest.importorskip("plotly.graph_objects").Figure(layout={"title": MARK})
    model = pytest.importorskip("sklearn.dummy").DummyClassifier(strategy="constant", constant=MARK)
    model.fit([[1], [2]], [MARK, MARK])
    for value in (figure, chart, model):
        assert MARK not in repr(look_inside({"x": value}, ["x"], policy="schema-only"))
