"""What can go wrong on the way through litellm, and what it gets wrong itself: each mended, each tested."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from typing import Any

import pytest

from lumina_jupyter.errors import (
    AuthenticationFailed,
    ConnectionFailed,
    ContextTooLong,
    InvalidRequest,
    InvalidToolArguments,
    LuminaError,
    ModelNotFound,
    Overloaded,
    ProviderError,
    ProviderTimeout,
    QuotaExhausted,
    RateLimited,
    StreamBroken,
)
from lumina_jupyter.events import Event, MessageStarted, Notice, TextDelta
from lumina_jupyter.gateway.providers.litellm import LiteLLM
from lumina_jupyter.gateway.requests import ChatRequest, Message
from tests.replay.compare import Answer, collect
from tests.replay.recording import recording
from tests.replay.server import ReplayServer, Reply

from .litellm_bodies import (
    KEY,
    amazon_exception,
    anthropic_events,
    bedrock_events,
    body_of,
    events_of,
    gemini_events,
    streamed,
    target,
    tool_events,
)

HELLO = ChatRequest(messages=(Message.of("user", "Hello?"),))
PROVIDERS = ("anthropic", "gemini", "bedrock")


@pytest.fixture
def adapter(jp_asyncio_loop: asyncio.AbstractEventLoop) -> Iterator[LiteLLM]:
    made = LiteLLM()
    yield made
    jp_asyncio_loop.run_until_complete(made.close())


async def ask(adapter: LiteLLM, provider: str, reply: Reply, **changes: Any) -> Answer:
    async with ReplayServer(reply) as server:
        return await collect(adapter, HELLO, target(provider, server.url, **changes))


def refusal(status: int, body: Any, **headers: str) -> Reply:
    return Reply(
        status=status,
        body=json.dumps(body).encode(),
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    )


# --- streams that are not whole ----------------------------------------------------------------------


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_a_whole_answer_is_one(adapter: LiteLLM, provider: str) -> None:
    answer = await ask(adapter, provider, streamed(provider, events_of(provider, "Grüß ", "dich")))
    assert (answer.error, answer.text, answer.finish) == (None, "Grüß dich", "stop")
    assert answer.usage is not None
    assert (answer.usage.input_tokens, answer.usage.output_tokens) == (7, 3)


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_a_connection_is_used_again(adapter: LiteLLM, provider: str) -> None:
    async with ReplayServer(streamed(provider, events_of(provider, "Grüß ", "dich"))) as server:
        for _ in range(3):
            assert (await collect(adapter, HELLO, target(provider, server.url))).error is None
        assert server.connections_made == 1


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_a_stream_without_a_finish_reason_is_broken(adapter: LiteLLM, provider: str) -> None:
    answer = await ask(adapter, provider, streamed(provider, events_of(provider, "Hel", "lo", stop=False)))
    assert type(answer.error) is StreamBroken
    assert answer.text == "Hello"
    assert answer.finish is None


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_every_break_is_one_error_and_keeps_what_came(adapter: LiteLLM, provider: str) -> None:
    body = body_of(provider, events_of(provider, "Grüß ", "dich"))
    reply = streamed(provider, events_of(provider, "Grüß ", "dich"))
    for at in range(0, len(body) - 1, 17):
        async with ReplayServer(reply, cut=5, close_after=at) as server:
            answer = await collect(adapter, HELLO, target(provider, server.url))
        # The last bytes only frame what is complete already; before them the end is an error.
        assert isinstance(answer.error, StreamBroken) or answer.finish == "stop"
        assert "Grüß dich".startswith(answer.text)
        if answer.error is None:
            assert answer.text == "Grüß dich"


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize(
    "more", [b"\x00\xff\xfe\r\n\n\r" * 50, b'data: {"candidates": [{"con', b"data: [7]\n\n", b"data: }{\n\n"]
)
async def test_garbage_is_a_broken_stream(adapter: LiteLLM, provider: str, more: bytes) -> None:
    answer = await ask(adapter, provider, streamed(provider, events_of(provider, "Hello", stop=False), more=more))
    assert type(answer.error) is StreamBroken
    assert answer.text == "Hello"
    assert "Traceback" not in str(answer.error)


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_silence_ends_at_the_time_limit(adapter: LiteLLM, provider: str) -> None:
    events = events_of(provider, "Hel", "lo")
    reply = streamed(provider, events, stall_after=len(body_of(provider, events[:-2])))
    answer = await ask(adapter, provider, reply, stream_timeout=0.2)
    assert type(answer.error) is ProviderTimeout


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_silence_before_the_answer_ends_at_the_time_limit(adapter: LiteLLM, provider: str) -> None:
    answer = await ask(
        adapter, provider, streamed(provider, events_of(provider, "Hello"), stall_after=0), stream_timeout=0.2
    )
    assert type(answer.error) is ProviderTimeout


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_nobody_there(adapter: LiteLLM, provider: str) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        answer = await collect(adapter, HELLO, target(provider, f"http://127.0.0.1:{unused.getsockname()[1]}"))
    assert type(answer.error) is ConnectionFailed
    assert answer.events == []


# --- refusals ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize(
    ("status", "body", "wanted"),
    [
        (401, {"error": {"type": "authentication_error", "message": "invalid x-api-key"}}, AuthenticationFailed),
        (404, {"error": {"type": "not_found_error", "message": "model: claude-9"}}, ModelNotFound),
        (400, {"error": {"message": "prompt is too long: 210000 tokens > 200000 maximum"}}, ContextTooLong),
        (400, {"message": "Input Tokens Exceeded: Number of input tokens exceeds maximum length."}, ContextTooLong),
        (429, {"error": {"code": "insufficient_quota", "message": "You have no credit."}}, QuotaExhausted),
        (400, {"error": {"message": "Your credit balance is too low to access the API."}}, QuotaExhausted),
        (529, {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}, Overloaded),
        (503, {"error": {"status": "UNAVAILABLE", "message": "The model is overloaded."}}, Overloaded),
        (500, {"error": {"type": "api_error", "message": "Internal server error"}}, ProviderError),
    ],
)
async def test_a_refusal_is_classified_by_its_body_and_sent_once(
    adapter: LiteLLM, provider: str, status: int, body: Any, wanted: type[LuminaError]
) -> None:
    async with ReplayServer(refusal(status, body)) as server:
        answer = await collect(adapter, HELLO, target(provider, server.url))
        assert len(server.requests) == 1  # whoever tries again, it is not litellm
    assert type(answer.error) is wanted
    assert answer.events == []


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_retry_after_is_honoured(adapter: LiteLLM, provider: str) -> None:
    reply = refusal(429, {"error": {"type": "rate_limit_error", "message": "Slow down"}}, Retry_After="17")
    answer = await ask(adapter, provider, reply)
    assert type(answer.error) is RateLimited
    assert answer.error.retry_after == 17


async def test_gemini_says_in_the_body_when_to_try_again(adapter: LiteLLM) -> None:
    played = recording(
        "gemini/rubyllm__chat_real_error_scenarios_gemini_gemini-2_5-flash_handles_context_length_exceeded_errors"
    )
    answer = await ask(adapter, "gemini", Reply.of(played))
    details = played.json()["error"]["details"]
    delay = next(each["retryDelay"] for each in details if each["@type"].endswith("RetryInfo"))
    assert type(answer.error) is RateLimited
    assert answer.error.retry_after == float(delay.removesuffix("s"))


async def test_a_redirect_is_not_followed(adapter: LiteLLM) -> None:
    async with ReplayServer(streamed("anthropic", anthropic_events("stolen"))) as elsewhere:
        answer = await ask(adapter, "anthropic", Reply(status=307, headers={"Location": elsewhere.url}))
        assert elsewhere.requests == []
    assert isinstance(answer.error, ProviderError)


# --- errors inside a 200 stream ----------------------------------------------------------------------


async def test_an_overload_inside_anthropics_stream(adapter: LiteLLM) -> None:
    error = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
    answer = await ask(adapter, "anthropic", streamed("anthropic", [*anthropic_events("Hel", stop=None), error]))
    assert type(answer.error) is Overloaded
    assert answer.text == "Hel"


async def test_a_rate_limit_inside_geminis_stream(adapter: LiteLLM) -> None:
    retry = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "39s"}
    error = {"error": {"code": 429, "status": "RESOURCE_EXHAUSTED", "message": "Quota.", "details": [retry]}}
    events = [*gemini_events({"text": "Hel"}, finish=None), error]
    answer = await ask(adapter, "gemini", streamed("gemini", events))
    assert type(answer.error) is RateLimited
    assert answer.error.retry_after == 39


@pytest.mark.parametrize(
    ("kind", "message", "wanted"),
    [
        ("throttlingException", "Too many requests, please wait.", RateLimited),
        ("serviceUnavailableException", "The service is temporarily unavailable.", Overloaded),
        ("modelStreamErrorException", "The system encountered an unexpected error.", ProviderError),
        ("validationException", "Input is too long for requested model.", ContextTooLong),
    ],
)
async def test_an_exception_inside_bedrocks_stream(
    adapter: LiteLLM, kind: str, message: str, wanted: type[LuminaError]
) -> None:
    reply = streamed("bedrock", bedrock_events("Hel", stop=None), more=amazon_exception(kind, message))
    answer = await ask(adapter, "bedrock", reply)
    assert isinstance(answer.error, wanted)
    assert not isinstance(answer.error, StreamBroken)
    assert answer.text == "Hel"


# --- what litellm gets wrong -------------------------------------------------------------------------


async def test_a_tool_that_the_provider_runs_is_told_and_never_called(adapter: LiteLLM) -> None:
    start, *rest = anthropic_events("It is sunny.", stop="end_turn")
    events = [start, *tool_events("srvtoolu_1", "web_search", '{"query": "weather"}'), *rest]
    answer = await ask(adapter, "anthropic", streamed("anthropic", events))
    assert answer.calls == []
    assert answer.finish == "stop"
    assert [notice.code for notice in answer.notices] == ["provider_tool"]
    assert "web_search" in answer.notices[0].text


async def test_beside_a_provider_side_tool_ours_is_called(adapter: LiteLLM) -> None:
    start, *rest = anthropic_events("Let me see.", stop="tool_use")
    events = [start, *tool_events("srvtoolu_1", "web_search", "{}"), *tool_events("toolu_2", "ours", '{"a": 1}'), *rest]
    answer = await ask(adapter, "anthropic", streamed("anthropic", events))
    assert [(call.index, call.id, call.name) for call in answer.calls] == [(0, "toolu_2", "ours")]
    assert answer.finish == "tool_calls"


async def test_text_that_looks_like_a_special_token_is_kept(adapter: LiteLLM) -> None:
    texts = ("In HTML ", "<s>", "old", "</s>", " is struck out, ", "<|im_end|>", " is not.")
    answer = await ask(adapter, "anthropic", streamed("anthropic", anthropic_events(*texts)))
    assert answer.text == "".join(texts)


async def test_a_model_may_repeat_itself(adapter: LiteLLM) -> None:
    answer = await ask(adapter, "anthropic", streamed("anthropic", anthropic_events(*["| --- "] * 300)))
    assert answer.error is None
    assert answer.text == "| --- " * 300


async def test_gemini_may_call_a_tool_without_arguments(adapter: LiteLLM) -> None:
    events = gemini_events({"functionCall": {"name": "now"}}, {"functionCall": {"name": "then", "args": {"x": 1}}})
    for reply, options in (
        (streamed("gemini", events), {}),
        (Reply(body=json.dumps(_joined(events)).encode()), {"stream": "false"}),
    ):
        answer = await ask(adapter, "gemini", reply, options=options)
        assert [(call.name, json.loads(call.arguments)) for call in answer.calls] == [("now", {}), ("then", {"x": 1})]
        assert answer.finish == "tool_calls"


def _joined(events: list[dict[str, Any]]) -> dict[str, Any]:
    parts = [part for event in events for part in event["candidates"][0]["content"]["parts"]]
    whole = json.loads(json.dumps(events[-1]))
    whole["candidates"][0]["content"]["parts"] = parts
    assert isinstance(whole, dict)
    return whole


@pytest.mark.parametrize("reason", ["MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL"])
async def test_a_call_that_gemini_could_not_read_is_an_error(adapter: LiteLLM, reason: str) -> None:
    answer = await ask(adapter, "gemini", streamed("gemini", gemini_events({"text": ""}, finish=reason)))
    assert type(answer.error) is InvalidToolArguments


async def test_a_full_context_window_is_no_ordinary_stop(adapter: LiteLLM) -> None:
    reply = streamed("anthropic", anthropic_events("Hel", stop="model_context_window_exceeded"))
    assert (await ask(adapter, "anthropic", reply)).finish == "length"


async def test_an_estimate_of_reasoning_tokens_is_not_reported(adapter: LiteLLM) -> None:
    start, *rest = anthropic_events("4", stop="end_turn")
    thought = [
        {"type": "content_block_start", "index": 1, "content_block": {"type": "thinking", "thinking": ""}},
        {"type": "content_block_delta", "index": 1, "delta": {"type": "thinking_delta", "thinking": "2 and 2"}},
        {"type": "content_block_delta", "index": 1, "delta": {"type": "signature_delta", "signature": "c2ln"}},
    ]
    answer = await ask(adapter, "anthropic", streamed("anthropic", [start, *thought, *rest]))
    assert answer.reasoning == "2 and 2"
    assert answer.usage is not None
    assert answer.usage.reasoning_tokens == 0


async def test_no_call_of_litellms_own_logging_is_left_behind(adapter: LiteLLM) -> None:
    before = asyncio.all_tasks()
    for provider in PROVIDERS:
        assert (await ask(adapter, provider, streamed(provider, events_of(provider, "Hello")))).error is None
    whole = Reply(body=json.dumps(_joined(gemini_events({"text": "Hello"}))).encode())
    assert (await ask(adapter, "gemini", whole, options={"stream": "false"})).text == "Hello"
    assert asyncio.all_tasks() == before


# --- leaving -----------------------------------------------------------------------------------------


async def first_text(events: AsyncGenerator[Event, None], got: asyncio.Event) -> None:
    async with aclosing(events):
        async for event in events:
            if isinstance(event, TextDelta):
                got.set()


def stalling(provider: str) -> Reply:
    events = events_of(provider, "Hel", "lo")
    return streamed(provider, events, stall_after=len(body_of(provider, events[:-1])))


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_closing_the_stream_closes_the_connection(adapter: LiteLLM, provider: str) -> None:
    async with ReplayServer(stalling(provider)) as server:
        async with aclosing(adapter.chat(HELLO, target(provider, server.url))) as events:
            async for event in events:
                if isinstance(event, TextDelta):
                    break
            assert server.connections_open == 1
        async with asyncio.timeout(5):
            await server.until_connections(0)


@pytest.mark.parametrize(
    ("provider", "again_after"), [*((name, None) for name in PROVIDERS), *((PROVIDERS[0], turns) for turns in range(8))]
)
async def test_cancelling_the_reader_closes_the_connection(
    adapter: LiteLLM, provider: str, again_after: int | None
) -> None:
    """Also a second time, so many turns of the loop later: whoever goes closes the connection and says so, too."""
    async with ReplayServer(stalling(provider)) as server:
        got = asyncio.Event()
        task = asyncio.create_task(first_text(adapter.chat(HELLO, target(provider, server.url)), got))
        await got.wait()
        task.cancel()
        if again_after is not None:
            for _ in range(again_after):
                await asyncio.sleep(0)
            task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        async with asyncio.timeout(5):
            await server.until_connections(0)


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_cancelling_before_the_answer_begins_closes_the_connection(adapter: LiteLLM, provider: str) -> None:
    async with ReplayServer(streamed(provider, events_of(provider, "Hello"), stall_after=0)) as server:
        task = asyncio.create_task(first_text(adapter.chat(HELLO, target(provider, server.url)), asyncio.Event()))
        await server.until_requests(1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        async with asyncio.timeout(5):
            await server.until_connections(0)


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_a_reader_that_stops_reading_stops_the_server_from_sending(adapter: LiteLLM, provider: str) -> None:
    reply = streamed(provider, events_of(provider, *["x" * 10_000] * 3_000), cut=4096)
    async with ReplayServer(reply) as server, aclosing(adapter.chat(HELLO, target(provider, server.url))) as events:
        assert isinstance(await anext(events), MessageStarted)
        assert isinstance(await anext(events), TextDelta)
        sent = -1
        while sent != server.sent:  # until the socket's buffers are full and nothing moves any more
            sent = server.sent
            for _ in range(1000):
                await asyncio.sleep(0)
        assert sent < len(reply.body) / 2


async def test_closing_the_adapter_ends_calls_under_way_with_an_error(adapter: LiteLLM) -> None:
    async with (
        ReplayServer(stalling("anthropic")) as server,
        aclosing(adapter.chat(HELLO, target("anthropic", server.url))) as events,
    ):
        await anext(events)
        await adapter.close()
        with pytest.raises(ProviderError):
            async for _ in events:
                pass


# --- secrets -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_the_key_is_in_no_message_and_no_log(
    adapter: LiteLLM, provider: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    said = [
        await ask(adapter, provider, refusal(400, {"error": {"message": f"bad key {KEY}"}})),
        await ask(adapter, provider, streamed(provider, events_of(provider, "Hel", stop=False))),
        await ask(adapter, provider, streamed(provider, events_of(provider, "Hel"))),
        await ask(adapter, provider, streamed(provider, []), name="no/such\nmodel"),
        await ask(
            adapter, provider, streamed(provider, events_of(provider, "Hello"), stall_after=0), stream_timeout=0.1
        ),
    ]
    out, err = capfd.readouterr()
    for answer in said:
        assert KEY not in f"{answer.error!r} {answer.error} {getattr(answer.error, '__dict__', '')} {answer.events!r}"
    assert KEY not in caplog.text + out + err


async def test_a_notice_is_no_part_of_the_answer(adapter: LiteLLM) -> None:
    start, *rest = anthropic_events("Hi", stop="end_turn")
    events = [start, *tool_events("srvtoolu_1", "code_execution", "{}"), *rest]
    answer = await ask(adapter, "anthropic", streamed("anthropic", events))
    assert sum(isinstance(event, Notice) for event in answer.events) == 1
    assert answer.text == "Hi"


async def test_a_field_that_would_steer_litellm_is_refused(adapter: LiteLLM) -> None:
    async with ReplayServer(streamed("anthropic", anthropic_events("Hi"))) as server:
        for name in ("api_base", "api_key", "mock_response", "fallbacks", "aws_region_name", "client", "timeout"):
            request = ChatRequest(messages=HELLO.messages, extra={name: "http://elsewhere"})
            answer = await collect(adapter, request, target("anthropic", server.url))
            assert type(answer.error) is InvalidRequest
            assert name in answer.error.message
        assert server.requests == []
