"""The guard on and off: what it leaves alone, and where things are kept."""

from __future__ import annotations

import inspect
import json
import types
from collections.abc import Iterator
from typing import Any

import pytest
from jupyter_server_ydoc import app, handlers, loaders, rooms, stores, websocketserver
from jupyter_server_ydoc.rooms import DocumentRoom
from pycrdt.websocket import yroom
from tornado.httpclient import AsyncHTTPClient, HTTPRequest

from lumina_jupyter.collaboration.notices import SCHEMA_ID
from tests.integration.collaboration.live.conftest import Live, code
from tests.integration.collaboration.live.participant import until


def functions() -> dict[str, Any]:
    """Every function and method of upstream's, by its name."""
    return {
        name: function
        for module in (app, handlers, loaders, rooms, stores, websocketserver, yroom)
        for name, function in _of(module)
    }


def _of(module: types.ModuleType) -> Iterator[tuple[str, Any]]:
    for name, value in vars(module).items():
        if inspect.isclass(value):
            for inner, function in vars(value).items():
                yield f"{module.__name__}.{name}.{inner}", function
        else:
            yield f"{module.__name__}.{name}", value


BEFORE = functions()


def changed() -> list[str]:
    now = functions()
    names = [name for name, function in BEFORE.items() if now.get(name) is not function]
    # What rooms count and number by themselves.
    return [name for name in names if not name.endswith(("_session_file_lock", "_room_locks", "SERVER_SESSION"))]


async def test_upstream_stays_as_it_is_with_the_guard_on(live: Live) -> None:
    live.put(code("a", "x"))
    async with live.joined() as anna:
        anna.type(0, "y")
        await until(lambda: live.on_disk() == ["xy"])
        assert type(live.room()) is not DocumentRoom
    assert changed() == []


async def test_everything_is_upstreams_again_when_the_guard_is_gone(live: Live) -> None:
    live.put(code("a", "x"))
    await live.extension._guarding.close()
    async with live.joined():
        assert type(live.room()) is DocumentRoom
        (client,) = live.room().clients
        assert type(client) is handlers.YDocWebSocketHandler
    assert live.collaboration.get_document.__func__ is app.YDocExtension.get_document


async def test_the_history_lies_in_the_data_folder_alone(live: Live) -> None:
    live.put(code("a", "x"))
    async with live.joined() as anna:
        anna.type(0, "y")
        await until(lambda: live.on_disk() == ["xy"])
    assert {path.name for path in live.root.iterdir()} <= {"a.ipynb", ".ipynb_checkpoints"}
    names = {path.name for path in (live.data / "rooms").rglob("*")}
    assert {"updates.db", "sessions.json", "record.json"} <= names


@pytest.mark.parametrize("lumina_settings", [{"live_guard": False}])
class TestOff:
    async def test_upstream_does_as_it_does_by_itself(self, live: Live) -> None:
        live.put(code("a", "x"))
        async with live.joined() as anna:
            anna.type(0, "y")
            await until(lambda: live.on_disk() == ["xy"])
            assert type(live.room()) is DocumentRoom
            (client,) = live.room().clients
            assert type(client) is handlers.YDocWebSocketHandler
            assert type(live.room().ystore) is stores.SQLiteYStore
        assert live.collaboration.get_document.__func__ is app.YDocExtension.get_document
        assert changed() == []
        assert not (live.data / "rooms").exists()


async def test_a_document_made_for_an_agent_is_guarded_too(live: Live) -> None:
    live.put(code("a", "x"))
    live.app.web_app.settings["file_id_manager"].index("a.ipynb")
    arguments = {"path": "a.ipynb", "content_type": "notebook", "file_format": "json", "copy": False}
    assert await live.collaboration.get_document(**arguments, create=False) is None
    document = await live.collaboration.get_document(**arguments, create=True)
    assert hasattr(live.room(), "keeping")
    source = document.ycells[0]["source"]
    source += "y"
    await until(lambda: live.on_disk() == ["xy"])


async def test_what_was_done_unasked_is_told_over_http_and_as_an_event(live: Live) -> None:
    events: list[dict[str, Any]] = []

    async def listen(logger: Any, schema_id: str, data: dict[str, Any]) -> None:
        events.append(data)

    assert live.app.event_logger is not None
    live.app.event_logger.add_listener(schema_id=SCHEMA_ID, listener=listen)
    live.put(code("a", "x"))
    async with live.joined() as anna:
        live.file.write_text("")
        await until(lambda: live.on_disk() == ["x"])
        request = HTTPRequest(
            f"{live.url}lumina/api/notebooks/notices?path=a.ipynb", headers={"Authorization": f"token {live.token}"}
        )
        (notice,) = json.loads((await AsyncHTTPClient().fetch(request)).body)["notices"]
        assert anna.texts == ["x"]
    assert notice["kind"] == "damaged_file"
    await until(lambda: events)
    assert events[0]["message"] == notice["message"]
