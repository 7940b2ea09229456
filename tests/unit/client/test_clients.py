"""Reaching an engine: in this process, and over HTTP when the server is well, gone, or breaks off."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import pytest

from lumina_jupyter.client import following
from lumina_jupyter.client.http import HttpClient
from lumina_jupyter.client.local import LocalClient
from lumina_jupyter.errors import AuthenticationFailed, MissingExtra, NotFound, ServerUnreachable
from lumina_jupyter.events import Event, Failed, MessageFinished, MessageStarted, TextDelta, to_dict
from lumina_jupyter.gateway import TextPart
from lumina_jupyter.memory import Entries, Gone, Live, Question
from lumina_jupyter.settings import Lumina
from tests.replay.answers import chat_reply
from tests.replay.server import ReplayServer, Reply

T = TypeVar("T")

QUESTION = Question(prompt=(TextPart("hello"),), notebook="a.ipynb")
STREAM: list[Event] = [MessageStarted("r", "p", "p/m"), TextDelta("hi"), MessageFinished("stop")]


def sse(*events: Event) -> Reply:
    body = "".join(f"id: {number}\ndata: {json.dumps(to_dict(event))}\n\n" for number, event in enumerate(events, 1))
    return Reply(content_type="text/event-stream", body=f": alive\n\n{body}".encode())


async def over_http(reply: Reply, use: Callable[[HttpClient], T]) -> T:
    """Use a client, in a thread, of a server that gives that reply."""
    async with ReplayServer(reply) as server:
        client = HttpClient(f"{server.url}/base/", token="secret-token")
        try:
            result = await asyncio.to_thread(use, client)
        finally:
            client.close()
        assert all(request.path.startswith("/base/lumina/api/") for request in server.requests)
        assert all(request.headers["authorization"] == "Bearer secret-token" for request in server.requests)
        return result


async def test_events_come_over_http_as_they_were() -> None:
    assert await over_http(sse(*STREAM), lambda client: list(client.ask(QUESTION))) == STREAM


@pytest.mark.parametrize("kept", [0, 1, 2])
async def test_a_stream_that_breaks_off_ends_with_failed(kept: int) -> None:
    events = await over_http(sse(*STREAM[:kept]), lambda client: list(client.ask(QUESTION)))
    assert events[:-1] == STREAM[:kept]
    assert isinstance(events[-1], Failed)
    assert events[-1].code == "stream_broken"


async def test_garbage_in_a_stream_ends_with_failed() -> None:
    garbage = Reply(content_type="text/event-stream", body=b"data: {not json\n\n")
    (end,) = await over_http(garbage, lambda client: list(client.ask(QUESTION)))
    assert isinstance(end, Failed)


def test_a_server_that_is_gone_is_said_to_be_gone() -> None:
    client = HttpClient("http://127.0.0.1:9/", token="t")
    (end,) = client.ask(QUESTION)
    assert isinstance(end, Failed)
    assert end.code == "server_unreachable"
    with pytest.raises(ServerUnreachable):
        client.models()


async def test_a_refused_token_says_to_restart_the_kernel() -> None:
    refused = Reply(status=403, body=b'{"message": "Forbidden", "reason": null}')
    with pytest.raises(ServerUnreachable) as caught:
        await over_http(refused, lambda client: client.models())
    assert "estart the kernel" in caught.value.hint


@pytest.mark.parametrize(
    ("code", "cls"),
    [("authentication_failed", AuthenticationFailed), ("not_found", NotFound), ("missing_extra", MissingExtra)],
)
async def test_errors_keep_their_class_and_their_words(code: str, cls: type[Exception]) -> None:
    body = json.dumps({"error": {"code": code, "message": "What happened.", "hint": "What to do."}}).encode()
    with pytest.raises(cls, match=r"What happened\. What to do\.") as caught:
        await over_http(Reply(status=400, body=body), lambda client: client.usage())
    assert type(caught.value) is cls


async def test_proxies_of_the_environment_never_see_the_token(monkeypatch: pytest.MonkeyPatch) -> None:
    async with ReplayServer(sse(*STREAM)) as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        assert await over_http(sse(*STREAM), lambda client: list(client.ask(QUESTION))) == STREAM
        assert proxy.requests == []


async def test_broken_text_is_sent_as_far_as_it_is_text() -> None:
    question = Question(prompt=(TextPart("a\0b\ud800c"),))
    async with ReplayServer(sse(*STREAM)) as server:
        client = HttpClient(server.url, token="t")
        await asyncio.to_thread(lambda: list(client.ask(question)))
        assert json.loads(server.requests[0].body)["prompt"][0]["text"] == "a\0b?c"
        client.close()


def local(folder: Path, server: ReplayServer) -> LocalClient:
    endpoints = {"lab": {"base_url": f"{server.url}/v1"}}
    return LocalClient(
        Lumina(data_dir=str(folder), endpoints=endpoints, default_model="lab/m", ollama_url=""), environment={}
    )


async def test_an_engine_in_this_process_answers(tmp_path: Path) -> None:
    def use(client: LocalClient) -> list[Event]:
        events = list(client.ask(QUESTION))
        assert [row.model for row in client.usage()] == ["lab/m"]
        assert len(client.conversations("a.ipynb")) == 1
        client.close()
        return events

    async with ReplayServer(chat_reply("hel", "lo")) as server:
        events = await asyncio.to_thread(lambda: use(local(tmp_path, server)))
    assert [event.text for event in events if isinstance(event, TextDelta)] == ["hel", "lo"]
    assert isinstance(events[-1], MessageFinished)


def test_a_process_ends_in_silence_with_its_engine_brought_to_its_end(tmp_path: Path) -> None:
    cell: dict[str, Any] = {
        "cell_type": "code",
        "id": "a",
        "source": "x",
        "metadata": {},
        "outputs": [],
        "execution_count": None,
    }
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (tmp_path / "a.ipynb").write_text(json.dumps(notebook))
    program = (
        "from lumina_jupyter.client.local import LocalClient\n"
        "from lumina_jupyter.settings import Lumina\n"
        "client = LocalClient(Lumina(data_dir='data', ollama_url=''), {})\n"
        "assert client.notebook_content('a.ipynb').cells[0].source == 'x'\n"
        "assert client.conversations('a.ipynb') == []\n"
        "print('done')\n"
    )
    command = [sys.executable, "-c", program]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "done\n", "")


async def test_an_interrupt_reaches_the_provider(tmp_path: Path) -> None:
    def interrupt(client: LocalClient) -> None:
        stream = iter(client.ask(QUESTION))
        while not isinstance(next(stream), TextDelta):
            pass
        with pytest.raises(KeyboardInterrupt):
            stream.throw(KeyboardInterrupt())  # type: ignore[attr-defined]  # it is a generator

    async with ReplayServer(chat_reply(*["word "] * 500, delay=0.02)) as server:
        client = await asyncio.to_thread(local, tmp_path, server)
        await asyncio.to_thread(interrupt, client)
        await server.until_connections(0)
        await asyncio.to_thread(client.close)


async def test_closing_ends_an_answer_under_way(tmp_path: Path) -> None:
    def begin(client: LocalClient) -> list[Event]:
        return list(client.ask(QUESTION))

    async with ReplayServer(chat_reply(*["word "] * 500, delay=0.02)) as server:
        client = await asyncio.to_thread(local, tmp_path, server)
        reading = asyncio.ensure_future(asyncio.to_thread(begin, client))
        await server.until_requests(1)
        await asyncio.to_thread(client.close)
        events = await reading
        assert isinstance(events[-1], MessageFinished | Failed)


async def test_a_conversation_is_followed_from_where_the_line_was_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "FIRST_WAIT", 0.0)
    entry = {"sequence": 7, "at": 1.0, "turn": "t", "author": "", "kind": "question", "data": {"text": "?"}}
    live = {"turn": "t", "event": {"type": "text_delta", "text": "hi"}}
    first = f"event: entry\nid: 7\ndata: {json.dumps(entry)}\n\nevent: live\ndata: {json.dumps(live)}\n\n"
    last = "event: news\ndata: {}\n\nevent: gone\ndata: {}\n\n"
    replies = [Reply(content_type="text/event-stream", body=text.encode()) for text in (first, last)]
    async with ReplayServer(*replies) as server:
        client = HttpClient(f"{server.url}/", token="t")
        frames = await asyncio.to_thread(lambda: list(client.follow("conv_1", after=3)))
        client.close()
        asked = [request.path for request in server.requests]
    assert [type(frame) for frame in frames] == [Entries, Live, Gone]
    assert [path.rpartition("=")[2] for path in asked] == ["3", "7"]


def test_a_conversation_in_this_process(tmp_path: Path) -> None:
    async def serve(use: Callable[[LocalClient], None]) -> None:
        async with ReplayServer(chat_reply("for", "ty-two")) as server:
            endpoints = {"lab": {"base_url": f"{server.url}/v1"}}
            settings = Lumina(data_dir=str(tmp_path), endpoints=endpoints, default_model="lab/m", ollama_url="")
            client = await asyncio.to_thread(LocalClient, settings, {})
            try:
                await asyncio.to_thread(use, client)
            finally:
                await asyncio.to_thread(client.close)

    def use(client: LocalClient) -> None:
        begun = client.begin_conversation("a.ipynb", title="Sums")
        asked = replace(QUESTION, conversation=begun.id, prompt=(TextPart("Six times seven?"),))
        started = client.start_turn(asked)
        assert client.start_turn(asked) == started
        for frame in client.follow(begun.id):
            if isinstance(frame, Entries) and frame.entries[-1].kind == "message_finished":
                break
        assert [hit.where for hit in client.search_conversations("forty-two")] == ["answer"]
        assert client.rename_conversation(begun.id, "Products").title == "Products"
        assert "forty-two" in client.export_conversation(begun.id)
        client.delete_conversation(begun.id)
        assert client.conversations("a.ipynb") == []

    asyncio.run(serve(use))
