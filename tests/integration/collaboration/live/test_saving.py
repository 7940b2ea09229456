"""What is typed into a live notebook is on disk soon, also while nobody ever stops typing, and is never half of it."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from tornado.web import HTTPError

from tests.integration.collaboration.live.conftest import Live, code
from tests.integration.collaboration.live.participant import PATIENCE, until


async def test_what_is_typed_is_saved(live: Live) -> None:
    live.put(code("a", "x"))
    async with live.joined() as anna:
        anna.type(0, "yz")
        await until(lambda: live.on_disk() == ["xyz"], live.on_disk)


async def test_it_is_saved_while_somebody_types_without_a_pause(live: Live) -> None:
    live.put(code("a", ""))
    async with live.joined() as anna:
        end = asyncio.get_running_loop().time() + PATIENCE
        # Never a pause as long as the delay after which it would be saved anyhow.
        while live.on_disk() in ([""], []):
            assert asyncio.get_running_loop().time() < end, "It was not saved while somebody typed."
            anna.type(0, "a")
            await asyncio.sleep(0.05)
        assert set(live.on_disk()[0]) == {"a"}


async def test_a_save_that_somebody_asks_for_is_on_disk_when_it_is_answered(live: Live) -> None:
    live.put(code("a", "x"))
    async with live.joined() as anna:
        anna.type(0, "y")
        await until(lambda: str(live.room().document.ycells[0]["source"]) == "xy")
        await anna.say(bytes([2, 4]) + b"save" + bytes([7]))
        await until(lambda: anna.told)
        assert anna.told == [{"type": "save", "responseTo": 7, "status": "success"}]
        assert live.on_disk() == ["xy"]


async def test_nothing_is_saved_unasked_when_nobody_wants_it(live: Live) -> None:
    live.put(code("a", "x"))
    async with live.joined() as anna, live.joined() as ben:
        live.room().awareness.set_local_state({"autosave": False})
        anna.type(0, "y")
        await ben.until(lambda: ben.texts == ["xy"])
        assert live.room().saver._timer is None
        await anna.say(bytes([2, 4]) + b"save" + bytes([1]))
        await until(lambda: live.on_disk() == ["xy"])


async def test_a_save_that_fails_is_told_and_tried_again(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    live.put(code("a", "x"))
    full: list[bool] = [True]
    manager: Any = live.app.contents_manager
    save = manager.save

    async def failing(model: dict[str, Any], path: str) -> Any:
        if full:
            raise HTTPError(500, "No space left on device")
        return await save(model, path)

    monkeypatch.setattr("lumina_jupyter.collaboration.ydoc_server.saving.FIRST_RETRY", 0.05)
    async with live.joined() as anna:
        live.room().saver._retry = 0.05
        monkeypatch.setattr(manager, "save", failing)
        anna.type(0, "y")
        await until(lambda: live.notices("not_saved"))
        assert live.on_disk() == ["x"]
        full.clear()
        await until(lambda: live.on_disk() == ["xy"])
        assert len(live.notices("not_saved")) == 1


async def test_what_is_unsaved_is_saved_when_the_room_ends(live: Live) -> None:
    live.put(code("a", "x"))
    async with live.joined() as anna:
        live.room().saver._delay = 1000.0
        anna.type(0, "y")
        await until(lambda: str(live.room().document.ycells[0]["source"]) == "xy")
    await live.close_room()
    assert live.on_disk() == ["xy"]


async def test_what_is_unsaved_is_saved_when_the_server_ends(live: Live) -> None:
    live.put(code("a", "x"))
    async with live.joined() as anna:
        live.room().saver._delay = 1000.0
        anna.type(0, "y")
        await until(lambda: str(live.room().document.ycells[0]["source"]) == "xy")
        await live.extension._guarding.close()
        assert live.on_disk() == ["xy"]


async def test_cells_that_vanish_though_nobody_deleted_them_come_back(live: Live) -> None:
    live.put(code("a", "one"), code("b", "two"), code("c", ""))
    async with live.joined() as anna:
        room = live.room()
        with room.deletions.unseen():
            # As a faulty merge would.
            del room.document.ycells[1]
        anna.type(0, "!")
        await anna.until(lambda: anna.texts == ["one!", "two", ""])
        await until(lambda: live.on_disk() == ["one!", "two", ""], live.on_disk)
    (notice,) = live.notices("cells_put_back")
    assert notice.snapshot


async def test_cells_that_somebody_deletes_stay_deleted(live: Live) -> None:
    live.put(code("a", "one"), code("b", "two"))
    async with live.joined() as anna:
        del anna.notebook.ycells[1]
        await until(lambda: live.on_disk() == ["one"], live.on_disk)
    assert not live.notices()


async def test_a_notebook_that_is_edited_during_a_save_is_saved_whole(live: Live) -> None:
    live.put(*[code(f"c{number}", str(number)) for number in range(200)])
    async with live.joined() as anna:
        for number in range(40):
            # Cells move under whatever reads them one by one.
            anna.add(f"n{number}", "new", at=0)
            del anna.notebook.ycells[len(anna.notebook.ycells) - 1]
            await anna.say(bytes([2, 4]) + b"save" + bytes([number]))
            await asyncio.sleep(0)
        await until(lambda: live.on_disk() == anna.texts, live.on_disk)
        ids = [cell["id"] for cell in json.loads(live.file.read_text())["cells"]]
        assert ids == anna.ids
        assert len(set(ids)) == 200
