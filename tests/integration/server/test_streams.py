"""All streams of a page over one WebSocket: each is let in, told and ended as if it were asked for alone."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sized
from typing import Any

import pytest
from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

from .conftest import Face

SECONDS = 60.0
"""Patience with a busy machine."""


async def connect(face: Face, query: str = "", **headers: str) -> WebSocketClientConnection:
    url = face.url.replace("http", "ws", 1) + f"lumina/api/streams{query}"
    return await websocket_connect(HTTPRequest(url, headers=headers))


def known(face: Face, token: str = "") -> dict[str, str]:
    return {"Authorization": f"token {token or face.token}"}


async def told(socket: WebSocketClientConnection) -> dict[str, Any] | None:
    """What is told next; None at the end."""
    message = await asyncio.wait_for(socket.read_message(), SECONDS)
    return None if message is None else dict(json.loads(message))


async def until(socket: WebSocketClientConnection, number: int, text: str) -> str:
    """What a stream says, up to a text."""
    said = ""
    while text not in said:
        message = await told(socket)
        assert message is not None
        if message["id"] == number:
            assert message.get("status", 200) == 200
            assert "end" not in message
            said += message.get("data", "")
    return said


async def left(held: Sized, count: int) -> None:
    """Wait until so many are left."""
    for _ in range(round(SECONDS / 0.01)):
        if len(held) == count:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"{len(held)} are left.")


async def test_streams_of_several_kinds_share_a_connection(face: Face) -> None:
    async with face.client() as http:
        body = {"notebook": "a.ipynb"}
        first, second = [(await http.post("lumina/api/conversations", json=body)).json()["id"] for _ in "12"]
        socket = await connect(face, **known(face))

        async def tell(**message: Any) -> None:
            await socket.write_message(json.dumps(message))

        await tell(open=1, path=f"conversations/{first}/stream?after=0")
        await tell(open=2, path="approvals/stream")
        await tell(open=3, path=f"conversations/{second}/stream?after=0")
        await until(socket, 3, "caught_up")

        # What is asked in one is heard of there.
        turn = {"text": "What is six times seven?", "request_id": "req_1"}
        assert (await http.post(f"lumina/api/conversations/{first}/turns", json=turn)).status_code == 202
        assert "six times seven" in await until(socket, 1, "message_finished")

        # What is not there, and what is no stream, is told as it is told to anybody; the others go on.
        for number, path, status in (
            (4, "conversations/none/stream", 404),
            (5, "keys/openai", 404),
            (6, "approvals/stream/../../keys/openai", 404),
            (7, "approvals/stream?all=5", 400),
        ):
            await tell(open=number, path=path)
            message = await told(socket)
            while message is not None and message["id"] != number:
                message = await told(socket)
            assert message == {"id": number, "status": status}, path
        assert (await http.patch(f"lumina/api/conversations/{second}", json={"title": "Other"})).status_code == 200
        assert "Other" in await until(socket, 3, "event: changed")

        # One that is closed holds nothing any more, nor do all once the page is gone.
        held = face.extension.service.answers
        assert len(held) == 3
        await tell(close=3)
        await left(held, 2)
        socket.close()
        await left(held, 0)


async def test_who_may_not_come_in_stays_outside(face: Face) -> None:
    for headers in ({}, known(face, "wrong"), {**known(face), "Host": "evil.example"}):
        with pytest.raises(HTTPClientError) as refused:
            await connect(face, **headers)
        assert refused.value.code == 403

    # A page that has the token in its address has it in its streams.
    socket = await connect(face, f"?token={face.token}")
    await socket.write_message(json.dumps({"open": 1, "path": "approvals/stream"}))
    assert await told(socket) == {"id": 1, "status": 200}

    # What is none of the two messages ends the connection.
    for message in ("{", "[1]", '{"open": "1", "path": 5}', json.dumps({"open": 1, "path": "x" * 20_000})):
        rude = await connect(face, **known(face))
        await rude.write_message(message)
        assert await told(rude) is None
    for number in range(2, 40):
        await socket.write_message(json.dumps({"open": number, "path": "approvals/stream"}))
    statuses: dict[int, int] = {}
    while len(statuses) < 38:
        found = await told(socket)
        assert found is not None
        if "status" in found:
            statuses[found["id"]] = found["status"]
    assert sorted(statuses.values()) == [200] * 31 + [429] * 7
    socket.close()
