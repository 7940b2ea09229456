"""Two who are at one notebook in the same moment: its room begins or ends, and somebody else writes. Nothing is lost."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from jupyter_server_ydoc.loaders import FileLoader

from lumina_jupyter.collaboration import Author, Whole
from lumina_jupyter.collaboration.document.document import NotebookDocument
from lumina_jupyter.collaboration.replicas import renames
from lumina_jupyter.collaboration.replicas.room_replica import RoomReplica
from lumina_jupyter.collaboration.ydoc_server import opening
from lumina_jupyter.errors import DiskFull, LuminaError
from tests.integration.collaboration.live.conftest import NAME, Live, code
from tests.integration.collaboration.live.participant import until
from tests.integration.collaboration.live.test_opening import die

AUTHOR = Author(run="r", step=1, model="lab/m")
REMARK = "a long remark that any two cells may have, and that is no sign of anything"


async def opened(live: Live) -> NotebookDocument:
    """The notebook as an agent has it."""
    engine = await live.extension.service.engine()
    return await engine.notebooks.open(NAME)


async def test_what_an_agent_writes_when_the_room_has_just_ended_goes_to_the_file(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ended room would write it to the file, and take in what others wrote there, and none of it is in its history."""
    live.put(code("a", "alpha"), code("b", "beta"))
    found, ended = asyncio.Event(), asyncio.Event()
    committed = NotebookDocument._committed

    async def late(document: NotebookDocument, *arguments: Any, **named: Any) -> Any:
        found.set()
        await ended.wait()
        return await committed(document, *arguments, **named)

    async with live.joined():
        document = await opened(live)
        cell = (await document.read()).cells[0]
        monkeypatch.setattr(NotebookDocument, "_committed", late)
        writes = asyncio.create_task(document.edit(AUTHOR, cell.id, cell.hash, Whole("alpha_agent")))
        await found.wait()
    await live.close_room()
    ended.set()
    await writes
    assert not document.live
    live.edit_file(lambda content: content["cells"][1].update(source="beta_git"))
    async with live.joined() as anna:
        assert anna.texts == ["alpha_agent", "beta_git"]
        await until(lambda: live.on_disk() == ["alpha_agent", "beta_git"], live.on_disk)


