"""OpenAI's requests become ours: written back by an independent hand, nothing is missing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumina_jupyter.errors import InvalidBody
from lumina_jupyter.gateway import (
    ChatRequest,
    ImagePart,
    Message,
    ReasoningPart,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)
from lumina_jupyter.server.bodies import parse_body
from lumina_jupyter.server.openai.requests import chat_request, embedding_request
from lumina_jupyter.server.openai.wire import ChatCompletionRequest, EmbeddingsRequest

TEXT = st.text(max_size=20)
NAME = st.text("abcdefgh_", min_size=1, max_size=8)
ARGUMENTS = st.dictionaries(NAME, st.integers() | TEXT, max_size=3).map(json.dumps)
IMAGE = st.sampled_from(
    ["https://example.org/a.png", "data:image/png;base64,iVBORw0=", "data:image/svg+xml;base64,AA=="]
)
TEXT_PART = st.fixed_dictionaries({"type": st.just("text"), "text": TEXT})
IMAGE_PART = st.fixed_dictionaries({"type": st.just("image_url"), "image_url": st.fixed_dictionaries({"url": IMAGE})})
CALL = st.fixed_dictionaries(
    {
        "id": NAME,
        "type": st.just("function"),
        "function": st.fixed_dictionaries({"name": NAME, "arguments": ARGUMENTS}),
    }
)
MESSAGE = st.one_of(
    st.fixed_dictionaries({"role": st.just("system"), "content": TEXT}),
    st.fixed_dictionaries({"role": st.just("user"), "content": TEXT | st.lists(TEXT_PART | IMAGE_PART, max_size=3)}),
    st.fixed_dictionaries(
        {"role": st.just("assistant"), "content": TEXT | st.none()},
        optional={
            "tool_calls": st.lists(CALL, min_size=1, max_size=3),
            "reasoning_content": st.text(min_size=1, max_size=9),
        },
    ),
    st.fixed_dictionaries({"role": st.just("tool"), "tool_call_id": NAME, "content": TEXT}),
)
TOOL = st.fixed_dictionaries(
    {
        "type": st.just("function"),
        "function": st.fixed_dictionaries(
            {
                "name": NAME,
                "description": TEXT,
                "parameters": st.just({"type": "object", "properties": {"x": {"type": "string"}}}),
                "strict": st.booleans(),
            }
        ),
    }
)
OPTIONS = {
    "model": st.sampled_from(["", "openai/gpt-5-mini"]),
    "tools": st.lists(TOOL, min_size=1, max_size=2),
    "tool_choice": st.sampled_from(["auto", "none", "required"]),
    "parallel_tool_calls": st.booleans(),
    "max_completion_tokens": st.integers(1, 9999),
    "temperature": st.floats(0, 2),
    "top_p": st.floats(0, 1),
    "stop": st.lists(st.text(min_size=1, max_size=4), min_size=1, max_size=3),
    "seed": st.integers(0, 2**31),
    "reasoning_effort": st.sampled_from(["low", "medium", "high"]),
    "response_format": st.sampled_from(
        [
            {"type": "json_object"},
            {"type": "json_schema", "json_schema": {"name": "x", "schema": {"type": "object"}, "strict": True}},
        ]
    ),
    "frequency_penalty": st.floats(-2, 2),
}
REQUEST = st.fixed_dictionaries({"messages": st.lists(MESSAGE, min_size=1, max_size=4)}, optional=OPTIONS)


def read(body: dict[str, Any]) -> ChatRequest:
    return chat_request(parse_body(json.dumps(body).encode(), ChatCompletionRequest))


def written_part(part: Any) -> dict[str, Any]:
    if isinstance(part, TextPart):
        return {"type": "text", "text": part.text}
    url = part.url or f"data:{part.media_type};base64,{part.data}"
    return {"type": "image_url", "image_url": {"url": url}}


def written_message(message: Message) -> dict[str, Any]:
    """The message in OpenAI's format, with content as parts."""
    parts = message.content
    content = [written_part(part) for part in parts if isinstance(part, TextPart | ImagePart)]
    out: dict[str, Any] = {"role": message.role, "content": content}
    if message.role == "tool":
        result = parts[0]
        assert isinstance(result, ToolResultPart)
        return {"role": "tool", "tool_call_id": result.call_id, "content": result.content}
    calls = [part for part in parts if isinstance(part, ToolCallPart)]
    if calls:
        out["tool_calls"] = [
            {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
            for call in calls
        ]
    for part in parts:
        if isinstance(part, ReasoningPart):
            out["reasoning_content"] = part.text
    return out


def as_parts(message: dict[str, Any]) -> dict[str, Any]:
    content = message["content"]
    if message["role"] == "tool" or isinstance(content, list):
        return message
    return {**message, "content": [] if content is None else [{"type": "text", "text": content}]}


def written(request: ChatRequest) -> dict[str, Any]:
    out: dict[str, Any] = {"messages": [written_message(message) for message in request.messages], **request.extra}
    if request.model:
        out["model"] = request.model
    if request.tools:
        out["tools"] = [
            {
                "type": "function",
                "function": {
                    "name": tool.name,
                    "description": tool.description,
                    "parameters": tool.parameters,
                    "strict": tool.strict,
                },
            }
            for tool in request.tools
        ]
    if request.response_format:
        schema = request.response_format
        out["response_format"] = {
            "type": "json_schema",
            "json_schema": {"name": schema.name, "schema": schema.schema, "strict": schema.strict},
        }
    elif request.json_mode:
        out["response_format"] = {"type": "json_object"}
    if request.stop:
        out["stop"] = list(request.stop)
    if request.max_tokens is not None:
        out["max_completion_tokens"] = request.max_tokens
    for name in ("tool_choice", "parallel_tool_calls", "temperature", "top_p", "seed", "reasoning_effort"):
        if getattr(request, name) is not None:
            out[name] = getattr(request, name)
    return out


@given(REQUEST)
def test_what_is_read_can_be_written_back(body: dict[str, Any]) -> None:
    expected = {**body, "messages": [as_parts(message) for message in body["messages"]]}
    if not expected.get("model", "x"):
        del expected["model"]
    assert written(read(body)) == expected


def ask(**fields: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": "Hello"}], **fields}


def test_the_words_for_the_same_thing() -> None:
    request = read(
        ask(max_tokens=7, stop="x", reasoning_effort="minimal", user="ada", metadata={"a": "b"}, store=False)
    )
    assert (request.max_tokens, request.stop, request.reasoning_effort) == (7, ("x",), "low")
    assert request.user == ""
    assert read({"messages": [{"role": "developer", "content": "Be brief."}]}).messages[0].role == "system"
    named = ask(
        tools=[{"type": "function", "function": {"name": "f"}}],
        tool_choice={"type": "function", "function": {"name": "f"}},
    )
    assert read(named).tool_choice == "f"
    assert read(named).tools[0].parameters == {"type": "object", "properties": {}}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (ask(n=2), "n"),
        (ask(n=0), "n"),
        (ask(logprobs=True), "logprobs"),
        (ask(modalities=["audio"]), "modalities"),
        (ask(stream_options={"include_usage": True}), "stream_options"),
        (ask(tool_choice={"type": "function", "function": {"name": "f"}}), "tool_choice.function.name"),
        (
            {
                "messages": [
                    {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "file:///etc/passwd"}}]}
                ]
            },
            "messages[0].content[0].image_url.url",
        ),
        (
            {
                "messages": [
                    {"role": "assistant", "tool_calls": [{"id": "1", "function": {"name": "f", "arguments": "[1]"}}]}
                ]
            },
            "messages[0].tool_calls[0].function.arguments",
        ),
    ],
)
def test_what_is_not_done_is_refused(body: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidBody) as caught:
        read(body)
    assert caught.value.field == field


def test_embeddings() -> None:
    body = {"input": ["a", "b"], "model": "openai/e", "dimensions": 3, "encoding_format": "base64"}
    request = embedding_request(parse_body(json.dumps(body).encode(), EmbeddingsRequest))
    assert (request.inputs, request.model, request.dimensions) == (("a", "b"), "openai/e", 3)
    assert embedding_request(parse_body(b'{"input": "a"}', EmbeddingsRequest)).inputs == ("a",)
    with pytest.raises(InvalidBody):
        parse_body(b'{"input": [[1, 2]]}', EmbeddingsRequest)
