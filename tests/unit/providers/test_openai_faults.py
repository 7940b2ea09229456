"""What can go wrong on the way to an OpenAI-compatible server, and what a user then gets."""

from __future__ import annotations

import asyncio
import json
import socket
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

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
from lumina_jupyter.events import Failed, MessageStarted, TextDelta
from lumina_jupyter.gateway.providers.base import Provider, Secret
from lumina_jupyter.gateway.providers.openai_compatible import OpenAICompatible
from lumina_jupyter.gateway.requests import ChatRequest, Message
from tests.replay.compare import Answer, collect
from tests.replay.server import ReplayServer, Reply

from .openai_bodies import HELLO, KEY, USAGE, call, chunk, refusal, sse, streamed, target

HELLO_REQUEST = ChatRequest(messages=(Message.of("user", "Hello?"),))
BODY = sse(chunk(content="Grüß dich"), chunk("stop"))


async def ask(reply: Reply, **changes: object) -> Answer:
    provider = OpenAICompatible()
    try:
        async with ReplayServer(reply) as server:
            return await collect(provider, HELLO_REQUEST, target(server.url, **changes))
    finally:
        await provider.close()


@pytest.mark.parametrize(
    ("reply", "wanted"),
    [
        pytest.param(streamed(*HELLO[:3], done=False), StreamBroken, id="no finish reason"),
        pytest.param(streamed(*HELLO[:3]), StreamBroken, id="done without a finish reason"),
        pytest.param(streamed(*HELLO[:3], close_after=len(sse(*HELLO[:3]))), StreamBroken, id="closed"),
        pytest.param(streamed(*HELLO[:2], '{"choices": [{"del', done=False), StreamBroken, id="half a line"),
        pytest.param(streamed(*HELLO[:2], "}{ garbage"), StreamBroken, id="not JSON"),
        pytest.param(streamed(*HELLO[:2], "[1]"), StreamBroken, id="not an object"),
        pytest.param(streamed(*HELLO[:2], '{"choices": [7]}'), StreamBroken, id="not a choice"),
        pytest.param(streamed(*HELLO[:2], '{"choices": {"a": 1}}'), StreamBroken, id="not a list of choices"),
        pytest.param(streamed(*HELLO[:2], "[" * 100_000), StreamBroken, id="too deep"),
        pytest.param(Reply(body=b"\x00\xff\xfe\r\n\n\r" * 99, cut=7), StreamBroken, id="binary garbage"),
        pytest.param(Reply(body=b"", content_type="text/event-stream"), StreamBroken, id="nothing"),
        pytest.param(Reply(body=b'{"choices": [', cut=3), StreamBroken, id="half an object"),
        pytest.param(Reply(body=b"<html>Log in", content_type="text/html"), InvalidRequest, id="a web page"),
        pytest.param(streamed(*HELLO[:2], chunk("error")), ProviderError, id="finish reason error"),
        pytest.param(streamed(*HELLO[:2], chunk("insufficient_system_resource")), Overloaded, id="DeepSeek is full"),
        pytest.param(
            streamed(*HELLO[:2], '{"error": {"type": "overloaded_error", "message": "Overloaded"}}'),
            Overloaded,
            id="overload in the stream",
        ),
        pytest.param(streamed('{"error": "prompt too long"}'), ContextTooLong, id="Ollama's error in the stream"),
        pytest.param(streamed('{"detail": "Invalid API Key"}'), AuthenticationFailed, id="a bare detail"),
        pytest.param(
            streamed(call(0, "a", "f", '{"x": '), chunk("length")), InvalidToolArguments, id="half a tool's arguments"
        ),
        pytest.param(streamed(call(0, "a", "f", "[1]"), chunk("tool_calls")), InvalidToolArguments, id="a list"),
        pytest.param(streamed(call(0, "a", None, "{}"), chunk("tool_calls")), StreamBroken, id="a nameless call"),
    ],
)
async def test_a_bad_answer_is_the_error_that_fits(reply: Reply, wanted: type[LuminaError]) -> None:
    answer = await ask(reply)
    assert type(answer.error) is wanted
    assert answer.error.provider == "lab"
    assert answer.finish is None
    if reply.body.startswith(sse(*HELLO[:2], done=False)):
        assert answer.text == "Hel" or answer.text == "Hello"