async def test_a_room_does_not_end_before_what_an_agent_writes_in_it_is_saved(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    live.put(code("a", "alpha"))
    written, on = asyncio.Event(), asyncio.Event()
    save = RoomReplica.save

    async def slow(replica: RoomReplica) -> None:
        written.set()
        await on.wait()
        await save(replica)

    async with live.joined():
        document, room = await opened(live), live.room()
        room.saver._delay = None
        cell = (await document.read()).cells[0]
        monkeypatch.setattr(RoomReplica, "save", slow)
        writes = asyncio.create_task(document.edit(AUTHOR, cell.id, cell.hash, Whole("alpha_agent")))
        await written.wait()
    ends = asyncio.create_task(live.close_room())
    await until(lambda: room.ends)
    on.set()
    await writes
    await ends
    assert live.on_disk() == ["alpha_agent"]


async def test_an_ended_room_leaves_the_file_to_others(live: Live) -> None:
    live.put(code("a", "alpha"))
    async with live.joined() as anna:
        room = live.room()
        anna.type(0, "!")
        await until(lambda: live.on_disk() == ["alpha!"] and not room.saver.dirty)
    await live.close_room()
    live.edit_file(lambda content: content["cells"][0].update(source="alpha! git"))
    with pytest.raises(LuminaError, match="closed"):
        await room._save_to_disc()
    await room._on_outofband_change()
    assert live.on_disk() == ["alpha! git"]
    assert "git" not in str(room.read())


async def test_what_was_to_be_written_when_somebody_else_was_faster_is_nobodys_beginning(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It never was in the file. It may look as if the other one's version came of it and had taken things away."""
    remark = {"remark": REMARK}
    live.put(code("a", "alpha"), code("b", "beta"))
    async with live.joined() as anna:
        room = live.room()
        room.saver._delay = None
        note = room.note

        async def noted_late(*arguments: Any, written: bool, **named: Any) -> None:
            await note(*arguments, written=written, **named)
            if not written:
                room.note = note
                live.edit_file(lambda content: content["cells"].append(code("c", "gamma_git", metadata=remark)))

        room.note = noted_late
        with anna.document.transaction():
            anna.type(0, "_typed")
            anna.notebook.ycells[0]["metadata"].update(remark)
        await until(lambda: "_typed" in str(room.read()))
        await room._save_to_disc()
        await anna.until(lambda: anna.texts == ["alpha_typed", "beta", "gamma_git"])
        assert live.on_disk() == ["alpha_typed", "beta", "gamma_git"]


async def test_a_file_that_changes_right_after_it_was_read_for_a_new_room_is_taken_in(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    live.put(code("a", "alpha"), code("b", "beta"))
    told: list[asyncio.Task[None]] = []
    open_room = opening.open_room

    async def opened_late(room: Any) -> bool:
        unsaved = await open_room(room)
        before = room.file.last_modified
        live.edit_file(lambda content: content["cells"][1].update(source="beta_git"))
        told.append(asyncio.create_task(room.file.maybe_notify()))
        await until(lambda: room.file.last_modified != before)
        return unsaved

    monkeypatch.setattr(opening, "open_room", opened_late)
    async with live.joined() as anna:
        await anna.until(lambda: anna.texts == ["alpha", "beta_git"])
        await asyncio.gather(*told)


@pytest.mark.parametrize("torn", ["", '{"cells": ['])
async def test_a_file_that_is_just_being_written_when_its_room_opens_is_not_taken_for_a_damaged_one(
    live: Live, monkeypatch: pytest.MonkeyPatch, torn: str
) -> None:
    live.put(code("a", "alpha"))
    async with live.joined() as anna:
        anna.type(0, "!")
        await until(lambda: live.on_disk() == ["alpha!"] and not live.room().saver.dirty)
    await live.close_room()
    whole = live.file.read_text().replace("alpha!", "alpha! git")
    live.file.write_text(torn)
    load = FileLoader.load_content

    async def written_meanwhile(loader: FileLoader, *arguments: Any) -> Any:
        try:
            return await load(loader, *arguments)
        finally:
            live.file.write_text(whole)

    monkeypatch.setattr(FileLoader, "load_content", written_meanwhile)
    async with live.joined() as anna:
        assert anna.texts == ["alpha! git"]
    assert not live.notices("damaged_file")


async def test_a_damaged_file_that_is_written_anew_just_then_is_not_written_over(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    live.put(code("a", "alpha"))
    async with live.joined() as anna:
        room = live.room()
        anna.type(0, "!")
        await until(lambda: live.on_disk() == ["alpha!"] and not room.saver.dirty)
        whole = live.file.read_text().replace("alpha!", "alpha! git")
        keep_copy = room.keeping.keep_copy

        async def written_meanwhile(*arguments: Any) -> str:
            kept: str = await keep_copy(*arguments)
            before = room.file.last_modified
            live.file.write_text(whole)
            told.append(asyncio.create_task(room.file.maybe_notify()))
            await until(lambda: room.file.last_modified != before)
            return kept

        told: list[asyncio.Task[None]] = []
        monkeypatch.setattr(room.keeping, "keep_copy", written_meanwhile)
        live.file.write_text("{")
        await anna.until(lambda: anna.texts == ["alpha! git"])
        assert live.on_disk() == ["alpha! git"]
        await asyncio.gather(*told)


@pytest.mark.parametrize("program", [False, True], ids=["alone", "another program writes, too"])
async def test_whoever_has_what_the_history_lost_does_not_bring_it_a_second_time(live: Live, program: bool) -> None:
    """The disk was full for the history, and not for the file."""
    live.put(code("a", "alpha"), code("b", "beta"))
    async with live.joined() as anna:
        room = live.room()
        await until(lambda: live.room().record.last or room._save_to_disc())
        await room.flush_history()
        earlier = room.ydoc.get_update()
        anna.type(0, "_anna")
        await until(lambda: live.on_disk() == ["alpha_anna", "beta"] and not room.saver.dirty)
    await live.close_room()
    room.keeping._thread.submit(room.keeping._log.replace, room.ystore.path, earlier).result()
    if program:
        live.edit_file(lambda content: content["cells"][1].update(source="beta_git"))
    anna.type(0, "_away")
    await anna.join()
    want = ["alpha_anna_away", "beta_git" if program else "beta"]
    await anna.until(lambda: anna.texts == want)
    await until(lambda: live.on_disk() == want, live.on_disk)
    await anna.leave()


async def test_what_the_second_who_returns_has_in_common_with_the_file_is_there_once(live: Live) -> None:
    """All that was known of the notebook is gone; the first who returns had not seen what the second one wrote."""
    live.put(code("a", "alpha\n"))
    anna = live.participant()
    await anna.join()
    await anna.leave()
    async with live.joined() as ben:
        ben.type(0, " written by ben")
        await until(lambda: live.on_disk() == ["alpha\n written by ben"] and not live.room().saver.dirty)
    await die(live, history=False)
    live.edit_file(lambda content: content["cells"][0].update(source="alpha git\n written by ben"))
    anna.type(0, "away anna")
    await anna.join()
    await anna.until(lambda: "git" in anna.texts[0])
    await ben.join()
    await ben.until(lambda: "git" in ben.texts[0])
    await until(lambda: anna.texts == ben.texts)
    assert [anna.texts[0].count(each) for each in ("written by ben", "away anna", "git")] == [1, 1, 1], anna.texts
    await anna.leave()
    await ben.leave()


async def test_what_was_typed_is_there_though_the_history_has_lost_what_was_taken_in_after_it(live: Live) -> None:
    live.put(code("a", "alpha"), code("b", "beta"))
    async with live.joined() as anna:
        room = live.room()
        room.saver._delay = 1000.0
        anna.type(0, "_late")
        await until(lambda: "_late" in str(room.read()))
        await room.remembered()
        await room.flush_history()
        earlier = room.ydoc.get_update()
        live.edit_file(lambda content: content["cells"][1].update(source="beta_git"))
        await anna.until(lambda: anna.texts == ["alpha_late", "beta_git"])
    await die(live)
    room.keeping._thread.submit(room.keeping._log.replace, room.ystore.path, earlier).result()
    async with live.joined() as ben:
        assert ben.texts == ["alpha_late", "beta_git"]
        await anna.join()
        await until(lambda: live.on_disk() == ["alpha_late", "beta_git"], live.on_disk)
        assert anna.texts == ben.texts == ["alpha_late", "beta_git"]
        await anna.leave()


async def test_what_cannot_be_remembered_is_taken_in_as_soon_as_it_can_be(live: Live) -> None:
    """Nobody has it before: with a history that has lost it, they would bring it a second time."""
    live.put(code("a", "alpha"), code("b", "beta"))
    async with live.joined() as anna:
        room = live.room()
        await room.remembered()
        note, refused = room.note, asyncio.Event()

        async def full(*arguments: Any, **named: Any) -> None:
            refused.set()
            raise DiskFull("The disk is full.", hint="Delete something.")

        room.note = full
        live.edit_file(lambda content: content["cells"][1].update(source="beta_git"))
        await refused.wait()
        anna.type(0, "!")
        await until(lambda: "!" in str(room.read()))
        assert "git" not in str(room.read())
        room.note = note
        await anna.until(lambda: anna.texts == ["alpha!", "beta_git"])
        await until(lambda: live.on_disk() == ["alpha!", "beta_git"], live.on_disk)


@pytest.mark.parametrize("in_room", [True, False], ids=["room", "file"])
async def test_a_notebook_that_is_renamed_while_it_is_written_has_what_was_written(
    live: Live, monkeypatch: pytest.MonkeyPatch, in_room: bool
) -> None:
    """Written under its old name it would be there twice, and the one with the new name an earlier state put back."""
    live.put(code("a", "alpha"))
    contents: Any = live.app.contents_manager
    new, renamed = live.root / "new.ipynb", list[asyncio.Task[None]]()
    save = contents.save

    async def saved_late(model: Any, path: str) -> Any:
        monkeypatch.setattr(contents, "save", save)
        renamed.append(asyncio.create_task(contents.rename(NAME, new.name)))
        await until(lambda: new.exists() or renames._turns[contents].renames)
        return await save(model, path)

    async def edit() -> None:
        document = await opened(live)
        cell = (await document.read()).cells[0]
        monkeypatch.setattr(contents, "save", saved_late)
        await document.edit(AUTHOR, cell.id, cell.hash, Whole("alpha_agent"))
        await renamed[0]

    def now() -> Any:
        return [json.loads(new.read_text())["cells"][0]["source"], live.file.exists()]

    if not in_room:
        await edit()
        assert now() == [["alpha_agent"], False]
        return
    async with live.joined() as anna:
        await edit()
        room = live.room()
    await live.collaboration.ywebsocket_server.delete_room(room=room)
    await live.collaboration.file_loaders.remove(room.key)
    await anna.join()
    await anna.leave()
    assert anna.texts == ["alpha_agent"]
    assert now() == [["alpha_agent"], False]
