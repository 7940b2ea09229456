"""Values against schemas that others wrote."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from lumina_jupyter.tools.mcp.client.schema import mismatch

PERSON = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "minLength": 1, "maxLength": 5},
        "age": {"type": "integer", "minimum": 0, "maximum": 150},
        "kind": {"enum": ["a", "b"]},
        "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 2},
        "boss": {"$ref": "#/$defs/boss"},
        "one": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "fixed": {"const": True},
    },
    "required": ["name"],
    "additionalProperties": False,
    "$defs": {"boss": {"type": "object", "required": ["name"]}},
}


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ({"name": "Ada"}, ""),
        ({"name": "Ada", "age": 3.0, "kind": "a", "tags": ["x"], "boss": {"name": 1}, "one": None, "fixed": True}, ""),
        ({}, "`name` is missing"),
        ({"name": 3}, "`name` is no string"),
        ({"name": ""}, "length of `name` is less than 1"),
        ({"name": "Adalbert"}, "length of `name` is more than 5"),
        ({"name": "Ada", "age": True}, "`age` is no integer"),
        ({"name": "Ada", "age": 3.5}, "`age` is no integer"),
        ({"name": "Ada", "age": 200}, "`age` is more than 150"),
        ({"name": "Ada", "kind": "c"}, "`kind` is none of 'a', 'b'"),
        ({"name": "Ada", "tags": [1]}, "`tags[0]` is no string"),
        ({"name": "Ada", "boss": {}}, "`boss.name` is missing"),
        ({"name": "Ada", "one": 3}, "`one` is none of what it may be"),
        ({"name": "Ada", "fixed": 1}, "`fixed` is not True"),
        ({"name": "Ada", "more": 1}, "There is no `more`"),
        ([], "the value is no object"),
    ],
)
def test_what_is_wrong_is_told_in_a_sentence(value: Any, told: str) -> None:
    found = mismatch(PERSON, value)
    assert told in found if told else found == ""


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "#"},
        {"$defs": {"a": {"allOf": [{"$ref": "#/$defs/a"}] * 2}}, "$ref": "#/$defs/a"},
        {"$defs": {f"a{i}": {"allOf": [{"$ref": f"#/$defs/a{i + 1}"}] * 10} for i in range(40)}, "$ref": "#/$defs/a0"},
        {"type": "string", "pattern": "^(a+)+$"},
        {"$ref": "https://evil.example/schema.json"},
        {"$ref": "file:///etc/passwd"},
        {"type": 7, "properties": [], "required": 3, "enum": "x", "items": 4, "anyOf": {}},
        {"type": ["string", {"a": 1}]},
        True,
        None,
        "schema",
    ],
)
def test_a_hostile_schema_is_passed_over(schema: Any) -> None:
    assert mismatch(schema, "a" * 64 + "!") == ""


SCHEMAS = st.recursive(
    st.sampled_from(
        [True, {"type": "string"}, {"type": "integer"}, {"type": "null"}, {"enum": [1, "a", None]}, {"minimum": 2}]
    ),
    lambda inner: st.one_of(
        st.builds(lambda each: {"type": "array", "items": each}, inner),
        st.builds(lambda a, b: {"anyOf": [a, b]}, inner, inner),
        st.builds(lambda a, b: {"allOf": [a, b]}, inner, inner),
        st.builds(lambda a: {"type": "object", "properties": {"a": a}, "required": ["a"]}, inner),
        st.builds(lambda a: {"additionalProperties": a}, inner),
    ),
    max_leaves=6,
)
VALUES = st.recursive(
    st.sampled_from([1, 2.0, 2.5, "a", "b", None, True]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["a", "b"]), inner, max_size=2),
    max_leaves=6,
)


@given(SCHEMAS, VALUES)
def test_it_says_what_the_standard_says(schema: Any, value: Any) -> None:
    assert (mismatch(schema, value) == "") == Draft202012Validator(schema).is_valid(value)
