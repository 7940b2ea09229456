"""What can go wrong on the way to the Responses API, and what a user then gets."""

from __future__ import annotations

import asyncio
import json
import traceback
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from functools import partial
from typing import Any

import pytest

from lumina_jupyter.errors import (
    AuthenticationFailed,
    ConnectionFailed,
    ContentFiltered,
    InvalidToolArguments,
    LuminaError,
    Overloaded,
    ProviderTimeout,
    RateLimited,
    StreamBroken,
)
from lumina_jupyter.events import TextDelta
from lumina_jupyter.gateway.providers.base import Secret, Target
from lumina_jupyter.gateway.providers.openai_responses import OpenAIResponses
from tests.replay.compare import Answer, assert_same, collect, replay
from tests.replay.reading_responses import read_responses
from tests.replay.recording import Recording, recordings
from tests.replay.server import ReplayServer, Reply

from .openai_responses_bodies import CREATED, HELLO, TEXT, ask, ended, item, stream_of, target, target_of, text_delta


@pytest.mark.parametrize("arguments", ['{"a":', "[1]", "nothing"])
async def test_malformed_tool_arguments(responses_adapter: OpenAIResponses, arguments: str) -> None:
    call = item("done", 0, type="function_call", call_id="c", name="look", arguments=arguments)
    answer = await ask(responses_adapter, stream_of(CREATED, call, ended()))
    assert isinstance(answer.error, InvalidToolArguments)
    assert not answer.calls


@pytest.mark.parametrize(
    ("event", "error"),
    [
        ({"type": "error", "code": "rate_limit_exceeded", "message": "Slow down.", "param": None}, RateLimited),
        ({"type": "error", "error": {"type": "overloaded_error", "message": "Busy."}}, Overloaded),
        (ended("failed", error={"code": "content_filter", "message": "No."}), ContentFiltered),
        (ended("failed"), LuminaError),
    ],
)
async def test_failure_inside_a_stream(
    responses_adapter: OpenAIResponses, event: dict[str, Any], error: type[LuminaError]
) -> None:
    answer = await ask(responses_adapter, stream_of(CREATED, text_delta("So far"), event))
    assert isinstance(answer.error, error)
    assert answer.text == "So far"


# --- trouble on the way ----------------------------------------------------------------------------


async def test_rate_limit_with_retry_after(responses_adapter: OpenAIResponses) -> None:
    body = json.dumps({"error": {"message": "Rate limit reached", "code": "rate_limit_exceeded"}}).encode()
    answer = await ask(responses_adapter, Reply(status=429, body=body, headers={"Retry-After": "7"}))
    assert isinstance(answer.error, RateLimited)
    assert answer.error.retry_after == 7.0


