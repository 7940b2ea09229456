"""Who may do what through a room's websocket, and how fast it goes."""

from __future__ import annotations

import json
import socket

import pytest
from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest

from lumina_jupyter.collaboration.ydoc_server import Writer, current_writer
from tests.integration.collaboration.live.conftest import READER, Live, code
from tests.integration.collaboration.live.participant import until


async def test_sockets_wait_for_nothing_before_they_send(live: Live) -> None:
    live.put(code("a", "x"))
    async with live.joined():
        (client,) = live.room().clients
        stream = client.ws_connection.stream.socket
        assert stream.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0


async def test_a_reader_sees_everything_and_changes_nothing(live: Live) -> None:
    live.put(code("a", "x"))
    async with live.joined() as anna, live.joined(**{READER: "1"}) as reader:
        reader.type(0, " read only")
        reader.add("evil", "a second write by a reader")
        anna.type(0, "y")
        await reader.until(lambda: "y" in reader.texts[0].replace("only", ""))
        # The server has dealt with what came before: this came over the same connection, after it.
        await reader.say(bytes([2, 4]) + b"save" + bytes([3]))
        await until(lambda: reader.told)
        assert reader.told == [{"type": "save", "responseTo": 3, "status": "failed"}]
        assert anna.texts == ["xy"]
        await until(lambda: live.on_disk() == ["xy"])


async def test_a_reader_who_comes_with_edits_leaves_them_outside(live: Live) -> None:
    live.put(code("a", "x"))
    reader = live.participant(**{READER: "1"})
    await reader.join()
    await reader.leave()
    reader.add("evil", "made while away")
    async with live.joined() as anna:
        await reader.join()
        anna.type(0, "y")
        await reader.until(lambda: "xy" in reader.texts)
        assert anna.texts == ["xy"]
        await reader.leave()


async def test_a_reader_is_seen_by_the_others(live: Live) -> None:
    from pycrdt import Awareness, create_awareness_message

    live.put(code("a", "x"))
    async with live.joined(**{READER: "1"}) as reader:
        awareness = Awareness(reader.document)
        awareness.set_local_state({"user": {"name": "Rita"}})
        await reader.say(create_awareness_message(awareness.encode_awareness_update([awareness.client_id])))
        await until(lambda: awareness.client_id in live.room().awareness.states)


async def test_a_page_from_elsewhere_may_not_connect(live: Live) -> None:
    live.put(code("a", "x"))
    asked = live.participant()
    await asked.ask()
    answer = await AsyncHTTPClient().fetch(f"{live.url}api/status?token={live.token}")
    cookie = answer.headers["Set-Cookie"].split(";")[0]
    for origin, code_ in (("http://evil.example", 403), (live.url.rsplit("/", 2)[0], 0)):
        page = live.participant(Origin=origin, Cookie=cookie)
        del page._headers["Authorization"]
        page.room, page.session = asked.room, asked.session
        if code_:
            with pytest.raises(HTTPClientError) as refused:
                await page.connect()
            assert refused.value.code == code_
            assert not live.collaboration.ywebsocket_server.rooms
        else:
            await page.join()
            await page.leave()


async def test_nobody_without_a_token_makes_a_room(live: Live) -> None:
    live.put(code("a", "x"))
    asked = live.participant()
    await asked.ask()
    asked._headers = {}
    with pytest.raises(HTTPClientError) as refused:
        await asked.connect()
    assert refused.value.code == 403
    assert not live.collaboration.ywebsocket_server.rooms


async def test_a_reader_may_not_fork_merge_or_undo(live: Live) -> None:
    live.put(code("a", "x"))

    async def call(method: str, path: str, body: object = None, **headers: str) -> int:
        request = HTTPRequest(
            f"{live.url}api/collaboration/{path}",
            method=method,
            headers={"Authorization": f"token {live.token}", **headers},
            body=None if body is None else json.dumps(body),
            allow_nonstandard_methods=True,
        )
        return (await AsyncHTTPClient().fetch(request, raise_error=False)).code

    async with live.joined() as anna:
        reads = {READER: "1"}
        assert await call("PUT", f"fork/{anna.room}", {}, **reads) == 403
        assert await call("DELETE", "fork/none?merge=true", **reads) == 403
        assert await call("PUT", f"undo_redo/{anna.room}?action=undo&steps=1&forkRoom=none", {}, **reads) == 403
        assert await call("GET", "timeline/a.ipynb?format=json&type=notebook", **reads) == 200
        assert await call("PUT", f"fork/{anna.room}", {}) == 201


async def test_a_reader_may_not_write_into_a_fork_either(live: Live) -> None:
    live.put(code("a", "x"))
    async with live.joined() as anna:
        request = HTTPRequest(
            f"{live.url}api/collaboration/fork/{anna.room}",
            method="PUT",
            headers={"Authorization": f"token {live.token}"},
            body="{}",
        )
        fork = json.loads((await AsyncHTTPClient().fetch(request)).body)["fork_roomid"]
        reader = live.participant(**{READER: "1"})
        reader.room, reader.session = fork, anna.session
        await reader.join()
        reader.type(0, " read only")
        writer = live.participant()
        writer.room, writer.session = fork, anna.session
        await writer.join()
        writer.type(0, "y")
        await reader.until(lambda: "y" in reader.texts[0])
        assert writer.texts == ["xy"]
        await reader.leave()
        await writer.leave()


async def test_a_room_knows_who_writes(live: Live) -> None:
    live.put(code("a", "x"))
    seen: list[Writer | None] = []
    async with live.joined() as anna:
        room = live.room()
        room.ydoc.observe(lambda event: seen.append(current_writer(room)))
        anna.type(0, "y")
        await until(lambda: seen)
        assert seen[0] is not None
        assert seen[0].username
        seen.clear()
        source = room.document.ycells[0]["source"]
        source += "by the server"
        assert seen == [None]
        assert current_writer(room) is None
