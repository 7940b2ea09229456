"""A room is opened again: its history on disk and its file, which may both have gone on or be gone."""

from __future__ import annotations

import asyncio
import json
import shutil
from typing import Any

import pytest
from pycrdt import Map, write_message

from tests.integration.collaboration.live.conftest import Live, code
from tests.integration.collaboration.live.participant import until


async def die(live: Live, *, history: bool = True) -> None:
    """End the room as a killed server does: nothing is saved any more; perhaps its data is gone as well."""
    room = live.room()
    room.saver._delay = None
    if room.saver._timer is not None:
        room.saver._timer.cancel()
    room.saver.dirty = False
    await room.flush_history()
    await live.close_room()
    if not history:
        keeping = room.keeping
        place = keeping.place
        keeping._thread.submit(keeping._log.close).result()
        keeping._log = None
        shutil.rmtree(place)


async def never_saved(live: Live) -> None:
    live.room().saver._delay = 1000.0


async def test_a_cell_that_was_deleted_just_before_a_crash_stays_deleted(live: Live) -> None:
    live.put(code("a", "alpha"), code("b", "beta"), code("c", "gamma"))
    async with live.joined() as anna:
        await live.room()._save_to_disc()
        await never_saved(live)
        del anna.notebook.ycells[1]
        await until(lambda: len(live.room().document.ycells) == 2)
        await die(live)
    assert live.on_disk() == ["alpha", "beta", "gamma"]
    async with live.joined() as anna:
        await until(lambda: live.on_disk() == ["alpha", "gamma"], live.on_disk)
        assert anna.texts == ["alpha", "gamma"]
    assert not live.notices("cells_put_back")


async def test_what_was_typed_just_before_a_crash_is_there_again(live: Live) -> None:
    live.put(code("a", "alpha"))
    async with live.joined() as anna:
        await never_saved(live)
        anna.type(0, "_late")
        await until(lambda: str(live.room().document.ycells[0]["source"]) == "alpha_late")
    await die(live)
    assert live.on_disk() == ["alpha"]
    async with live.joined() as anna:
        assert anna.texts == ["alpha_late"]
        await until(lambda: live.on_disk() == ["alpha_late"])


async def test_a_file_that_changed_meanwhile_is_merged_with_what_was_never_saved(live: Live) -> None:
    live.put(code("a", "alpha"), code("b", "beta"))
    async with live.joined() as anna:
        await never_saved(live)
        anna.type(0, "_late")
        await until(lambda: str(live.room().document.ycells[0]["source"]) == "alpha_late")
    await die(live)
    live.edit_file(lambda content: content["cells"][1].update(source="beta_git"))
    async with live.joined() as anna:
        assert anna.texts == ["alpha_late", "beta_git"]
        await until(lambda: live.on_disk() == ["alpha_late", "beta_git"])


async def test_a_crash_between_what_is_remembered_and_the_file_loses_nothing(live: Live) -> None:
    live.put(code("a", "alpha"))
    async with live.joined() as anna:
        await never_saved(live)
        anna.type(0, "_late")
        await until(lambda: str(live.room().document.ycells[0]["source"]) == "alpha_late")
        await live.room().remembered()
        await live.room().flush_history()
        content, state = await live.room().content()
        await live.room().note(content, state, written=False)
    await die(live)
    async with live.joined() as anna:
        assert anna.texts == ["alpha_late"]


async def test_a_history_that_lacks_what_was_saved_does_not_win_over_the_file(live: Live) -> None:
    live.put(code("a", "alpha"))
    async with live.joined() as anna:
        room = live.room()
        earlier = room.ydoc.get_update()
        anna.type(0, "_saved")
        await until(lambda: live.on_disk() == ["alpha_saved"] and not room.saver.dirty)
    await die(live)
    room.keeping._thread.submit(room.keeping._log.replace, room.ystore.path, earlier).result()
    async with live.joined() as anna:
        assert anna.texts == ["alpha_saved"]


