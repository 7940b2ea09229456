"""Cohere's v2 API: every recording of its chat and embeddings, whole and cut, and what goes wrong on the way."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import aclosing
from typing import Any

import pytest

from lumina_jupyter.errors import (
    ConnectionFailed,
    InvalidRequest,
    InvalidToolArguments,
    ModelNotFound,
    ProviderError,
    ProviderTimeout,
    RateLimited,
    StreamBroken,
)
from lumina_jupyter.gateway.providers.base import Secret, Target
from lumina_jupyter.gateway.providers.cohere import Cohere
from lumina_jupyter.gateway.requests import (
    ChatRequest,
    EmbeddingRequest,
    ImagePart,
    JsonSchema,
    Message,
    ReasoningPart,
    TextPart,
    ToolCallPart,
    ToolResultPart,
    ToolSpec,
)
from tests.replay.compare import CUTS, Answer, assert_same, collect, replay
from tests.replay.reading_cohere import read_cohere
from tests.replay.recording import Recording, recording, recordings
from tests.replay.server import ReplayServer, Reply

RECORDINGS = recordings(provider="cohere", surface="/v2/chat")
TEXT = recording("cohere/openllmetry__test_astream")
HELLO = ChatRequest(messages=(Message.of("user", "Hello?"),))
END = {"type": "message-end", "delta": {"finish_reason": "COMPLETE", "usage": {}}}


def target(url: str, **changes: Any) -> Target:
    return Target(provider="cohere", name="command-a", base_url=url, key=Secret("secret-for-tests"), **changes)


def target_of(_: Recording, url: str) -> Target:
    return target(url)


@pytest.fixture
def adapter(jp_asyncio_loop: asyncio.AbstractEventLoop) -> Iterator[Cohere]:
    made = Cohere()
    yield made
    jp_asyncio_loop.run_until_complete(made.close())


def stream_of(*events: dict[str, Any]) -> Reply:
    text = "".join(f"event: {event.get('type')}\ndata: {json.dumps(event)}\n\n" for event in events)
    return Reply(content_type="text/event-stream", body=text.encode())


def content(text: str) -> dict[str, Any]:
    return {"type": "content-delta", "index": 0, "delta": {"message": {"content": {"text": text}}}}


async def ask(adapter: Cohere, reply: Reply, request: ChatRequest = HELLO) -> Answer:
    async with ReplayServer(reply) as server:
        return await collect(adapter, request, target(server.url))


# --- every recording -------------------------------------------------------------------------------


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("played", RECORDINGS, ids=lambda played: played.id)
async def test_recording(adapter: Cohere, played: Recording, cut: int | None) -> None:
    answer = await replay(adapter, played, target_of, cut=cut)
    assert_same(answer, read_cohere(played))


def test_the_recordings_cover_what_they_should() -> None:
    expected = [read_cohere(played) for played in RECORDINGS]
    assert sum(played.stream for played in RECORDINGS) >= 9
    assert any(len(answer.tool_calls) == 2 for answer in expected)
    assert any(answer.usage and answer.usage.reasoning_tokens for answer in expected)
    assert {answer.finish for answer in expected} == {"stop", "length", "tool_calls", None}


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("played", [played for played in RECORDINGS if played.framed], ids=lambda played: played.id)
async def test_json_lines_without_a_frame(adapter: Cohere, played: Recording, cut: int | None) -> None:
    lines = "\n".join(line[6:] for line in played.text.split("\n") if line.startswith("data: "))
    reply = Reply(content_type="application/stream+json", body=lines.encode(), cut=cut)
    assert_same(await ask(adapter, reply), read_cohere(played))


async def test_a_model_that_was_removed(adapter: Cohere) -> None:
    removed = next(played for played in recordings(provider="cohere", surface="/v1/chat") if played.status == 404)
    answer = await replay(adapter, removed, target_of)
    assert type(answer.error) is ModelNotFound


async def test_sources_are_told_once(adapter: Cohere) -> None:
    played = next(played for played in RECORDINGS if "returned_as_search_results.1" in played.name)
    answer = await replay(adapter, played, target_of)
    (notice,) = answer.notices
    assert notice.code == "sources"
    assert notice.text == "[1] Ruby Facts: https://example.com/ruby-facts"


@pytest.mark.parametrize("played", recordings(provider="cohere", surface="embed"), ids=lambda played: played.id)
async def test_embeddings(adapter: Cohere, played: Recording) -> None:
    answer = played.json()
    async with ReplayServer(played) as server:
        request = EmbeddingRequest(inputs=tuple(answer["texts"]), dimensions=1024)
        found = await adapter.embed(request, target(server.url))
        sent = json.loads(server.requests[0].body)
        assert server.requests[0].path == "/v2/embed"
    assert [list(vector) for vector in found.vectors] == answer["embeddings"]["float"]
    assert found.input_tokens == answer["meta"]["billed_units"]["input_tokens"]
    assert found.model == "cohere/command-a"
    assert sent == {
        "model": "command-a",
        "texts": answer["texts"],
        "input_type": "search_document",
        "embedding_types": ["float"],
        "output_dimension": 1024,
    }


async def test_many_texts_go_in_several_calls(adapter: Cohere) -> None:
    def reply(first: int, count: int) -> Reply:
        vectors = [[float(number)] for number in range(first, first + count)]
        body = {"embeddings": {"float": vectors}, "meta": {"billed_units": {"input_tokens": count}}}
        return Reply(body=json.dumps(body).encode())

    async with ReplayServer(reply(0, 96), reply(96, 4)) as server:
        found = await adapter.embed(EmbeddingRequest(inputs=("text",) * 100), target(server.url))
        assert [len(json.loads(received.body)["texts"]) for received in server.requests] == [96, 4]
    assert found.vectors == tuple((float(number),) for number in range(100))
    assert found.input_tokens == 100


@pytest.mark.parametrize(
    "body", [b"{}", b"[]", b"null", b'{"embeddings": {"float": []}}', b'{"embeddings": {"float": ["a"]}}', b"<"]
)
async def test_embeddings_that_are_none(adapter: Cohere, body: bytes) -> None:
    async with ReplayServer(Reply(body=body)) as server:
        with pytest.raises(StreamBroken):
            await adapter.embed(EmbeddingRequest(inputs=("text",)), target(server.url))


# --- what a request becomes ------------------------------------------------------------------------


async def body_of(adapter: Cohere, request: ChatRequest) -> dict[str, Any]:
    async with ReplayServer(TEXT) as server:
        answer = await collect(adapter, request, target(server.url))
        assert answer.error is None
        (received,) = server.requests
    assert (received.method, received.path) == ("POST", "/v2/chat")
    assert received.headers["authorization"] == "Bearer secret-for-tests"
    body: dict[str, Any] = json.loads(received.body)
    return body


async def test_a_conversation_with_all_kinds_of_parts(adapter: Cohere) -> None:
    messages = (
        Message.of("system", "Be brief."),
        Message("user", (TextPart("What is this?"), ImagePart("image/png", data="QUJD"))),
        Message("assistant", (ReasoningPart("I look."), ToolCallPart("c1", "look", '{"x":1}'), ToolCallPart("c2", "look", "{}"))),
        Message("tool", (ToolResultPart("c1", "a cat"), ToolResultPart("c2", "a dog"))),
        Message("assistant", (ReasoningPart("Now I know."), TextPart("A cat."))),
    )  # fmt: skip
    sent = await body_of(adapter, ChatRequest(messages=messages))
    assert sent["messages"] == [
        {"role": "system", "content": "Be brief."},
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "What is this?"},
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,QUJD"}},
            ],
        },
        {
            "role": "assistant",
            "tool_plan": "I look.",
            "tool_calls": [
                {"id": "c1", "type": "function", "function": {"name": "look", "arguments": '{"x":1}'}},
                {"id": "c2", "type": "function", "function": {"name": "look", "arguments": "{}"}},
            ],
        },
        {"role": "tool", "tool_call_id": "c1", "content": "a cat"},
        {"role": "tool", "tool_call_id": "c2", "content": "a dog"},
        {"role": "assistant", "content": "A cat."},
    ]


async def test_options(adapter: Cohere) -> None:
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}}
    request = ChatRequest(
        messages=HELLO.messages,
        tools=(ToolSpec("look", "Looks.", schema, strict=True), ToolSpec("other")),
        tool_choice="look",
        response_format=JsonSchema(schema),
        max_tokens=77,
        temperature=0.5,
        top_p=0.9,
        stop=("END",),
        seed=3,
        reasoning_effort="high",
        extra={"safety_mode": "OFF", "stream": False},
    )
    sent = await body_of(adapter, request)
    assert sent == {
        "model": "command-a",
        "messages": [{"role": "user", "content": "Hello?"}],
        "tools": [
            {"type": "function", "function": {"name": "look", "description": "Looks.", "parameters": schema}},
        ],
        "tool_choice": "REQUIRED",
        "strict_tools": True,
        "response_format": {"type": "json_object", "json_schema": schema},
        "max_tokens": 77,
        "temperature": 0.5,
        "p": 0.9,
        "stop_sequences": ["END"],
        "seed": 3,
        "thinking": {"type": "enabled"},
        "safety_mode": "OFF",
        "stream": True,
    }


@pytest.mark.parametrize(("choice", "sent"), [("auto", None), ("none", "NONE"), ("required", "REQUIRED")])
async def test_tool_choice(adapter: Cohere, choice: str, sent: str | None) -> None:
    request = ChatRequest(messages=HELLO.messages, tools=(ToolSpec("look"),), tool_choice=choice)
    body = await body_of(adapter, request)
    assert body.get("tool_choice") == sent
    assert len(body["tools"]) == 1


async def test_a_choice_of_no_tool_is_refused(adapter: Cohere) -> None:
    request = ChatRequest(messages=HELLO.messages, tools=(ToolSpec("look"),), tool_choice="hear")
    answer = await collect(adapter, request, target("http://127.0.0.1:9"))
    assert type(answer.error) is InvalidRequest


async def test_nothing_is_sent_that_was_not_asked_for(adapter: Cohere) -> None:
    assert set(await body_of(adapter, HELLO)) == {"model", "messages", "stream"}


# --- ends and trouble ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reason", "error"), [("ERROR", ProviderError), ("TIMEOUT", ProviderTimeout), ("SOMETHING_NEW", ProviderError)]
)
async def test_an_end_that_is_a_failure(adapter: Cohere, reason: str, error: type[ProviderError]) -> None:
    end = {"type": "message-end", "delta": {"finish_reason": reason, "error": "It broke."}}
    answer = await ask(adapter, stream_of(content("So far"), end))
    assert type(answer.error) is error
    assert answer.text == "So far"


async def test_an_error_inside_a_stream(adapter: Cohere) -> None:
    answer = await ask(adapter, stream_of(content("So far"), {"id": "x", "message": "too many tokens: size limit"}))
    assert isinstance(answer.error, ProviderError)
    assert answer.text == "So far"


@pytest.mark.parametrize("arguments", ['{"a":', "[1]"])
async def test_malformed_tool_arguments(adapter: Cohere, arguments: str) -> None:
    call = {"id": "c", "type": "function", "function": {"name": "look", "arguments": arguments}}
    start = {"type": "tool-call-start", "index": 0, "delta": {"message": {"tool_calls": call}}}
    for events in ((start, {"type": "tool-call-end", "index": 0}, END), (start, END)):
        answer = await ask(adapter, stream_of(*events))
        assert type(answer.error) is InvalidToolArguments
        assert not answer.calls


async def test_rate_limit_with_retry_after(adapter: Cohere) -> None:
    body = json.dumps({"message": "You are past the per minute request limit"}).encode()
    answer = await ask(adapter, Reply(status=429, body=body, headers={"Retry-After": "7"}))
    assert isinstance(answer.error, RateLimited)
    assert answer.error.retry_after == 7.0


@pytest.mark.parametrize("after", [0, 1, 700, len(TEXT.body) // 2, len(TEXT.body) - 200])
@pytest.mark.parametrize("cut", [None, 64])
async def test_a_broken_stream(adapter: Cohere, after: int, cut: int | None) -> None:
    async with ReplayServer(TEXT, close_after=after, cut=cut) as server:
        answer = await collect(adapter, HELLO, target(server.url))
    assert type(answer.error) is StreamBroken
    assert read_cohere(TEXT).text.startswith(answer.text)


async def test_a_stream_that_ends_without_its_last_event(adapter: Cohere) -> None:
    answer = await ask(adapter, stream_of(content("So far")))
    assert type(answer.error) is StreamBroken
    assert answer.text == "So far"


async def test_silence(adapter: Cohere) -> None:
    for after in (0, 1000):
        async with ReplayServer(TEXT, stall_after=after, cut=512) as server:
            answer = await collect(adapter, HELLO, target(server.url, stream_timeout=0.2))
            await server.until_connections(0)
        assert type(answer.error) is ProviderTimeout


async def test_no_server(adapter: Cohere) -> None:
    async with ReplayServer(TEXT) as server:
        url = server.url
    answer = await collect(adapter, HELLO, target(url))
    assert type(answer.error) is ConnectionFailed


@pytest.mark.parametrize(
    "body",
    [b"", b"data: {\n\n", b"data: []\n\n", b"data: 1\n\n", b"\xff\xfe\x00", b"{", b"[]", b"{}\n{}", b'{"message": 1}',
     b'data: {"type":"content-delta","delta":null}\n\n', b'data: {"type":"content-delta","delta":{"message":{"content":{"text":1}}}}\n\n',
     b'data: {"type":"message-end"}\n\n', b'data: {"type":"content-delta","delta":"\xe2\x82'],
)  # fmt: skip
@pytest.mark.parametrize("content_type", ["text/event-stream", "application/json"])
async def test_garbage(adapter: Cohere, body: bytes, content_type: str) -> None:
    answer = await ask(adapter, Reply(content_type=content_type, body=body))
    assert type(answer.error) is StreamBroken


async def test_closing_the_stream_closes_the_connection(adapter: Cohere) -> None:
    async with ReplayServer(TEXT, stall_after=len(TEXT.body) // 2, cut=512) as server:
        async with aclosing(adapter.chat(HELLO, target(server.url))) as events:
            await anext(events)
            await anext(events)
            assert server.connections_open == 1
        await server.until_connections(0)