async def test_a_connection_that_drops_anywhere_is_a_broken_stream_and_what_came_stands() -> None:
    complete = BODY.index(b'"stop"}]}') + len(b'"stop"}]}\n\n')
    for end in range(len(BODY)):
        answer = await ask(Reply(content_type="text/event-stream", body=BODY, cut=7, close_after=end))
        if end < complete:
            assert type(answer.error) is StreamBroken, end
        else:
            assert answer.finish == "stop", end
        assert "Grüß dich".startswith(answer.text)


async def test_silence_is_a_time_out_after_what_came() -> None:
    answer = await ask(streamed(*HELLO, stall_after=len(sse(*HELLO[:3], done=False))), stream_timeout=0.2)
    assert type(answer.error) is ProviderTimeout
    assert answer.text == "Hello"


async def test_silence_after_the_finish_reason_does_not_spoil_the_answer() -> None:
    answer = await ask(streamed(*HELLO, stall_after=len(sse(*HELLO, done=False))), stream_timeout=0.2)
    assert (answer.error, answer.text, answer.finish) == (None, "Hello", "stop")


async def test_a_refused_connection() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        provider = OpenAICompatible()
        answer = await collect(provider, HELLO_REQUEST, target(f"http://127.0.0.1:{unused.getsockname()[1]}"))
        await provider.close()
    assert type(answer.error) is ConnectionFailed
    assert answer.error.retryable


async def test_no_connection_within_the_time_limit() -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(full.getsockname())
        provider = OpenAICompatible()
        url = f"http://127.0.0.1:{full.getsockname()[1]}"
        answer = await collect(provider, HELLO_REQUEST, target(url, connect_timeout=0.2))
        await provider.close()
        for each in waiting:
            each.close()
    assert type(answer.error) is ConnectionFailed


@pytest.mark.parametrize(
    ("reply", "wanted"),
    [
        (refusal(401, "Incorrect API key provided"), AuthenticationFailed),
        (refusal(404, "The model `m` does not exist"), ModelNotFound),
        (refusal(429, "Slow down"), RateLimited),
        (refusal(429, "You exceeded your current quota", code="insufficient_quota"), QuotaExhausted),
        (refusal(503, "busy"), Overloaded),
        (refusal(529, "busy"), Overloaded),
        (refusal(504, "busy"), ProviderTimeout),
        (refusal(500, "The server had an error"), ProviderError),
        (Reply(status=502, body=b"<html><title>Bad Gateway</title>", content_type="text/html"), ProviderError),
        (Reply(status=307, body=b"", headers={"Location": "http://127.0.0.1:9/"}), InvalidRequest),
    ],
)
async def test_a_refusal_is_the_error_that_fits(reply: Reply, wanted: type[LuminaError]) -> None:
    answer = await ask(reply)
    assert type(answer.error) is wanted
    assert answer.events == []


@pytest.mark.parametrize("cut", [None, 3])
async def test_a_refusal_whose_body_breaks_off_still_tells_its_status(cut: int | None) -> None:
    answer = await ask(
        Reply(status=429, body=b'{"error": {"mess', cut=cut, close_after=10, headers={"Retry-After": "7"})
    )
    assert type(answer.error) is RateLimited
    assert answer.error.retry_after == 7


