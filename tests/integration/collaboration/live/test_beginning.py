"""What a room was built of: remembered on disk behind those who open it, and before all that needs it."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from lumina_jupyter.collaboration.ydoc_server import store
from lumina_jupyter.collaboration.ydoc_server.records import Records
from lumina_jupyter.collaboration.ydoc_server.update_log import UpdateLog
from lumina_jupyter.errors import DiskFull

from .conftest import Live, code
from .participant import until


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What reached the disk, in its order."""
    order: list[str] = []

    def told(owner: Any, name: str, what: str) -> None:
        real = getattr(owner, name)

        def call(*arguments: Any, **named: Any) -> Any:
            found = real(*arguments, **named)
            order.append(what)
            return found

        monkeypatch.setattr(owner, name, call)

    told(Records, "note", "beginning")
    told(UpdateLog, "append", "edits")
    told(UpdateLog, "replace", "history")
    return order


async def test_who_opens_a_notebook_does_not_wait_until_it_is_remembered(
    live: Live, done: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    live.put(code("a", "one"))
    released = threading.Event()
    note = Records.note

    def slowly(*arguments: Any, **named: Any) -> Any:
        assert released.wait(60)
        return note(*arguments, **named)

    monkeypatch.setattr(Records, "note", slowly)
    monkeypatch.setattr(store, "BEGIN_AFTER", 0.0)
    try:
        async with live.joined() as anna:
            assert anna.texts == ["one"]
            anna.type(0, "!")
            saving = live.room().saver.now()
            await anna.until(lambda: live.room().read()["cells"][0]["source"] == "one!")
            # Neither the history nor the file may hold the edit before it is known what was edited.
            await asyncio.wait({saving}, timeout=0.2)
            assert not saving.done()
            assert done == []
            assert live.on_disk() == ["one"]
            released.set()
            await saving
            assert done[:2] == ["beginning", "history"]
            assert live.on_disk() == ["one!"]
    finally:
        released.set()


async def test_a_notebook_that_nobody_edits_is_remembered_too(live: Live, done: list[str]) -> None:
    live.put(code("a", "one"))
    async with live.joined():
        await until(lambda: done == ["beginning", "history"], lambda: done)


async def test_with_a_full_disk_a_notebook_can_be_read_and_its_edits_are_kept_when_there_is_room_again(
    live: Live, done: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    live.put(code("a", "one"))
    full = True
    note = Records.note

    def noted(*arguments: Any, **named: Any) -> Any:
        if full:
            raise DiskFull("The disk is full.")
        return note(*arguments, **named)

    monkeypatch.setattr(Records, "note", noted)
    monkeypatch.setattr(store, "RETRY_AFTER", 0.05)
    monkeypatch.setattr(store, "BEGIN_AFTER", 0.0)
    async with live.joined() as anna:
        assert anna.texts == ["one"]
        anna.type(0, "!")
        await until(lambda: live.notices("not_saved"))
        assert done == []
        full = False
        await until(lambda: live.on_disk() == ["one!"], live.on_disk)
        await until(lambda: "history" in done, lambda: done)
        assert done[0] == "beginning"
