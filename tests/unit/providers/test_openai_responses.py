"""The Responses API: every recording of it, whole and cut, and what is sent to it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lumina_jupyter.errors import (
    InvalidRequest,
    InvalidToolArguments,
)
from lumina_jupyter.events import ReasoningDelta, ToolCallDelta, Usage
from lumina_jupyter.gateway.providers.openai_responses import OpenAIResponses
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
from tests.replay.compare import CUTS, assert_same, collect, replay
from tests.replay.reading_responses import read_responses, signatures
from tests.replay.recording import Recording, recording, recordings
from tests.replay.server import ReplayServer, Reply

from .openai_responses_bodies import CREATED, HELLO, TEXT, ask, ended, item, stream_of, target, target_of, text_delta

RECORDINGS = recordings(surface="responses")


# --- every recording -------------------------------------------------------------------------------


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("played", RECORDINGS, ids=lambda played: played.id)
async def test_recording(responses_adapter: OpenAIResponses, played: Recording, cut: int | None) -> None:
    answer = await replay(responses_adapter, played, target_of, cut=cut)
    assert_same(answer, read_responses(played))


@pytest.mark.parametrize(
    "played", [played for played in RECORDINGS if b"encrypted_content\": \"" in played.decoded or b'ed_content":"' in played.decoded], ids=lambda played: played.id
)  # fmt: skip
async def test_encrypted_reasoning_is_kept_and_given_back(
    responses_adapter: OpenAIResponses, played: Recording
) -> None:
    answer = await replay(responses_adapter, played, target_of)
    signed = [event.signature for event in answer.events if isinstance(event, ReasoningDelta) and event.signature]
    wanted = signatures(played)
    assert wanted
    assert signed == [f"{played.provider}:{encrypted}" for encrypted in wanted]

    parts = tuple(ReasoningPart("thought", signature) for signature in signed)
    again = ChatRequest(messages=(Message("assistant", parts), Message.of("user", "And then?")))
    sent = await body_of(responses_adapter, again, provider=played.provider)
    assert [given["encrypted_content"] for given in sent["input"][:-1]] == wanted


def test_the_recordings_cover_what_they_should() -> None:
    expected = [read_responses(played) for played in RECORDINGS]
    assert {played.provider for played in RECORDINGS} == {"openai", "azure", "bedrock", "deepseek", "openrouter", "xai"}
    assert sum(bool(answer.tool_calls) for answer in expected) > 20
    assert sum(bool(answer.reasoning) for answer in expected) > 20
    assert sum(answer.error is not None for answer in expected) > 5


async def test_tools_that_the_provider_runs_are_never_our_calls(responses_adapter: OpenAIResponses) -> None:
    played = recording("openai/vercel__openai-web-search-tool.1.chunks")
    answer = await replay(responses_adapter, played, target_of)
    assert not answer.calls
    assert answer.finish == "stop"
    assert any(notice.code == "provider_tool" and "web search" in notice.text for notice in answer.notices)
    assert any(notice.code == "sources" and "https://" in notice.text for notice in answer.notices)


# --- what a request becomes ------------------------------------------------------------------------


async def body_of(responses_adapter: OpenAIResponses, request: ChatRequest, **changes: Any) -> dict[str, Any]:
    async with ReplayServer(TEXT) as server:
        answer = await collect(responses_adapter, request, target(server.url, **changes))
        assert answer.error is None
        (received,) = server.requests
    assert (received.method, received.path.rpartition("/")[2]) == ("POST", "responses")
    body: dict[str, Any] = json.loads(received.body)
    return body


async def test_a_conversation_with_all_kinds_of_parts(responses_adapter: OpenAIResponses) -> None:
    messages = (
        Message.of("system", "Be brief."),
        Message("user", (TextPart("What is this?"), ImagePart("image/png", data="QUJD"), ImagePart(url="http://x/y"))),
        Message("assistant", (ReasoningPart("I look.", "openai:abc"), TextPart("Wait."), ToolCallPart("c1", "look", '{"x":1}'))),
        Message("tool", (ToolResultPart("c1", "a cat"),)),
        Message.of("system", "Now in French."),
    )  # fmt: skip
    sent = await body_of(responses_adapter, ChatRequest(messages=messages))
    assert sent["instructions"] == "Be brief."
    assert sent["input"] == [
        {
            "role": "user",
            "content": [
                {"type": "input_text", "text": "What is this?"},
                {"type": "input_image", "image_url": "data:image/png;base64,QUJD", "detail": "auto"},
                {"type": "input_image", "image_url": "http://x/y", "detail": "auto"},
            ],
        },
        {"type": "reasoning", "summary": [{"type": "summary_text", "text": "I look."}], "encrypted_content": "abc"},
        {"role": "assistant", "content": "Wait."},
        {"type": "function_call", "call_id": "c1", "name": "look", "arguments": '{"x":1}'},
        {"type": "function_call_output", "call_id": "c1", "output": "a cat"},
        {"role": "system", "content": "Now in French."},
    ]
    assert (sent["stream"], sent["store"], sent["include"]) == (True, False, ["reasoning.encrypted_content"])


async def test_options(responses_adapter: OpenAIResponses) -> None:
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}}
    request = ChatRequest(
        messages=HELLO.messages,
        tools=(ToolSpec("look", "Looks.", schema),),
        tool_choice="look",
        parallel_tool_calls=False,
        response_format=JsonSchema(schema, name="number"),
        max_tokens=77,
        temperature=0.5,
        top_p=0.9,
        reasoning_effort="low",
        extra={"service_tier": "flex", "stream": False},
    )
    sent = await body_of(responses_adapter, request)
    assert sent["tools"] == [
        {"type": "function", "name": "look", "description": "Looks.", "parameters": schema, "strict": False}
    ]
    assert sent["tool_choice"] == {"type": "function", "name": "look"}
    assert sent["parallel_tool_calls"] is False
    assert sent["text"] == {"format": {"type": "json_schema", "name": "number", "schema": schema, "strict": True}}
    assert (sent["max_output_tokens"], sent["temperature"], sent["top_p"]) == (77, 0.5, 0.9)
    assert sent["reasoning"] == {"effort": "low", "summary": "auto"}
    assert (sent["service_tier"], sent["stream"]) == ("flex", True)


async def test_nothing_is_sent_that_was_not_asked_for(responses_adapter: OpenAIResponses) -> None:
    sent = await body_of(responses_adapter, HELLO)
    assert set(sent) == {"model", "input", "stream", "store", "include"}


async def test_json_mode(responses_adapter: OpenAIResponses) -> None:
    sent = await body_of(responses_adapter, ChatRequest(messages=HELLO.messages, json_mode=True))
    assert sent["text"] == {"format": {"type": "json_object"}}


async def test_reasoning_that_another_provider_signed_is_not_sent(responses_adapter: OpenAIResponses) -> None:
    parts = (ReasoningPart("a", "xai:abc"), ReasoningPart("b", None), ReasoningPart("c", "sig"), TextPart("Hi."))
    sent = await body_of(responses_adapter, ChatRequest(messages=(Message("assistant", parts), *HELLO.messages)))
    assert sent["input"] == [{"role": "assistant", "content": "Hi."}, {"role": "user", "content": "Hello?"}]


async def test_reasoning_that_was_shown_as_it_is_goes_back_as_text(responses_adapter: OpenAIResponses) -> None:
    played = recording("openrouter/pydai__test_openai_responses_raw_cot_stream_openrouter")
    answer = await replay(responses_adapter, played, target_of)
    signature = next(
        event.signature for event in answer.events if isinstance(event, ReasoningDelta) and event.signature
    )
    said = Message("assistant", (ReasoningPart(answer.reasoning, signature),))
    sent = await body_of(responses_adapter, ChatRequest(messages=(said, *HELLO.messages)), provider="openrouter")
    assert sent["input"][0] == {
        "type": "reasoning",
        "summary": [],
        "content": [{"type": "reasoning_text", "text": answer.reasoning}],
    }


def refusal(message: str) -> Reply:
    return Reply(status=400, body=json.dumps({"error": {"message": message, "type": "invalid_request_error"}}).encode())


async def test_what_the_answer_can_do_without_is_given_up(responses_adapter: OpenAIResponses) -> None:
    thought = Message("assistant", (ReasoningPart("I think.", "openai:abc"), TextPart("Hi.")))
    request = ChatRequest(messages=(thought, *HELLO.messages), reasoning_effort="low")
    unverified = refusal("Your organization must be verified to generate reasoning summaries.")
    unreadable = refusal("The encrypted content for item rs_1 could not be verified.")
    async with ReplayServer(unverified, unreadable, Reply.of(TEXT)) as server:
        answer = await collect(responses_adapter, request, target(server.url))
        sent = [json.loads(received.body) for received in server.requests]
    assert answer.error is None
    assert [body["reasoning"] for body in sent] == [{"effort": "low", "summary": "auto"}, *[{"effort": "low"}] * 2]
    assert [len(body["input"]) for body in sent] == [3, 3, 2]

    async with ReplayServer(unverified) as server:
        answer = await collect(responses_adapter, request, target(server.url))
        assert type(answer.error) is InvalidRequest
        assert len(server.requests) == 2


async def test_stop_sequences_and_embeddings_are_refused(responses_adapter: OpenAIResponses) -> None:
    request = ChatRequest(messages=HELLO.messages, stop=("END",))
    answer = await collect(responses_adapter, request, target("http://127.0.0.1:9"))
    assert isinstance(answer.error, InvalidRequest)
    with pytest.raises(InvalidRequest):
        await responses_adapter.embed(EmbeddingRequest(inputs=("a",)), target("http://127.0.0.1:9"))


# --- ends ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reason", "finish"), [("max_output_tokens", "length"), ("content_filter", "content_filter"), (None, "length")]
)
async def test_incomplete(responses_adapter: OpenAIResponses, reason: str | None, finish: str) -> None:
    details = {"reason": reason} if reason else None
    answer = await ask(
        responses_adapter, stream_of(CREATED, text_delta("Half"), ended("incomplete", incomplete_details=details))
    )
    assert (answer.text, answer.finish, answer.error) == ("Half", finish, None)


async def test_refusal(responses_adapter: OpenAIResponses) -> None:
    refusal = {"type": "response.refusal.delta", "output_index": 0, "content_index": 0, "delta": "I can't."}
    part = {"type": "refusal", "refusal": "I can't."}
    done = item("done", 0, type="message", content=[part])
    for events in ((refusal, done), (done,)):
        answer = await ask(responses_adapter, stream_of(CREATED, *events, ended()))
        assert (answer.text, answer.finish) == ("I can't.", "stop")
        assert [notice.code for notice in answer.notices] == ["refusal"]


async def test_parallel_calls_whose_pieces_interleave(responses_adapter: OpenAIResponses) -> None:
    def arguments(at: int, text: str) -> dict[str, Any]:
        return {"type": "response.function_call_arguments.delta", "output_index": at, "item_id": "?", "delta": text}

    def call(kind: str, at: int, arguments: str = "") -> dict[str, Any]:
        fields = {"call_id": f"c{at}", "name": f"tool{at}", "arguments": arguments}
        return item(kind, at, type="function_call", id=f"{kind}{at}", **fields)

    answer = await ask(
        responses_adapter,
        stream_of(
            CREATED, call("added", 1), call("added", 2), arguments(1, '{"a"'), arguments(2, '{"b"'), arguments(1, ":1}"),
            arguments(2, ":2}"), call("done", 2, '{"b":2}'), call("done", 1, '{"a":1}'), call("done", 3, '{"c":3}'), ended(),
        ),
    )  # fmt: skip
    found = [(call.index, call.id, call.name, call.arguments) for call in answer.calls]
    assert sorted(found) == [
        (0, "c1", "tool1", '{"a":1}'),
        (1, "c2", "tool2", '{"b":2}'),
        (2, "c3", "tool3", '{"c":3}'),
    ]
    assert answer.finish == "tool_calls"
    pieces = [(event.index, event.arguments) for event in answer.events if isinstance(event, ToolCallDelta)]
    assert pieces == [(0, '{"a"'), (1, '{"b"'), (0, ":1}"), (1, ":2}"), (2, '{"c":3}')]


async def test_two_messages_are_two_paragraphs(responses_adapter: OpenAIResponses) -> None:
    answer = await ask(
        responses_adapter, stream_of(CREATED, text_delta("I se"), text_delta("arch."), text_delta("Found.", 2), ended())
    )
    assert answer.text == "I search.\n\nFound."


async def test_a_tool_call_that_the_limit_cuts_off(responses_adapter: OpenAIResponses) -> None:
    call = item("done", 0, type="function_call", call_id="c", name="look", arguments='{"a', status="incomplete")
    usage = {"input_tokens": 5, "output_tokens": 3}
    answer = await ask(responses_adapter, stream_of(CREATED, call, ended("incomplete", usage=usage)))
    assert type(answer.error) is InvalidToolArguments
    assert answer.usage == Usage(5, 3)


async def test_azure_has_it_in_v1_alone(responses_adapter: OpenAIResponses) -> None:
    async with ReplayServer(TEXT) as server:
        where = target(server.url, "azure", options={"api_version": "2024-10-21"})
        assert (await collect(responses_adapter, HELLO, where)).error is None
        (received,) = server.requests
    assert received.path == "/openai/v1/responses"
    assert received.headers["api-key"] == "sk-secret-for-tests"


async def test_an_answer_that_only_the_last_event_holds(responses_adapter: OpenAIResponses) -> None:
    part = {"type": "output_text", "text": "All at once.", "annotations": []}
    output = [{"type": "message", "content": [part]}]
    answer = await ask(responses_adapter, stream_of(CREATED, ended(output=output)))
    assert (answer.text, answer.finish) == ("All at once.", "stop")