async def test_retry_after_as_seconds_and_as_a_date() -> None:
    seconds = await ask(refusal(429, "Slow down", **{"Retry-After": "2.5"}))
    moment = datetime.now(UTC) + timedelta(seconds=60)
    date = await ask(refusal(503, "busy", **{"Retry-After": format_datetime(moment, usegmt=True)}))
    assert seconds.error is not None
    assert seconds.error.retry_after == 2.5
    assert date.error is not None
    assert date.error.retry_after is not None
    assert 0 < date.error.retry_after <= 60


@pytest.mark.parametrize(
    "reply",
    [
        refusal(401, f"Incorrect API key provided: {KEY}. Authorization: Bearer {KEY}"),
        refusal(400, "x" * 280 + KEY + "y" * 1000),
        Reply(status=500, body=f"<html><title>{KEY}</title></html>".encode()),
        streamed(*HELLO[:2], json.dumps({"error": {"message": f"bad key {KEY}"}})),
        Reply(body=json.dumps({"error": {"message": f"bad key {KEY}"}}).encode()),
    ],
)
async def test_a_key_that_a_server_echoes_is_masked(reply: Reply) -> None:
    answer = await ask(reply)
    assert answer.error is not None
    told = f"{answer.error} {answer.error!r} {answer.error.args} {Failed.of(answer.error)}"
    assert KEY not in told
    assert "sk-test-0123" not in told
    assert len(answer.error.message) < 400


async def test_a_key_that_cannot_stand_in_a_header_fails_without_showing_it() -> None:
    for key in ("geheim\n12345678", "schlüssel-12345678"):
        answer = await ask(streamed(*HELLO), key=Secret(key))
        assert type(answer.error) is AuthenticationFailed
        assert key not in str(answer.error)
        assert answer.error.__suppress_context__


async def first_text(provider: Provider, server: ReplayServer, left: asyncio.Event) -> None:
    async with aclosing(provider.chat(HELLO_REQUEST, target(server.url))) as events:
        async for event in events:
            if isinstance(event, TextDelta):
                left.set()


async def test_closing_the_stream_closes_the_connection() -> None:
    provider = OpenAICompatible()
    async with ReplayServer(streamed(*HELLO, stall_after=len(sse(*HELLO[:3], done=False)))) as server:
        async with aclosing(provider.chat(HELLO_REQUEST, target(server.url))) as events:
            assert isinstance(await anext(events), MessageStarted)
            assert await anext(events) == TextDelta("Hel")
            assert server.connections_open == 1
        async with asyncio.timeout(5):
            await server.until_connections(0)
    await provider.close()


@pytest.mark.parametrize("again_after", [None, *range(8)])
async def test_cancelling_the_reader_closes_the_connection(again_after: int | None) -> None:
    """Also a second time, so many turns of the loop later: whoever goes closes the connection and says so, too."""
    provider = OpenAICompatible()
    async with ReplayServer(streamed(*HELLO, stall_after=len(sse(*HELLO[:3], done=False)))) as server:
        got = asyncio.Event()
        task = asyncio.create_task(first_text(provider, server, got))
        await got.wait()
        task.cancel()
        if again_after is not None:
            for _ in range(again_after):
                await asyncio.sleep(0)
            task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        async with asyncio.timeout(20):
            await server.until_connections(0)
    await provider.close()