async def test_a_file_that_a_crash_cut_off_is_made_whole_from_the_history(live: Live) -> None:
    live.put(code("a", "alpha"), code("b", "beta"))
    async with live.joined() as anna:
        anna.type(0, "!")
        await until(lambda: live.on_disk() == ["alpha!", "beta"])
    await die(live)
    whole = live.file.read_text()
    live.file.write_text(whole[: len(whole) // 2])
    async with live.joined() as anna:
        assert anna.texts == ["alpha!", "beta"]
        await until(lambda: live.on_disk() == ["alpha!", "beta"])
    assert live.notices("damaged_file")


async def test_a_deleted_file_opens_no_room(live: Live) -> None:
    live.put(code("a", "alpha"))
    async with live.joined():
        pass
    await die(live)
    live.file.unlink()
    gone = live.participant()
    await gone.ask()
    await gone.connect()
    await until(lambda: gone.close_code is not None)
    assert gone.close_code == 4404


@pytest.mark.parametrize("edited", [False, True])
async def test_nothing_is_doubled_when_somebody_returns_and_all_data_is_gone(live: Live, edited: bool) -> None:
    live.put(code("a", "zero"))
    anna = live.participant()
    await anna.join()
    anna.type(0, "one")
    anna.add("b", "two")
    await until(lambda: live.on_disk() == ["zeroone", "two"])
    await anna.leave()
    await die(live, history=False)
    if edited:
        anna.type(1, "_offline")
        anna.add("c", "three")
    want = ["zeroone", "two_offline", "three"] if edited else ["zeroone", "two"]
    async with live.joined() as ben:
        await anna.join()
        await anna.until(lambda: anna.texts == want)
        await ben.until(lambda: ben.texts == want)
        await until(lambda: live.on_disk() == want, live.on_disk)
        anna.type(0, "_after")
        await ben.until(lambda: ben.texts[0] == "zeroone_after")
        ben.type(0, "_both")
        await anna.until(lambda: anna.texts[0] == "zeroone_after_both")
        assert anna.ids == ben.ids
        await anna.leave()


async def test_two_who_return_after_all_data_is_gone_both_keep_what_they_did(live: Live) -> None:
    live.put(code("a", "alpha"), code("b", "beta"))
    anna, ben = live.participant(), live.participant()
    await anna.join()
    await ben.join()
    anna.type(0, "1")
    await ben.until(lambda: ben.texts == ["alpha1", "beta"])
    await until(lambda: live.on_disk() == ["alpha1", "beta"])
    await never_saved(live)
    anna.type(0, "_both")
    await ben.until(lambda: ben.texts == ["alpha1_both", "beta"])
    await anna.leave()
    await ben.leave()
    await die(live, history=False)
    anna.type(0, "_anna")
    ben.type(1, "_ben")
    ben.add("c", "gamma")
    fewest: list[int] = []
    for each in (anna, ben):
        each.notebook.ycells.observe(lambda event: fewest.append(len(event.target)))
    ben.answers = asyncio.Semaphore(1)
    await ben.connect()
    await ben.until(lambda: ben.asked == 2)
    await anna.join()
    ben.answers.release()
    ben.answers.release()
    want = ["alpha1_both_anna", "beta_ben", "gamma"]
    await anna.until(lambda: anna.texts == want)
    await ben.until(lambda: ben.texts == want)
    await until(lambda: live.on_disk() == want, live.on_disk)
    # JupyterLab puts a new cell into a notebook that has none for a moment.
    assert min(fewest) >= 2
    await anna.leave()
    await ben.leave()


async def test_what_a_returning_participant_types_before_the_answer_comes_is_kept(live: Live) -> None:
    live.put(code("a", "alpha"))
    anna = live.participant()
    await anna.join()
    anna.type(0, "1")
    await until(lambda: live.on_disk() == ["alpha1"])
    await anna.leave()
    await die(live, history=False)
    async with live.joined() as ben:
        # It has told all that it has, and does not read on: what it types now lies in its own, old cells.
        anna.answers = asyncio.Semaphore(1)
        await anna.connect()
        await anna.until(lambda: anna.asked == 2)
        whole = bytes([0, 1]) + write_message(anna.document.get_update())
        await anna.say(whole)
        await until(lambda: live.notices("reconnected"))
        anna.type(0, "_typed")
        anna.add("n", "new")
        want = ["alpha1_typed", "new"]
        await ben.until(lambda: ben.texts == want)
        anna.answers = None
        await anna.leave()
        await anna.join()
        await anna.until(lambda: anna.texts == want)
        await until(lambda: live.on_disk() == want, live.on_disk)
        await anna.leave()


async def test_what_is_done_to_the_rooms_cells_right_after_the_answer_is_kept(live: Live) -> None:
    live.put(code("a", "alpha"), code("b", "beta"), code("c", "gamma"))
    anna = live.participant()
    await anna.join()
    anna.type(0, "1")
    await until(lambda: live.on_disk() == ["alpha1", "beta", "gamma"])
    await anna.leave()
    await die(live, history=False)
    async with live.joined() as ben:
        # It has the room's answer, and is not yet known to have it.
        anna.answers = asyncio.Semaphore(2)
        await anna.join()
        await anna.until(lambda: anna.asked == 3)
        anna.type(0, "_typed")
        anna.type(1, "_typed")
        del anna.notebook.ycells[1]["source"][:4]
        del anna.notebook.ycells[2]
        anna.add("n", "new", at=1)
        metadata = anna.document.get("meta", type=Map)["metadata"]
        metadata["kernelspec"] = {"name": "other", "display_name": "Other"}
        want = ["alpha1_typed", "new", "_typed"]
        await ben.until(lambda: ben.texts == want)
        await until(lambda: live.on_disk() == want, live.on_disk)
        anna.answers.release()
        anna.type(1, "_after")
        want = ["alpha1_typed", "new_after", "_typed"]
        await ben.until(lambda: ben.texts == want)
        await until(lambda: live.on_disk() == want, live.on_disk)
        assert anna.texts == want
        assert ben.notebook.get()["metadata"]["kernelspec"]["name"] == "other"
        await anna.leave()


async def test_a_cell_that_the_second_to_return_has_deleted_stays_deleted(live: Live) -> None:
    live.put(code("a", "alpha"), code("b", "beta"))
    anna, ben = live.participant(), live.participant()
    await anna.join()
    await ben.join()
    anna.type(0, "1")
    await ben.until(lambda: ben.texts == ["alpha1", "beta"])
    await until(lambda: live.on_disk() == ["alpha1", "beta"])
    await anna.leave()
    await ben.leave()
    await die(live, history=False)
    del ben.notebook.ycells[1]
    anna.type(0, "2")
    await anna.join()
    await until(lambda: live.on_disk() == ["alpha12", "beta"])
    await ben.join()
    await ben.until(lambda: ben.texts == ["alpha12"])
    anna.type(0, "3")
    await until(lambda: live.on_disk() == ["alpha123"], live.on_disk)
    assert anna.texts == ben.texts == ["alpha123"]
    await anna.leave()
    await ben.leave()


async def test_two_who_come_with_histories_that_others_began_are_told_apart(live: Live) -> None:
    live.put(code("a", "alpha"), code("b", "beta"))
    anna, ben = live.participant(), live.participant()
    for each in (anna, ben):
        each.notebook.set(json.loads(live.file.read_text()))
    anna.type(0, "_anna")
    ben.type(1, "_ben")
    await anna.join()
    await ben.join()
    want = ["alpha_anna", "beta_ben"]
    await anna.until(lambda: anna.texts == want)
    await ben.until(lambda: ben.texts == want)
    await until(lambda: live.on_disk() == want, live.on_disk)
    await anna.leave()
    await ben.leave()


async def test_offline_edits_arrive_after_the_room_had_ended(live: Live) -> None:
    live.put(code("a", "alpha"), code("b", "beta"))
    anna = live.participant()
    await anna.join()
    anna.type(0, "_1")
    await until(lambda: live.on_disk() == ["alpha_1", "beta"])
    await anna.leave()
    await live.close_room()
    live.edit_file(lambda content: content["cells"][0].update(source="alpha_git"))
    anna.type(1, "_off")
    await anna.join()
    want = ["alpha_git", "beta_off"]
    await anna.until(lambda: anna.texts == want)
    await until(lambda: live.on_disk() == want, live.on_disk)
    await anna.leave()


ODD: dict[str, dict[str, Any]] = {
    "no cells": {"cells": []},
    "an old format": {
        "cells": [{"cell_type": "code", "source": "x", "metadata": {}, "outputs": [], "execution_count": None}],
        "nbformat_minor": 2,
    },
}


@pytest.mark.parametrize("name", sorted(ODD))
async def test_odd_notebooks_begin_with_the_same_history_each_time(live: Live, name: str) -> None:
    live.put(**{"nbformat_minor": 5, **ODD[name]})
    anna = live.participant()
    await anna.join()
    seen = anna.ids
    await anna.leave()
    await die(live, history=False)
    await anna.join()
    assert anna.ids == seen
    assert not live.notices()
    await anna.leave()


async def test_cells_that_get_other_ids_each_time_are_not_doubled(live: Live) -> None:
    """Jupyter gives cells that lack an id a new one whenever it reads the file."""
    live.put({"cell_type": "code", "source": "x", "metadata": {}, "outputs": [], "execution_count": None})
    anna = live.participant()
    await anna.join()
    await anna.leave()
    await die(live, history=False)
    await anna.join()
    await anna.until(lambda: anna.texts == ["x"])
    await anna.leave()


async def test_cells_with_the_same_id_and_text_are_both_kept(live: Live) -> None:
    live.put(code("a", "twice"), code("a", "twice"))
    async with live.joined() as anna:
        assert anna.texts == ["twice", "twice"]
        anna.type(0, "!")
        await until(lambda: live.on_disk() == ["twice!", "twice"])
