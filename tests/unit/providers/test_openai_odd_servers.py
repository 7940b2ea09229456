"""Servers that speak OpenAI's format in ways of their own: what they mean comes out all the same."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumina_jupyter.errors import LuminaError, StreamBroken
from lumina_jupyter.events import Notice, ReasoningDelta, TextDelta, ToolCallFinished, Usage
from lumina_jupyter.gateway.providers.openai_chat_reader import ChatReader
from lumina_jupyter.gateway.providers.openai_compatible import OpenAICompatible
from lumina_jupyter.gateway.requests import ChatRequest, EmbeddingRequest, Message
from tests.replay.compare import Answer, collect
from tests.replay.server import ReplayServer, Reply

from .openai_bodies import HELLO, USAGE, call, chunk, sse, streamed, target, whole


async def ask(*chunks: dict[str, Any] | str, done: bool = True) -> Answer:
    return await answer_to(streamed(*chunks, done=done))


async def answer_to(reply: Reply) -> Answer:
    provider = OpenAICompatible()
    async with ReplayServer(reply) as server:
        answer = await collect(provider, ChatRequest(messages=(Message.of("user", "?"),)), target(server.url))
    await provider.close()
    assert answer.error is None, repr(answer.error)
    return answer


TWO = [ToolCallFinished(0, "a", "f", '{"x": 1}'), ToolCallFinished(1, "b", "g", "{}")]


@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param(
            [
                call(0, "a", "f"),
                call(1, "b", "g"),
                call(0, arguments='{"x": '),
                call(1, arguments="{}"),
                call(0, arguments="1}"),
            ],
            id="interleaved",
        ),
        pytest.param(
            [call(None, "a", "f", '{"x": '), call(None, arguments="1}"), call(None, "b", "g", "{}")], id="no index"
        ),
        pytest.param([call(0, "a", "f", '{"x": 1}'), call(0, "b", "g", "{}")], id="always index 0"),
        pytest.param([call(0, "a", "f", {"x": 1}), call(1, "b", "g", {})], id="arguments as objects"),
        pytest.param(
            [call(0, "a"), call(0, None, "f", '{"x": '), call(0, arguments="1}"), call(1, "b", "g", "")],
            id="name later",
        ),
        pytest.param(
            [call(0, "a", "f", '{"x": '), call(0, "another", "", "1}"), call(1, "b", "g")], id="a new id in each piece"
        ),
        pytest.param([call(0, "a", "f", '{"x": '), call(0, "a", "f", "1}"), call(1, "b", "g")], id="repeats its name"),
        pytest.param([call(3, "a", "f", '{"x": 1}'), call(7, "b", "g")], id="any numbers"),
    ],
)
async def test_tool_calls_however_they_are_numbered(pieces: list[dict[str, Any]]) -> None:
    answer = await ask(*pieces, chunk("tool_calls"))
    assert [(each.index, each.id, each.name, json.loads(each.arguments)) for each in answer.calls] == [
        (each.index, each.id, each.name, json.loads(each.arguments)) for each in TWO
    ]
    assert answer.finish == "tool_calls"


async def test_stop_after_a_tool_call_means_tool_calls_and_the_other_way_round() -> None:
    assert (await ask(call(0, "a", "f", "{}"), chunk("stop"))).finish == "tool_calls"
    assert (await ask(*HELLO[:3], chunk("tool_calls"))).finish == "stop"
    assert (await ask(call(0, "a", "f", "{}"), chunk("length"))).finish == "length"


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ("stop", "stop"),
        ("eos", "stop"),
        ("end_turn", "stop"),
        ("length", "length"),
        ("model_length", "length"),
        ("content_filter", "content_filter"),
        ("sensitive", "content_filter"),
    ],
)
async def test_words_for_the_end(told: str, meant: str) -> None:
    assert (await ask(*HELLO[:3], chunk(told))).finish == meant


async def test_a_function_call_of_the_old_format() -> None:
    answer = await ask(
        chunk(function_call={"name": "f", "arguments": ""}),
        chunk(function_call={"arguments": '{"x": 1}'}),
        chunk("function_call"),
    )
    assert answer.calls == [ToolCallFinished(0, "call_0", "f", '{"x": 1}')]
    assert answer.finish == "tool_calls"


async def test_a_tool_that_the_provider_runs_is_no_call_of_ours() -> None:
    theirs = {"index": 0, "id": "x", "type": "web_search", "function": {"name": "search", "arguments": "{}"}}
    answer = await ask(chunk(tool_calls=[theirs]), *HELLO)
    assert answer.calls == []
    assert answer.finish == "stop"
    assert answer.notices == [Notice("provider_tool", "lab used on its own side: web_search.")]


async def test_a_refusal_is_shown_and_named() -> None:
    answer = await ask(chunk(content=None, refusal="I can't "), chunk(refusal="help."), chunk("stop"))
    assert answer.text == "I can't help."
    assert [notice.code for notice in answer.notices] == ["refusal"]


async def test_reasoning_that_is_told_twice_is_taken_once() -> None:
    details = [{"type": "reasoning.text", "text": "hm", "index": 0}]
    twice = await ask(chunk(reasoning="hm", reasoning_content="hm", reasoning_details=details), *HELLO)
    assert twice.reasoning == "hm"
    assert (await ask(chunk(reasoning_details=details), *HELLO)).reasoning == "hm"


async def test_pieces_of_sealed_reasoning_become_one_signature() -> None:
    def piece(**detail: Any) -> dict[str, Any]:
        return chunk(reasoning_details=[{"type": "reasoning.text", "index": 0, **detail}])

    answer = await ask(piece(text="h"), piece(text="m"), piece(signature="abc"), *HELLO)
    signatures = [event.signature for event in answer.events if isinstance(event, ReasoningDelta) and event.signature]
    assert [json.loads(signature) for signature in signatures] == [
        [
            {"type": "reasoning.text", "index": 0, "text": "hm", "signature": "abc"},
        ]
    ]


async def test_thinking_parts() -> None:
    answer = await ask(
        chunk(content=[{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}]),
        chunk(content=[{"type": "thinking", "thinking": "so"}, {"type": "text", "text": "Hello"}]),
        chunk(content=[{"type": "reference", "reference_ids": [1]}]),
        chunk("stop"),
    )
    assert (answer.reasoning, answer.text) == ("hmso", "Hello")


async def test_keep_alives_empty_chunks_and_second_answers_say_nothing() -> None:
    second = {"choices": [{"index": 1, "delta": {"content": "NO"}, "finish_reason": "length"}]}
    noise = sse({"choices": []}, {"choices": None}, {"prompt_filter_results": []}, second, "", done=False)
    body = b": ping\n\n" + noise + b": ping\r\n\r\nevent: ping\ndata: {}\n\n" + sse(*HELLO)
    answer = await answer_to(Reply(content_type="text/event-stream", body=body, cut=1))
    assert (answer.text, answer.finish) == ("Hello", "stop")


async def test_a_server_that_does_not_stream() -> None:
    calls = [{"id": "a", "type": "function", "function": {"name": "f", "arguments": '{"x": 1}'}}]
    calls.append({"id": "b", "type": "function", "function": {"name": "g", "arguments": "{}"}})
    answer = await answer_to(whole({"role": "assistant", "content": "Hello", "reasoning": "hm", "tool_calls": calls}))
    assert (answer.text, answer.reasoning, answer.finish) == ("Hello", "hm", "tool_calls")
    assert answer.calls == TWO
    assert answer.usage == Usage(3, 2)


async def test_a_stream_with_no_done_and_a_last_event_with_no_empty_line() -> None:
    body = sse(*HELLO, done=False).rstrip(b"\n")
    answer = await answer_to(Reply(content_type="text/plain", body=body, cut=5))
    assert (answer.text, answer.finish) == ("Hello", "stop")


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        (USAGE, Usage(3, 2)),
        ({**USAGE, "prompt_tokens_details": {"cached_tokens": 1}}, Usage(3, 2, cached_input_tokens=1)),
        ({**USAGE, "prompt_cache_hit_tokens": 2}, Usage(3, 2, cached_input_tokens=2)),
        ({**USAGE, "completion_tokens_details": {"reasoning_tokens": 1}}, Usage(3, 2, reasoning_tokens=1)),
        (
            {
                "prompt_tokens": 3,
                "completion_tokens": 2,
                "total_tokens": 9,
                "completion_tokens_details": {"reasoning_tokens": 4},
            },
            Usage(3, 6, reasoning_tokens=4),
        ),
        ({"prompt_tokens": None, "completion_tokens": "x", "prompt_tokens_details": None}, Usage()),
    ],
)
async def test_usage_in_every_spelling(told: dict[str, Any], meant: Usage) -> None:
    assert (await ask(*HELLO, {"choices": [], "usage": told})).usage == meant


@pytest.mark.parametrize(
    "body",
    [
        b'{"data": [{"embedding": [1, 2]}]}',
        b'{"data": 7}',
        b"[]",
        b'{"data": [{"embedding": "%%"}, {"embedding": [1]}]}',
        b"oops",
    ],
)
async def test_bad_embeddings_are_a_broken_answer(body: bytes) -> None:
    provider = OpenAICompatible()
    async with ReplayServer(Reply(body=body)) as server:
        with pytest.raises(StreamBroken):
            await provider.embed(EmbeddingRequest(inputs=("a", "b")), target(server.url))
    await provider.close()


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | st.floats() | st.sampled_from(["", "stop", "function", "a"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            [
                "choices", "delta", "message", "index", "finish_reason", "content", "reasoning", "reasoning_details", "refusal",
                "tool_calls", "function_call", "function", "name", "arguments", "id", "type", "text", "thinking", "usage", "x_groq",
                "citations", "executed_tools", "error", "prompt_tokens", "completion_tokens_details", "signature",
            ]
        ),
        inner,
        max_size=4,
    ),
    max_leaves=15,
)  # fmt: skip
_DELTA = st.dictionaries(
    st.sampled_from(
        ["content", "reasoning", "reasoning_details", "refusal", "tool_calls", "function_call", "executed_tools"]
    ),
    _JSON,
    max_size=4,
)


@given(st.lists(_JSON | _DELTA.map(lambda delta: {"choices": [{"delta": delta}], "usage": {}}), max_size=4))
def test_no_json_crashes_the_reader(chunks: list[Any]) -> None:
    reader = ChatReader(target("http://h"))
    try:
        for each in chunks:
            for event in reader.read(each):
                assert not isinstance(event, TextDelta) or isinstance(event.text, str)
        list(reader.finish())
    except LuminaError:
        return
