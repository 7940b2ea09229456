"""`/lumina/api/chat`: the stream, its end, what is refused, and where the answer is kept."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from jupyter_server.serverapp import ServerApp

from lumina_jupyter.events import Event, Failed, MessageFinished, MessageStarted, TextDelta, from_dict, is_end
from lumina_jupyter.server import event_stream
from tests.replay.answers import chat_reply
from tests.replay.server import ReplayServer, Reply

from .conftest import Face

CHAT = "lumina/api/chat"


def question(text: str = "What is six times seven?", **fields: Any) -> dict[str, Any]:
    return {"prompt": [{"text": text}], **fields}


async def events_of(response: httpx.Response) -> AsyncIterator[tuple[int, Event]]:
    number = 0
    async for line in response.aiter_lines():
        if line.startswith("id: "):
            number = int(line[4:])
        elif line.startswith("data: "):
            yield number, from_dict(json.loads(line[6:]))


async def ask(http: httpx.AsyncClient, **fields: Any) -> list[Event]:
    # `json=` of httpx cannot write lone surrogates.
    async with http.stream("POST", CHAT, content=json.dumps(question(**fields))) as response:
        assert response.status_code == 200
        return [event async for _, event in events_of(response)]


@pytest.mark.parametrize("who", ["token", "kernel_token"])
async def test_the_answer_streams(face: Face, who: str) -> None:
    async with face.client(getattr(face, who)) as http, http.stream("POST", CHAT, json=question()) as response:
        assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert response.headers["x-accel-buffering"] == "no"
        assert response.headers["cache-control"] == "no-store"
        numbered = [each async for each in events_of(response)]
    events = [event for _, event in numbered]
    assert [number for number, _ in numbered] == list(range(1, len(events) + 1))
    assert isinstance(events[0], MessageStarted)
    assert [event for event in events if isinstance(event, TextDelta)] == [TextDelta("for"), TextDelta("ty-two")]
    assert events[-1] == MessageFinished("stop")
    assert sum(map(is_end, events)) == 1


SLOW = (chat_reply("one", "two", "three", delay=0.3),)


@pytest.mark.parametrize("provider", [SLOW], indirect=True)
async def test_each_event_is_sent_at_once(face: Face, provider: ReplayServer) -> None:
    async with face.client() as http, http.stream("POST", CHAT, json=question()) as response:
        async for _, event in events_of(response):
            if event == TextDelta("one"):
                assert provider.sent < len(SLOW[0].body)
                return
    pytest.fail("the first piece never came")


HANGING = (Reply(content_type="text/event-stream", body=chat_reply("one", "two").body, stall_after=300),)


@pytest.mark.parametrize("path", [CHAT, "lumina/v1/chat/completions", "lumina/v1/chat/completions?stream"])
@pytest.mark.parametrize("provider", [HANGING], indirect=True)
async def test_a_client_that_goes_away_ends_the_providers_connection(
    face: Face, provider: ReplayServer, path: str
) -> None:
    path, _, stream = path.partition("?")
    body = question() if path == CHAT else {"messages": [{"role": "user", "content": "Hi"}], "stream": bool(stream)}
    async with face.client() as http:
        asking = asyncio.create_task(http.post(path, json=body))
        await provider.until_requests(1)
        await provider.until_connections(1)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        await asyncio.wait_for(provider.until_answering(0), 60)


@pytest.mark.parametrize("provider", [HANGING], indirect=True)
async def test_an_answer_can_be_stopped_from_elsewhere(face: Face, provider: ReplayServer) -> None:
    async with face.client() as http:
        asking = asyncio.create_task(ask(http, request_id="req_stop-me"))
        await provider.until_requests(1)
        cancelled = (await http.post("lumina/api/chat/req_stop-me/cancel")).json()
        assert cancelled == {"cancelled": True}
        assert (await asking)[-1] == MessageFinished("cancelled")
        assert (await http.post("lumina/api/chat/req_stop-me/cancel")).json() == {"cancelled": False}


@pytest.mark.parametrize("provider", [HANGING], indirect=True)
async def test_a_silent_stream_shows_that_it_lives(
    face: Face, provider: ReplayServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_stream, "KEEP_ALIVE_SECONDS", 0.05)
    async with face.client() as http, http.stream("POST", CHAT, json=question()) as response:
        comments = 0
        async for line in response.aiter_lines():
            comments += line == ": keep-alive"
            if comments == 3:
                return


@pytest.mark.parametrize("provider", [(chat_reply("one", finish=None),)], indirect=True)
async def test_a_failure_is_the_last_event(face: Face) -> None:
    async with face.client() as http:
        events = await ask(http)
    assert isinstance(events[-1], Failed)
    assert events[-1].code == "stream_broken"
    assert sum(map(is_end, events)) == 1


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        (json.dumps(question(colour="red")), 400, "colour"),
        (json.dumps(question(model=5)), 400, "model"),
        ("{}", 400, "prompt"),
        ("", 400, ""),
        ("{", 400, ""),
        ("[" * 100_000, 400, ""),
        (b"\xff", 400, ""),
        (json.dumps(question("x" * 2_100_000)), 413, ""),
    ],
)
async def test_a_wrong_body_is_refused(face: Face, body: str, status: int, field: str) -> None:
    async with face.client() as http:
        response = await http.post(CHAT, content=body)
    error = response.json()["error"]
    assert (response.status_code, error["field"]) == (status, field)
    assert field in error["message"]
    assert error["hint"]


async def test_a_large_prompt_passes(face: Face, provider: ReplayServer) -> None:
    async with face.client() as http:
        assert (await ask(http, text="x" * 1_500_000))[-1] == MessageFinished("stop")
        events = await ask(http, text="\x00 \ud800", history=False)
    assert events[-1] == MessageFinished("stop")
    assert "\x00 \ufffd" in json.loads(provider.requests[-1].body)["messages"][-1]["content"]


@pytest.mark.parametrize("query", ["days=0", "days=-1", "days=x", "days=" + "9" * 5000, "days=1.5", "days=²"])
async def test_a_wrong_query_is_refused(face: Face, query: str) -> None:
    async with face.client() as http:
        response = await http.get(f"lumina/api/usage?{query}")
    assert response.status_code == 400
    assert response.json()["error"]["field"] == "days"


async def test_the_conversation_is_kept_and_can_be_read_deleted_and_begun_anew(face: Face) -> None:
    async with face.client() as http:
        await ask(http, notebook="a.ipynb")
        await ask(http, notebook="b.ipynb")
        found = (await http.get("lumina/api/conversations", params={"notebook": "a.ipynb"})).json()["conversations"]
        assert [each["notebook"] for each in found] == ["a.ipynb"]
        assert len((await http.get("lumina/api/conversations")).json()["conversations"]) == 2
        path = f"lumina/api/conversations/{found[0]['id']}"
        log = (await http.get(f"{path}/events")).json()["events"]
        assert [entry["sequence"] for entry in log] == list(range(1, len(log) + 1))
        assert log[0]["kind"] == "question"
        assert log[-1]["kind"] == "message_finished"
        rest = (await http.get(f"{path}/events", params={"after": log[-2]["sequence"]})).json()["events"]
        assert rest == log[-1:]
        begun = (await http.post("lumina/api/conversations/reset", json={"notebook": "a.ipynb"})).json()["id"]
        assert begun != found[0]["id"]
        assert (await http.delete(path)).status_code == 204
        gone = await http.get(f"{path}/events")
        assert (gone.status_code, gone.json()["error"]["code"]) == (404, "not_found")
        assert (await http.delete(path)).status_code == 404
        usage = (await http.get("lumina/api/usage")).json()["usage"]
        assert sum(row["calls"] for row in usage) == 2


async def test_a_renamed_notebook_keeps_its_conversation(
    face: Face, jp_serverapp: ServerApp, jp_create_notebook: Callable[[str], Any]
) -> None:
    jp_create_notebook("folder/a.ipynb")
    async with face.client() as http:
        await ask(http, notebook="folder/a.ipynb")
        await http.patch("api/contents/folder/a.ipynb", json={"path": "folder/b.ipynb"})
        await http.patch("api/contents/folder", json={"path": "moved"})

        # The server tells of renames after it has answered.
        assert jp_serverapp.event_logger is not None
        await jp_serverapp.event_logger.gather_listeners()
        found = (await http.get("lumina/api/conversations")).json()["conversations"]
    assert [each["notebook"] for each in found] == ["moved/b.ipynb"]


async def test_nothing_of_bodies_and_keys_is_logged(face: Face, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    secret, prompt = "sk-very-secret-0123456789", "a very private prompt"
    async with face.client() as http:
        await http.put("lumina/api/keys/openai", json={"key": secret})
        await ask(http, text=prompt)
        await http.post(CHAT, content=json.dumps({"prompt": prompt, "key": secret}))
        await http.get("lumina/api/health", params={"token": face.token})
    text = caplog.text
    assert "path=/a%40b/lumina/api/chat status=200" in text
    for private in (secret, prompt, face.token, face.kernel_token):
        assert private not in text.replace(f"?token={face.token}", "")


async def test_the_server_ends_the_engine(face: Face) -> None:
    async with face.client() as http:
        assert (await http.get("lumina/api/health")).json()["status"] == "ok"
        await face.extension.stop_extension()
        late = await http.get("lumina/api/health")
    assert (late.status_code, late.json()["error"]["code"]) == (502, "server_unreachable")
