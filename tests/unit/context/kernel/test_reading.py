"""What a kernel answers is read as what a stranger says."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lumina_jupyter.context.kernel import stricter
from lumina_jupyter.context.kernel.reading import read_variables

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)
PART = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(("name", "type", "shape", "size", "columns", "columns_total", "text", "hidden", "id"), JSON),
)


@given(st.fixed_dictionaries({"variables": st.lists(PART | JSON, max_size=4) | JSON}))
def test_nothing_that_it_says_does_harm(answer: dict[str, Any]) -> None:
    for variable in read_variables(answer):
        assert isinstance(variable.name, str)
        assert len(variable.text) <= 20_000
        assert all(type(size) is int for size in variable.shape)
        json.dumps([variable.text, variable.type, [column.name for column in variable.columns]])


def test_what_is_well_formed_is_kept() -> None:
    column = {"name": "a", "type": "int64", "missing": 1, "sampled": 10}
    told = {"name": "df", "type": "T", "shape": [10, 1], "size": 80, "columns": [column], "columns_total": 1, "id": 7}
    (variable,) = read_variables({"variables": [told, {"type": "no name"}]})
    assert (variable.name, variable.shape, variable.columns[0].missing, variable.identity) == ("df", (10, 1), 1, 7)


def test_keys_in_texts_are_masked() -> None:
    (variable,) = read_variables({"variables": [{"name": "x", "text": "key=sk-abcdef0123456789"}]})
    assert "0123456789" not in variable.text


def test_the_stricter_policy_holds() -> None:
    assert stricter("values", "schema-only") == "schema-only"
    assert stricter("off", "schema-only") == "off"
    assert stricter("values", "values") == "values"
    assert stricter("values", "nonsense") == "off"
