"""What happens while a live notebook is being saved, or cannot be saved."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from tornado.web import HTTPError

from lumina_jupyter.collaboration.ydoc_server import saving

from .conftest import Live, code
from .participant import until


async def test_a_write_of_another_program_that_the_poll_sees_during_a_save_stays(live: Live) -> None:
    """The poll notes the file's new time before the save looks at it."""
    live.put(code("a", "alpha"), code("b", "beta"))
    async with live.joined() as anna:
        room = live.room()
        flush = room.flush_history

        async def meanwhile() -> None:
            room.flush_history = flush
            live.edit_file(lambda content: content["cells"][1].update(source="beta_git"))
            seen = asyncio.create_task(room.file.maybe_notify())
            await until(lambda: room.file.last_modified != room.file_time)
            await flush()
            tasks.add(seen)

        tasks: set[asyncio.Task[None]] = set()
        room.flush_history = meanwhile
        anna.type(0, "_typed")
        want = ["alpha_typed", "beta_git"]
        await anna.until(lambda: anna.texts == want)
        await until(lambda: live.on_disk() == want, live.on_disk)


async def test_what_is_edited_while_a_failing_save_succeeds_is_saved_too(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    live.put(code("a", "x"))
    write = saving.write_file
    tries: list[int] = []

    async def failing(room: Any, content: dict[str, Any]) -> Any:
        tries.append(1)
        if len(tries) == 1:
            raise HTTPError(500, "No space left on device")
        if len(tries) == 2:
            anna.type(0, "z")
            await until(lambda: str(room.document.ycells[0]["source"]) == "xyz")
        return await write(room, content)

    monkeypatch.setattr(saving, "write_file", failing)
    async with live.joined() as anna:
        live.room().saver._retry = 0.05
        anna.type(0, "y")
        await until(lambda: live.on_disk() == ["xyz"], live.on_disk)


async def test_an_earlier_state_that_a_failed_save_put_back_takes_nothing_away(live: Live) -> None:
    live.put(code("a", "x"))
    async with live.joined() as anna:
        room = live.room()
        anna.type(0, "y")
        await until(lambda: live.on_disk() == ["xy"] and not room.saver.dirty)
        room.saver._delay = None
        anna.type(0, "z")
        await until(lambda: str(room.document.ycells[0]["source"]) == "xyz")
        content, state = await room.content()
        await room.note(content, state, written=False)
        # As Jupyter does when the disk is full: the file is cut off, and what was there is put back.
        before = live.file.read_text()
        live.file.write_text("")
        live.file.write_text(before)
        await until(lambda: room.file_time == room.file.last_modified)
        await anna.say(bytes([2, 4]) + b"save" + bytes([7]))
        await until(lambda: anna.told)
        assert live.on_disk() == anna.texts == ["xyz"]


async def test_an_agent_alone_in_the_room_does_not_keep_edits_from_being_saved(live: Live) -> None:
    live.put(code("a", "x"))
    async with live.joined() as anna:
        live.room().awareness.set_local_state({"autosave": False, "lumina": {"agent": True}})
        anna.type(0, "y")
        await until(lambda: live.on_disk() == ["xy"], live.on_disk)


async def test_a_save_that_somebody_waits_for_is_not_called_off_when_the_room_ends(live: Live) -> None:
    live.put(code("a", "x"))
    async with live.joined() as anna:
        room = live.room()
        room.saver._delay = None
        anna.type(0, "y")
        await until(lambda: str(room.document.ycells[0]["source"]) == "xy")
    finish = room.saver.finish
    asked: list[asyncio.Task[Any]] = []

    async def at_the_end() -> None:
        await finish()
        asked.append(room._save_to_disc())

    room.saver.finish = at_the_end
    await live.close_room()
    await asked[0]
    assert [cell["source"] for cell in json.loads(live.file.read_text())["cells"]] == [["xy"]]
