"""Code, JSON and schemas in answers, and text that is fit to be shown."""

from __future__ import annotations

import dataclasses
import json
import typing
from typing import Any

import pydantic
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumina_jupyter.errors import InvalidOption, UnknownName
from lumina_jupyter.events import Usage
from lumina_jupyter.magics.code_blocks import code_blocks, json_data, python_code
from lumina_jupyter.magics.display_text import CleanStream, clean, whole
from lumina_jupyter.magics.result import Answer, dollars
from lumina_jupyter.magics.schemas import AnswerSchema


@pytest.mark.parametrize(
    ("markdown", "code"),
    [
        ("Text\n```python\nx = 1\n```\nmore", "x = 1"),
        ("```\nx = 1\n```", "x = 1"),
        ("1. Do\n   ```py\n   if x:\n       y()\n   ```", "if x:\n    y()"),
        ("~~~python\na\n```\nb\n~~~", "a\n```\nb"),
        ("````python\n```\n````", "```"),
        ("```bash\npip install x\n```\n```python\nimport x\n```", "import x"),
        ("```python\na = 1\n```\ntext\n```python\nb = 2\n```", "a = 1\n\nb = 2"),
        ("```sql\nSELECT 1\n```", "SELECT 1"),
        ("```python\ncut = off", "cut = off"),
        ("x = 1\nprint(x)", "x = 1\nprint(x)"),
        ("Sorry", ""),
        ("I cannot do that.", ""),
        ("", ""),
    ],
)
def test_the_code_of_an_answer(markdown: str, code: str) -> None:
    assert python_code(markdown) == code


@given(st.text(alphabet="`~ \nab", max_size=80))
def test_any_text_has_code_blocks_or_none(text: str) -> None:
    for block in code_blocks(text):
        assert block.code == block.code.strip("\n")


@pytest.mark.parametrize(
    "text",
    [
        '{"a": [1, 2]}',
        'Sure:\n```json\n{"a": [1, 2]}\n```\nDone.',
        'It is {"a": [1, 2]}, I think.',
        ' \n{"a": [1, 2]}\n',
    ],
)
def test_the_json_of_an_answer(text: str) -> None:
    assert json_data(text) == {"a": [1, 2]}


@pytest.mark.parametrize("text", ["", "none", "{'a': 1}", '{"a": NaN}', "[" * 100_000])
def test_an_answer_without_json(text: str) -> None:
    with pytest.raises(ValueError, match=r"JSON|Expecting|property name"):
        json_data(text)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
    )
)
def test_any_json_comes_back(data: Any) -> None:
    assert json_data(json.dumps(data)) == data
    assert json_data(f"```json\n{json.dumps(data, indent=1)}\n```") == data


class Place(typing.TypedDict):
    name: str
    note: typing.NotRequired[str]


class Trip(typing.TypedDict):
    first: Place


@dataclasses.dataclass
class City:
    name: str
    tags: list[str]


class Country(pydantic.BaseModel):
    cities: list[City]


def test_schemas_of_classes_read_their_instances() -> None:
    schema = AnswerSchema("Country", {"Country": Country})
    data = schema.read({"cities": [{"name": "Oslo", "tags": ["x"]}]})
    assert data == Country(cities=[City("Oslo", ["x"])])
    with pytest.raises(ValueError, match="cities"):
        schema.read({"cities": 3})


def test_a_schema_is_strict_only_where_every_property_is_required() -> None:
    class Flat(pydantic.BaseModel):
        a: int

    assert AnswerSchema("Flat", {"Flat": Flat}).for_request.strict
    assert AnswerSchema("Flat", {"Flat": Flat}).schema["additionalProperties"] is False
    assert not AnswerSchema("Place", {"Place": Place}).for_request.strict
    assert AnswerSchema("Trip", {"Trip": Trip}).read({"first": {"name": "Oslo"}}) == {"first": {"name": "Oslo"}}
    assert not AnswerSchema("D", {"D": {"type": "object"}}).for_request.strict


def test_a_property_may_be_called_properties() -> None:
    inner = {"type": "object", "properties": {"properties": {"type": "string"}}, "required": ["properties"]}
    schema = AnswerSchema("S", {"S": inner})
    assert schema.schema == {**inner, "additionalProperties": False}


@pytest.mark.parametrize("value", [3, "x", int, [1], lambda: 0])
def test_what_is_no_schema_is_refused(value: Any) -> None:
    with pytest.raises(InvalidOption):
        AnswerSchema("S", {"S": value})
    with pytest.raises(UnknownName):
        AnswerSchema("S", {})


def test_text_is_made_fit_to_be_shown() -> None:
    assert clean("a\x00b\x1b[1;31mred\x1b[0m\x1b]8;;http://x\x07link\x07 c\rd\r\ne\tf\x9b") == "abredlink c\nd\ne\tf"
    assert whole("\ud83d\ude00 \ud800") == "\U0001f600 \ufffd"


_TOKENS = [
    "a",
    "b ",
    "\r",
    "\n",
    "\r\n",
    "\x1b",
    "\x1b[31m",
    "\x1b]0;t\x07",
    "\x1b]x\x1b\\",
    "\ud83d",
    "\ude00",
    "\ud83d\ude00",
    "\x00",
    "\t",
]


@given(st.lists(st.sampled_from(_TOKENS), max_size=20).map("".join), st.integers(1, 5))
def test_a_cleaned_stream_does_not_depend_on_its_pieces(text: str, size: int) -> None:
    stream = CleanStream()
    pieces = [stream.feed(text[at : at + size]) for at in range(0, len(text), size)]
    assert "".join(pieces) + stream.close() == clean(text)


def test_an_answer_shows_what_it_took() -> None:
    answer = Answer(
        text="<script>hi</script> **there**" + " more" * 50,
        code="",
        data=None,
        model="a/b",
        usage=Usage(input_tokens=1_000, output_tokens=234),
        cost=None,
        seconds=1.26,
        request_id="r",
    )
    assert "(a/b · 1,234 tokens · price unknown · 1.3 s)" in repr(answer)
    assert len(repr(answer)) < 160
    assert answer._repr_markdown_().startswith("&lt;script>hi&lt;/script> **there**")
    assert [dollars(usd) for usd in (None, 0.0, 0.00001234, 0.00123, 1.5)] == [
        "price unknown",
        "$0",
        "$1.2e-05",
        "$0.0012",
        "$1.50",
    ]
