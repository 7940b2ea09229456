"""Request bodies: what is read, and which field an error names."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumina_jupyter.errors import InvalidBody
from lumina_jupyter.gateway import ImagePart, TextPart
from lumina_jupyter.memory import Question
from lumina_jupyter.server.bodies import parse_body
from lumina_jupyter.server.openai.wire import ChatCompletionRequest, EmbeddingsRequest


def question(**fields: Any) -> bytes:
    return json.dumps({"prompt": [{"text": "Hello"}], **fields}).encode()


def chat(**fields: Any) -> bytes:
    return json.dumps({"messages": [{"role": "user", "content": "Hello"}], **fields}).encode()


def test_a_question_is_read() -> None:
    image = {"type": "image", "media_type": "image/png", "data": "iVBO"}
    read = parse_body(question(prompt=[{"text": "Hello"}, image], notebook="a.ipynb", temperature=1), Question)
    assert read.prompt == (TextPart("Hello"), ImagePart(data="iVBO"))
    assert read.notebook == "a.ipynb"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (question(colour="red"), "colour"),
        (question(model=5), "model"),
        (question(max_tokens="5"), "max_tokens"),
        (question(max_tokens=5.5), "max_tokens"),
        (question(max_tokens=True), "max_tokens"),
        (question(temperature="hot"), "temperature"),
        (question(history=1), "history"),
        (question(prompt=5), "prompt"),
        (question(prompt=[{"text": 5}]), "prompt[0].text"),
        (question(prompt=[{"text": "a"}, {"text": "b", "colour": "red"}]), "prompt[1].colour"),
        (question(prompt=[{"type": "image", "data": 5}]), "prompt[0].data"),
        (question(prompt=[{"type": "image", "size": 5}]), "prompt[0].size"),
        (question(prompt=[{"type": "sound", "text": "a"}]), "prompt[0].type"),
        (question(schema={"name": "x"}), "schema.schema"),
        (b"{}", "prompt"),
        (b"[]", ""),
        (b"5", ""),
        (b"null", ""),
    ],
)
def test_the_field_is_named(body: bytes, field: str) -> None:
    with pytest.raises(InvalidBody) as caught:
        parse_body(body, Question)
    assert caught.value.field == field
    assert field in caught.value.message
    assert 400 <= caught.value.http_status < 500


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (chat(messages=[]), "messages"),
        (chat(messages=[{"role": "user"}]), "messages[0].content"),
        (chat(messages=[{"role": "robot", "content": "a"}]), "messages[0]"),
        (chat(messages=[{"content": "a"}]), "messages[0]"),
        (chat(messages=[{"role": "user", "content": [{"type": "text", "text": 5}]}]), "messages[0].content[0].text"),
        (chat(messages=[{"role": "user", "content": 5}]), "messages[0].content"),
        (
            chat(messages=[{"role": "user", "content": [{"type": "image_url", "image_url": {"uri": "x"}}]}]),
            "messages[0].content[0].image_url.url",
        ),
        (
            chat(messages=[{"role": "assistant", "tool_calls": [{"id": "1", "function": {"name": "f"}}]}]),
            "messages[0].tool_calls[0].function.arguments",
        ),
        (chat(tools=[{"type": "function", "function": {"name": "f", "arguments": {}}}]), "tools[0].function.arguments"),
        (chat(tools=[{"type": "magic"}]), "tools[0].type"),
        (chat(tool_choice="perhaps"), "tool_choice"),
        (
            chat(response_format={"type": "json_schema", "json_schema": {"name": "x"}}),
            "response_format.json_schema.schema",
        ),
        (chat(response_format={"type": "xml"}), "response_format"),
        (chat(max_tokens=0), "max_tokens"),
        (chat(temperature=7), "temperature"),
        (chat(stream="yes"), "stream"),
        (chat(stop=[1]), "stop[0]"),
        (chat(seed="x"), "seed"),
        (chat(functions=[]), "functions"),
    ],
)
def test_the_field_of_openais_format_is_named(body: bytes, field: str) -> None:
    with pytest.raises(InvalidBody) as caught:
        parse_body(body, ChatCompletionRequest)
    assert caught.value.field == field


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b'{"prompt": [{"text": "\xc3"}]}',
        b'{"prompt": [{"text": "a"}], "temperature": NaN}',
        b'{"prompt": [{"text": "a"}], "temperature": -Infinity}',
        b'{"prompt": [{"text": "a"}], "temperature": 1e999}',
        b'{"prompt": [{"text": "a"}], "schema": {"schema": {"a": NaN}}}',
        b'{"prompt": [{"text": "a"}], "max_tokens": ' + b"9" * 5000 + b"}",
        b'{"prompt": [{"text": "\\ud800"}], "max_tokens": ' + b"9" * 5000 + b"}",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"prompt": [{"text": "NaN \\ud800"}], "schema": {"schema": ' + b'{"a":' * 50_000,
        b"\x00",
        b'{"prompt": [{"text": "a"}]} trailing',
    ],
    ids=range(15),
)
def test_broken_json_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidBody):
        parse_body(body, Question)


def test_the_last_of_two_equal_keys_holds() -> None:
    assert parse_body(b'{"prompt": [], "model": "a/b", "model": "c/d"}', Question).model == "c/d"


def test_text_survives_but_for_lone_surrogates() -> None:
    text = "NaN \x00 \u2028 \U0001f600 \ud83d \udc00 Infinity"
    read = parse_body(json.dumps({"prompt": [{"text": text}]}).encode(), Question)
    assert read.text == "NaN \x00 \u2028 \U0001f600 \ufffd \ufffd Infinity"
    read.text.encode()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)
NAMES = st.sampled_from(["prompt", "messages", "model", "tools", "content", "role", "type", "text", "input", "stop"])


@given(st.dictionaries(NAMES | st.text(max_size=8), JSON, max_size=6))
def test_any_json_is_read_or_refused(data: dict[str, Any]) -> None:
    for cls in (Question, ChatCompletionRequest, EmbeddingsRequest):
        with contextlib.suppress(InvalidBody):
            parse_body(json.dumps(data).encode(), cls)


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    with pytest.raises(InvalidBody):
        parse_body(body, Question)
