"""What goes over the wire for our requests, in each dialect that litellm writes; read from what a server got."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lumina_jupyter.errors import AuthenticationFailed, InvalidRequest
from lumina_jupyter.events import ReasoningDelta
from lumina_jupyter.gateway.providers.base import Secret
from lumina_jupyter.gateway.providers.litellm import LiteLLM
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
from tests.replay.compare import Answer, collect, replay
from tests.replay.litellm_targets import google_credentials, target_of
from tests.replay.recording import Recording, recording, recordings
from tests.replay.server import Received, ReplayServer, Reply

from .litellm_bodies import KEY, anthropic_events, events_of, streamed, target

SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
WEATHER = ToolSpec(name="weather", description="The weather in a city", parameters=SCHEMA)
CLOCK = ToolSpec(name="clock")
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


@pytest.fixture
def adapter(jp_asyncio_loop: asyncio.AbstractEventLoop) -> Iterator[LiteLLM]:
    made = LiteLLM()
    yield made
    jp_asyncio_loop.run_until_complete(made.close())


async def ask(
    adapter: LiteLLM, provider: str, request: ChatRequest, **changes: Any
) -> tuple[Answer, Received | None, Any]:
    """The answer, and what the server got: the request and its body."""
    async with ReplayServer(streamed(provider, events_of(provider, "Hello"))) as server:
        answer = await collect(adapter, request, target(provider, server.url, **changes))
        got = server.requests[0] if server.requests else None
    return answer, got, json.loads(got.body) if got is not None else None


def request(*messages: Message, **fields: Any) -> ChatRequest:
    return ChatRequest(messages=messages or (Message.of("user", "Hello?"),), **fields)


def holds(whole: Any, part: Any) -> bool:
    """Whether a JSON value holds another somewhere inside."""
    if whole == part:
        return True
    if isinstance(whole, dict):
        if isinstance(part, dict) and all(whole.get(key) == value for key, value in part.items()):
            return True
        return any(holds(inner, part) for inner in whole.values())
    return any(holds(inner, part) for inner in whole) if isinstance(whole, list) else False


# --- the dialects --------------------------------------------------------------------------------------


async def test_messages_of_anthropic(adapter: LiteLLM) -> None:
    picture = Message("user", (TextPart("What is it?"), ImagePart(data=PIXEL)))
    answer, got, body = await ask(
        adapter,
        "anthropic",
        request(Message.of("system", "Be brief."), picture, max_tokens=99, temperature=0.5, stop=("END",), seed=7),
        headers={"x-team": "lab"},
    )
    assert answer.error is None
    assert got is not None
    assert got.path == "/v1/messages"
    assert (got.headers["x-api-key"], got.headers["x-team"]) == (KEY, "lab")
    assert (body["max_tokens"], body["temperature"], body["stop_sequences"]) == (99, 0.5, ["END"])
    assert body["stream"] is True
    assert holds(body["system"], {"type": "text", "text": "Be brief."})
    assert holds(body["messages"], {"type": "base64", "media_type": "image/png", "data": PIXEL})
    assert holds(body["messages"], {"type": "text", "text": "What is it?"})


async def test_tools_of_anthropic(adapter: LiteLLM) -> None:
    fields = {"tools": (WEATHER, CLOCK), "tool_choice": "weather", "parallel_tool_calls": False}
    _, _, body = await ask(adapter, "anthropic", request(**fields))
    assert [tool["name"] for tool in body["tools"]] == ["weather", "clock"]
    assert body["tools"][0]["input_schema"]["required"] == ["city"]
    assert body["tool_choice"] == {"type": "tool", "name": "weather", "disable_parallel_tool_use": True}
    _, _, body = await ask(adapter, "anthropic", request(tools=(WEATHER,), tool_choice="required"))
    assert body["tool_choice"]["type"] == "any"


async def test_tools_of_gemini(adapter: LiteLLM) -> None:
    _, got, body = await ask(adapter, "gemini", request(tools=(WEATHER,), tool_choice="required", max_tokens=50))
    assert got is not None
    assert got.headers["x-goog-api-key"] == KEY
    assert KEY not in got.path
    assert holds(body["tools"], "weather")
    assert holds(body, {"mode": "ANY"})
    assert holds(body, {"max_output_tokens": 50}) or holds(body, {"maxOutputTokens": 50})


async def test_tools_of_bedrock(adapter: LiteLLM) -> None:
    _, got, body = await ask(adapter, "bedrock", request(tools=(WEATHER,), tool_choice="weather"))
    assert got is not None
    assert got.path.endswith("/converse-stream")
    assert body["toolConfig"]["tools"][0]["toolSpec"]["name"] == "weather"
    assert body["toolConfig"]["toolChoice"] == {"tool": {"name": "weather"}}


@pytest.mark.parametrize("provider", ["anthropic", "gemini"])
async def test_a_json_schema_reaches_the_provider(adapter: LiteLLM, provider: str) -> None:
    answer, _, body = await ask(adapter, provider, request(response_format=JsonSchema(SCHEMA)))
    assert answer.error is None
    assert holds(body, ["city"])


async def test_json_from_bedrock_comes_whole_with_all_that_is_in_it(adapter: LiteLLM) -> None:
    content = [
        {"reasoningContent": {"reasoningText": {"text": "Paris, surely.", "signature": "c2ln"}}},
        {"toolUse": {"toolUseId": "t1", "name": "json_tool_call", "input": {"city": "Paris"}}},
        {"toolUse": {"toolUseId": "t2", "name": "weather", "input": {"city": "Paris"}}},
        {"toolUse": {"toolUseId": "t3", "name": "weather", "input": {"city": "Rome"}}},
    ]
    body = {
        "output": {"message": {"role": "assistant", "content": content}},
        "stopReason": "tool_use",
        "usage": {"inputTokens": 7, "outputTokens": 3, "totalTokens": 12, "cacheReadInputTokens": 2},
        "metrics": {"latencyMs": 1},
    }
    async with ReplayServer(Reply(body=json.dumps(body).encode())) as server:
        wanted = request(response_format=JsonSchema(SCHEMA), tools=(WEATHER,))
        answer = await collect(adapter, wanted, target("bedrock", server.url))
        assert holds(json.loads(server.requests[0].body), ["city"])
    assert answer.error is None
    assert json.loads(answer.text) == {"city": "Paris"}
    assert answer.reasoning == "Paris, surely."
    assert [(call.id, json.loads(call.arguments)["city"]) for call in answer.calls] == [("t2", "Paris"), ("t3", "Rome")]
    assert answer.usage is not None
    assert (answer.usage.input_tokens, answer.usage.cached_input_tokens) == (9, 2)


@pytest.mark.parametrize("provider", ["anthropic", "gemini", "bedrock"])
async def test_reasoning_effort_reaches_the_provider(adapter: LiteLLM, provider: str) -> None:
    _, _, body = await ask(adapter, provider, request(reasoning_effort="low", max_tokens=9000))
    assert "thinking" in json.dumps(body).lower()


@pytest.mark.parametrize("provider", ["anthropic", "gemini", "bedrock"])
async def test_a_tool_s_result_answers_its_call(adapter: LiteLLM, provider: str) -> None:
    _, _, body = await ask(
        adapter,
        provider,
        request(
            Message.of("user", "The weather in Paris?"),
            Message("assistant", (ToolCallPart("call_1", "weather", '{"city": "Paris"}'),)),
            Message("tool", (ToolResultPart("call_1", "sunny", name="weather"),)),
            tools=(WEATHER,),
        ),
    )
    sent = json.dumps(body)
    assert "Paris" in sent
    assert "sunny" in sent
    assert sent.count("call_1") == (0 if provider == "gemini" else 2) or provider == "gemini"


async def test_half_a_character_is_sent_as_a_sign_for_it(adapter: LiteLLM) -> None:
    _, _, body = await ask(adapter, "anthropic", request(Message.of("user", "a\x00b\ud800c😀")))
    assert body["messages"][0]["content"][0]["text"] == "a\x00b\ufffdc😀"


async def test_a_prompt_of_ten_megabytes_arrives(adapter: LiteLLM) -> None:
    text = "lorem ipsum " * 900_000
    answer, _, body = await ask(adapter, "anthropic", request(Message.of("user", text)))
    assert answer.error is None
    assert body["messages"][0]["content"][0]["text"].strip() == text.strip()


# --- reasoning and signatures, given back ----------------------------------------------------------------

SIGNED = [
    *recordings(provider="anthropic", stream=True),
    *recordings(provider="gemini", stream=True),
    *recordings(provider="bedrock", stream=True),
]
SIGNATURES = ('"signature":"', '"signature": "', '"thoughtSignature": "', '"thoughtSignature":"')


def signed(played: Recording) -> bool:
    text = played.body.decode("latin-1")
    return played.framed and any(each in text for each in SIGNATURES)


@pytest.mark.parametrize("played", [played for played in SIGNED if signed(played)], ids=lambda played: played.id)
async def test_what_was_signed_goes_back_as_it_came(adapter: LiteLLM, played: Recording) -> None:
    answer = await replay(adapter, played, target_of)
    reasoning = tuple(
        ReasoningPart(_before(answer, at), event.signature)
        for at, event in enumerate(answer.events)
        if isinstance(event, ReasoningDelta) and event.signature
    )
    calls = tuple(ToolCallPart(call.id, call.name, call.arguments) for call in answer.calls)
    results = tuple(ToolResultPart(call.id, "done", name=call.name) for call in answer.calls)
    turn = [Message.of("user", "Hello?"), Message("assistant", (*reasoning, TextPart(answer.text or "."), *calls))]
    turn.append(Message("tool", results) if results else Message.of("user", "Go on."))
    _, _, body = await ask(adapter, played.provider, request(*turn, tools=(WEATHER,)))
    sent = json.dumps(body)
    assert reasoning or any("__thought__" in call.id for call in calls)
    for part in reasoning[:1]:
        assert str(part.signature) in sent
    for call in calls:
        _, _, signature = call.id.partition("__thought__")
        assert json.dumps(signature)[1:-1] in sent


def _before(answer: Answer, at: int) -> str:
    """The text of the reasoning that a signature ends."""
    texts: list[str] = []
    for event in answer.events[: at + 1]:
        if isinstance(event, ReasoningDelta):
            texts = [*texts, event.text] if not (event.signature and event is not answer.events[at]) else []
    return "".join(texts)


async def test_encrypted_reasoning_goes_back_as_it_came(adapter: LiteLLM) -> None:
    start, *rest = anthropic_events("4")
    block = {"type": "redacted_thinking", "data": "ZW5jcnlwdGVk"}
    events = [start, {"type": "content_block_start", "index": 1, "content_block": block}, *rest]
    async with ReplayServer(streamed("anthropic", events)) as server:
        answer = await collect(adapter, request(), target("anthropic", server.url))
    _, _, body = await ask(adapter, "anthropic", request(*_turn(answer)))
    assert body["messages"][1]["content"] == [block, {"type": "text", "text": "4"}]


async def test_encrypted_reasoning_is_left_out_for_bedrock(adapter: LiteLLM) -> None:
    """What litellm cannot give back does not spoil the next turn."""
    answer = await replay(
        adapter, recording("bedrock/pydai__test_bedrock_model_thinking_part_redacted_stream"), target_of
    )
    _, _, body = await ask(adapter, "bedrock", request(*_turn(answer)))
    assert body["messages"][1]["content"] == [{"text": answer.text}]


def _turn(answer: Answer) -> tuple[Message, ...]:
    """A conversation that goes on after an answer."""
    signed_parts = tuple(
        ReasoningPart(event.text, event.signature)
        for event in answer.events
        if isinstance(event, ReasoningDelta) and event.signature
    )
    assert signed_parts
    first, last = Message.of("user", "2 + 2?"), Message.of("user", "Sure?")
    return first, Message("assistant", (*signed_parts, TextPart(answer.text))), last


# --- keys and refusals before sending ----------------------------------------------------------------------


async def test_bedrock_is_signed_with_a_key_pair_and_bears_a_token(adapter: LiteLLM) -> None:
    pair = {"aws_access_key_id": "AKIAEXAMPLE", "aws_secret_access_key": "hidden", "aws_session_token": "session"}
    for key in (json.dumps(pair), "ASIAEXAMPLE:hidden:session"):
        _, got, _ = await ask(
            adapter, "bedrock", request(), key=Secret(key), options={"aws_region_name": "eu-central-1"}
        )
        assert got is not None
        assert got.headers["authorization"].startswith("AWS4-HMAC-SHA256 Credential=A")
        assert "/eu-central-1/bedrock/aws4_request" in got.headers["authorization"]
        assert got.headers["x-amz-security-token"] == "session"
    _, got, _ = await ask(adapter, "bedrock", request(), key=Secret("bearer-for-tests"))
    assert got is not None
    assert got.headers["authorization"] == "Bearer bearer-for-tests"


async def test_vertex_is_called_with_a_token_of_the_service_account(adapter: LiteLLM) -> None:
    with google_credentials() as credentials:
        async with ReplayServer(streamed("gemini", events_of("gemini", "Hello"))) as server:
            options = {"vertex_project": "lab", "vertex_location": "europe-west4"}
            vertex = target("vertex", server.url, key=Secret(credentials), options=options, name="gemini-2.5-flash")
            answer = await collect(adapter, request(), vertex)
            assert answer.text == "Hello"
            assert server.requests[0].headers["authorization"] == "Bearer token-for-tests"
            assert "/projects/lab/locations/europe-west4/" in server.requests[0].path


@pytest.mark.parametrize(
    ("provider", "changes"),
    [
        ("anthropic", {"key": None}),
        ("gemini", {"key": None}),
        ("bedrock", {"key": None}),
        ("bedrock", {"key": Secret('{"aws_access_key_id": "AKIAEXAMPLE"}')}),
        ("bedrock", {"key": Secret("AKIAEXAMPLE")}),
        ("bedrock", {"key": Secret("{broken")}),
        ("vertex", {"key": Secret("{}"), "options": {}}),
        ("vertex", {"key": Secret("no JSON, no file"), "options": {"vertex_project": "lab"}}),
    ],
)
async def test_without_a_usable_key_nothing_is_sent(
    adapter: LiteLLM, monkeypatch: pytest.MonkeyPatch, provider: str, changes: dict[str, Any]
) -> None:
    for name in ("ANTHROPIC_API_KEY", "GEMINI_API_KEY", "AWS_BEARER_TOKEN_BEDROCK", "AWS_ACCESS_KEY_ID"):
        monkeypatch.setenv(name, "from-the-environment")
    async with ReplayServer(Reply()) as server:
        answer = await collect(adapter, request(), target(provider, server.url, **changes))
        assert type(answer.error) is AuthenticationFailed
        assert server.requests == []


@pytest.mark.parametrize("provider", ["gemini", "bedrock", "anthropic"])
async def test_no_image_is_fetched_from_here(adapter: LiteLLM, provider: str) -> None:
    async with ReplayServer(Reply()) as elsewhere:
        picture = Message("user", (TextPart("?"), ImagePart(url=f"{elsewhere.url}/picture.png")))
        answer, got, _ = await ask(adapter, provider, request(picture))
        assert type(answer.error) is InvalidRequest
        assert "the image's bytes" in answer.error.hint
        assert got is None
        assert elsewhere.requests == []


async def test_embeddings_are_asked_for_with_their_dimensions(adapter: LiteLLM) -> None:
    body = {"embeddings": [{"values": [0.5, 1.0]}, {"values": [0.25, 2.0]}]}
    async with ReplayServer(Reply(body=json.dumps(body).encode())) as server:
        wanted = EmbeddingRequest(inputs=("one", "two"), dimensions=2)
        embeddings = await adapter.embed(wanted, target("gemini", server.url, name="gemini-embedding-001"))
        sent = json.loads(server.requests[0].body)
    assert embeddings.vectors == ((0.5, 1.0), (0.25, 2.0))
    assert [each["outputDimensionality"] for each in sent["requests"]] == [2, 2]


# --- providers that only litellm knows ---------------------------------------------------------------------


async def test_a_provider_that_only_litellm_knows(adapter: LiteLLM) -> None:
    deltas = [{"role": "assistant", "content": "Hel"}, {"content": "lo"}]
    chunks: list[dict[str, Any]] = [
        {"choices": [{"index": 0, "delta": delta, "finish_reason": None}]} for delta in deltas
    ]
    end: dict[str, Any] = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
    for events, finish in (([*chunks, end], "stop"), (chunks, None)):
        lines = "".join("data: " + json.dumps({"id": "c", "object": "x"} | event) + "\n\n" for event in events)
        reply = Reply(content_type="text/event-stream", body=lines.encode())
        async with ReplayServer(reply) as server:
            other = target("fireworks", server.url, options={"litellm_provider": "fireworks_ai"})
            answer = await collect(adapter, request(), other)
            assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"
        assert answer.text == "Hello"
        assert answer.finish == finish
        assert (answer.error is None) == (finish is not None)


async def test_a_refusal_of_a_provider_that_only_litellm_knows(adapter: LiteLLM) -> None:
    body = {"error": {"message": "Invalid API key", "code": "invalid_api_key"}}
    async with ReplayServer(Reply(status=401, body=json.dumps(body).encode())) as server:
        other = target("fireworks", server.url, options={"litellm_provider": "fireworks_ai"})
        answer = await collect(adapter, request(), other)
        assert len(server.requests) == 1
    assert type(answer.error) is AuthenticationFailed


# --- the import ----------------------------------------------------------------------------------------------

IMPORT = """
import asyncio, os, socket, sys

def refuse(*_):
    raise AssertionError("a connection was tried")

socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = refuse
before = dict(os.environ)
from lumina_jupyter.gateway.providers.litellm import LiteLLM
from lumina_jupyter.gateway.providers.litellm.library import library, prepare_event_stream
assert "litellm" not in sys.modules
LiteLLM()
assert "litellm" not in sys.modules
asyncio.run(prepare_event_stream())
asyncio.run(library())
assert "litellm" in sys.modules
assert dict(os.environ) == before, {key for key in os.environ if os.environ[key] != before.get(key)}
"""


def test_the_import_connects_to_nothing_and_leaves_the_environment_alone(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("ANTHROPIC_API_KEY=from-a-file\n")
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", IMPORT],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(root), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