@pytest.mark.parametrize("after", [0, 1, 700, len(TEXT.body) // 2, len(TEXT.body) - 400])
@pytest.mark.parametrize("cut", [None, 64])
async def test_a_broken_stream(responses_adapter: OpenAIResponses, after: int, cut: int | None) -> None:
    async with ReplayServer(TEXT, close_after=after, cut=cut) as server:
        answer = await collect(responses_adapter, HELLO, target(server.url))
    assert type(answer.error) is StreamBroken
    assert read_responses(TEXT).text.startswith(answer.text)


async def test_a_stream_that_ends_without_its_last_event(responses_adapter: OpenAIResponses) -> None:
    answer = await ask(responses_adapter, stream_of(CREATED, text_delta("So far")))
    assert type(answer.error) is StreamBroken
    assert answer.text == "So far"


async def test_silence(responses_adapter: OpenAIResponses) -> None:
    for after in (0, 3000):
        async with ReplayServer(TEXT, stall_after=after, cut=512) as server:
            answer = await collect(responses_adapter, HELLO, target(server.url, stream_timeout=0.2))
            await server.until_connections(0)
        assert type(answer.error) is ProviderTimeout


async def test_no_server(responses_adapter: OpenAIResponses) -> None:
    async with ReplayServer(TEXT) as server:
        url = server.url
    answer = await collect(responses_adapter, HELLO, target(url))
    assert type(answer.error) is ConnectionFailed
    answer = await collect(responses_adapter, HELLO, target("not a url"))
    assert type(answer.error) is ConnectionFailed


@pytest.mark.parametrize(
    "body",
    [b"", b"data: {\n\n", b"data: []\n\n", b"data: 1\n\n", b'data: {"type": 1}\n\n', b"<html>oh</html>", b"\xff\xfe\x00",
     b'data: {"type":"response.output_item.added","output_index":0,"item":null}\n\n',
     b'data: {"type":"response.output_text.delta","output_index":0,"delta":{"a":1}}\n\n',
     b'data: {"type":"response.completed"}\n\n', b'data: {"type":"response.output_text.delta","delta":"\xe2\x82'],
)  # fmt: skip
@pytest.mark.parametrize("content_type", ["text/event-stream", "application/json", "text/plain"])
async def test_garbage(responses_adapter: OpenAIResponses, body: bytes, content_type: str) -> None:
    answer = await ask(responses_adapter, Reply(content_type=content_type, body=body))
    assert type(answer.error) is StreamBroken


async def test_cancelling_the_reader_closes_the_connection(responses_adapter: OpenAIResponses) -> None:
    async with ReplayServer(TEXT, stall_after=len(TEXT.body) - 3000, cut=512) as server:
        shown = asyncio.Event()

        async def read() -> None:
            async for event in responses_adapter.chat(HELLO, target(server.url)):
                if isinstance(event, TextDelta):
                    shown.set()

        task = asyncio.create_task(read())
        await shown.wait()
        assert server.connections_open == 1
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await server.until_connections(0)


async def test_closing_the_stream_closes_the_connection(responses_adapter: OpenAIResponses) -> None:
    async with ReplayServer(TEXT, stall_after=len(TEXT.body) // 2, cut=512) as server:
        async with aclosing(responses_adapter.chat(HELLO, target(server.url))) as events:
            await anext(events)
            assert server.connections_open == 1
        await server.until_connections(0)


async def test_a_connection_is_used_again(responses_adapter: OpenAIResponses) -> None:
    async with ReplayServer(TEXT, cut=64) as server:
        for _ in range(3):
            answer = await collect(responses_adapter, HELLO, target(server.url))
            assert answer.error is None
        assert server.connections_made == 1


@pytest.mark.parametrize("turns", range(0, 40, 2))
async def test_closing_the_adapter_ends_what_is_under_way(turns: int) -> None:
    responses_adapter = OpenAIResponses()
    async with ReplayServer(TEXT, stall_after=len(TEXT.body) // 2, cut=512) as server:
        reading = asyncio.create_task(collect(responses_adapter, HELLO, target(server.url)))
        for _ in range(turns):  # of the event loop: while it connects, sends, waits, reads
            await asyncio.sleep(0)
        await responses_adapter.close()
        answer = await reading
        assert type(answer.error) in (ConnectionFailed, StreamBroken)
        await server.until_connections(0)


async def test_closing_the_adapter_while_the_server_says_nothing() -> None:
    responses_adapter = OpenAIResponses()
    async with silent_server() as (url, asked):
        reading = asyncio.create_task(collect(responses_adapter, HELLO, target(url)))
        await asked.wait()
        await responses_adapter.close()
        assert type((await reading).error) is ConnectionFailed


@asynccontextmanager
async def silent_server() -> AsyncIterator[tuple[str, asyncio.Event]]:
    """A server that takes a request and answers nothing; the event is set when one has come."""
    asked = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        asked.set()
        await reader.read()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", asked


@pytest.mark.parametrize("key", ["sk-secret\nx", "sk-secret-ü", "sk-secret\x00"])
async def test_a_key_that_http_does_not_allow_is_told_without_showing_it(
    responses_adapter: OpenAIResponses, key: str
) -> None:
    async with ReplayServer(TEXT) as server:
        where = Target(provider="openai", name="m", base_url=server.url, key=Secret(key))
        answer = await collect(responses_adapter, HELLO, where)
    assert type(answer.error) is AuthenticationFailed
    assert "secret" not in "".join(traceback.format_exception(answer.error))


async def test_two_answers_at_once_do_not_mix(responses_adapter: OpenAIResponses) -> None:
    played = recordings(surface="responses")[:20]
    run: Callable[[Recording], Any] = partial(_replay_cut, responses_adapter)
    answers = await asyncio.gather(*map(run, played))
    for one, answer in zip(played, answers, strict=True):
        assert_same(answer, read_responses(one))


async def _replay_cut(responses_adapter: OpenAIResponses, played: Recording) -> Answer:
    return await replay(responses_adapter, played, target_of, cut=100)