async def test_cancelling_before_the_answer_begins_closes_the_connection() -> None:
    provider = OpenAICompatible()
    async with ReplayServer(streamed(*HELLO, stall_after=0)) as server:
        task = asyncio.create_task(first_text(provider, server, asyncio.Event()))
        await server.until_requests(1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        async with asyncio.timeout(5):
            await server.until_connections(0)
    await provider.close()


async def test_a_reader_that_stops_reading_stops_the_server_from_sending() -> None:
    body = sse(*[chunk(content="x" * 10_000)] * 5_000, chunk("stop"))
    provider = OpenAICompatible()
    async with ReplayServer(Reply(content_type="text/event-stream", body=body, cut=4096)) as server:
        async with aclosing(provider.chat(HELLO_REQUEST, target(server.url))) as events:
            await anext(events)
            await anext(events)
            sent = -1
            while sent != server.sent:  # until the socket's buffers are full and nothing moves any more
                sent = server.sent
                for _ in range(1000):
                    await asyncio.sleep(0)
            assert sent < len(body) / 2
            characters = 10_000
            async for event in events:
                if isinstance(event, TextDelta):
                    characters += len(event.text)
        assert characters == 50_000_000
    await provider.close()


@pytest.mark.parametrize("reply", [streamed(*HELLO), streamed(*HELLO, done=False), streamed(*HELLO, cut=7, apart=True)])
async def test_the_connection_is_used_again_after_a_whole_answer(reply: Reply) -> None:
    provider = OpenAICompatible()
    async with ReplayServer(reply) as server:
        for _ in range(3):
            answer = await collect(provider, HELLO_REQUEST, target(server.url))
            assert answer.text == "Hello"
        assert (server.connections_made, len(server.requests)) == (1, 3)
    await provider.close()


async def test_many_streams_at_once_are_all_complete() -> None:
    provider = OpenAICompatible()
    reply = streamed(*(chunk(content=f"{n} ") for n in range(50)), chunk("stop"), cut=11)
    async with ReplayServer(reply) as server:
        answers = await asyncio.gather(*(collect(provider, HELLO_REQUEST, target(server.url)) for _ in range(200)))
    await provider.close()
    assert {answer.text for answer in answers} == {"".join(f"{n} " for n in range(50))}
    assert {answer.finish for answer in answers} == {"stop"}


async def test_ten_megabytes_of_prompt_arrive_whole() -> None:
    text = "All work and no play. ☃ " * 450_000
    provider = OpenAICompatible()
    async with ReplayServer(streamed(*HELLO)) as server:
        request = ChatRequest(messages=(Message.of("user", text),))
        answer = await collect(provider, request, target(server.url))
        sent = json.loads(server.requests[0].body)
    await provider.close()
    assert answer.error is None
    assert sent["messages"][0]["content"] == text


async def test_nul_and_lone_surrogates_in_a_prompt_are_sent_safely() -> None:
    provider = OpenAICompatible()
    async with ReplayServer(streamed(*HELLO)) as server:
        request = ChatRequest(messages=(Message.of("user", "a\x00b\ud800c\udfff 😀 \ud83d"),))
        answer = await collect(provider, request, target(server.url))
        sent = json.loads(server.requests[0].body.decode("utf-8", "strict"))
    await provider.close()
    assert answer.error is None
    assert sent["messages"][0]["content"] == "a\x00b\ufffdc\ufffd 😀 \ufffd"


async def test_what_has_no_json_is_an_invalid_request() -> None:
    provider = OpenAICompatible()
    async with ReplayServer(streamed(*HELLO)) as server:
        for extra in ({"x": object()}, {"x": float("nan")}):
            request = ChatRequest(messages=(Message.of("user", "?"),), extra=extra)
            answer = await collect(provider, request, target(server.url))
            assert type(answer.error) is InvalidRequest
        assert server.requests == []
    await provider.close()


async def test_closing_the_adapter_ends_calls_under_way_with_an_error() -> None:
    provider = OpenAICompatible()
    async with (
        ReplayServer(streamed(*HELLO, stall_after=len(sse(*HELLO[:3], done=False)))) as server,
        aclosing(provider.chat(HELLO_REQUEST, target(server.url))) as events,
    ):
        await anext(events)
        await provider.close()
        with pytest.raises(ProviderError):
            async for _ in events:
                pass


async def test_usage_is_told_once_and_last() -> None:
    counted = {"choices": [], "usage": USAGE}
    answer = await ask(streamed(*HELLO, counted, counted))
    assert answer.usage is not None
    assert (answer.usage.input_tokens, answer.usage.output_tokens) == (3, 2)
    assert answer.events[-2] == answer.usage
