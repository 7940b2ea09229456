"""Another program writes the file of a notebook that is open: what both did stays."""

from __future__ import annotations

import asyncio
import os
from typing import Any

import pytest

from lumina_jupyter.collaboration import Author
from tests.integration.collaboration.live.conftest import NAME, Live, code
from tests.integration.collaboration.live.participant import until
from tests.integration.collaboration.live.test_opening import die


def setting(index: int, source: str) -> Any:
    def change(content: dict[str, Any]) -> None:
        content["cells"][index]["source"] = source

    return change


async def test_both_stay_when_they_touch_different_cells(live: Live) -> None:
    live.put(code("a", "alpha"), code("b", "beta"))
    async with live.joined() as anna:
        for number, letter in enumerate("abcdefghijklmnopqrst"):
            anna.type(0, letter)
            await asyncio.sleep(0.02)
            if number == 9:
                live.edit_file(setting(1, "beta_git"))
        want = ["alphaabcdefghijklmnopqrst", "beta_git"]
        await anna.until(lambda: anna.texts == want)
        await until(lambda: live.on_disk() == want, live.on_disk)


async def test_both_stay_when_they_touch_different_lines_of_one_cell(live: Live) -> None:
    live.put(code("a", "one\ntwo\nthree"))
    async with live.joined() as anna:
        live.room().saver._delay = 1000.0
        anna.type(0, "!")
        await until(lambda: str(live.room().document.ycells[0]["source"]).endswith("!"))
        live.edit_file(setting(0, "ONE\ntwo\nthree"))
        await anna.until(lambda: anna.texts == ["ONE\ntwo\nthree!"])


async def test_cells_that_the_other_program_adds_and_deletes(live: Live) -> None:
    live.put(code("a", "one"), code("b", "two"), code("c", "three"))
    async with live.joined() as anna:
        anna.type(2, "!")
        await until(lambda: live.on_disk() == ["one", "two", "three!"])

        def change(content: dict[str, Any]) -> None:
            del content["cells"][1]
            content["cells"].append(code("d", "four"))

        live.edit_file(change)
        await anna.until(lambda: anna.texts == ["one", "three!", "four"])
        anna.type(0, "!")
        await until(lambda: live.on_disk() == ["one!", "three!", "four"], live.on_disk)
    assert not live.notices("cells_put_back")


async def test_a_cell_that_is_edited_here_outlives_its_deletion_there(live: Live) -> None:
    live.put(code("a", "one"), code("b", "two"))
    async with live.joined() as anna:
        live.room().saver._delay = 1000.0
        anna.type(1, " and more")
        await until(lambda: "more" in str(live.room().document.ycells[1]["source"]))
        live.edit_file(lambda content: content["cells"].pop())
        await until(live.notices)
        live.room().saver._delay = 0.1
        anna.type(0, "!")
        await until(lambda: live.on_disk() == ["one!", "two and more"], live.on_disk)


async def test_the_cursors_place_stays_where_it_is(live: Live) -> None:
    """Only what differs is edited: shared texts are the same ones as before."""
    live.put(code("a", "alpha"), code("b", "beta"))
    async with live.joined() as anna:
        kept = anna.notebook.ycells[1]["source"]
        live.edit_file(setting(1, "beta and gamma"))
        await anna.until(lambda: anna.texts == ["alpha", "beta and gamma"])
        assert str(kept) == "beta and gamma"


async def test_a_program_that_read_the_file_long_ago_takes_nothing_back(live: Live) -> None:
    live.put(code("a", "alpha"), code("b", "beta"))
    async with live.joined() as anna:
        stale = live.file.read_text()
        anna.type(0, "_typed")
        await until(lambda: live.on_disk() == ["alpha_typed", "beta"])
        live.file.write_text(stale.replace("beta", "beta_git"))
        await anna.until(lambda: anna.texts == ["alpha_typed", "beta_git"])
        await until(lambda: live.on_disk() == ["alpha_typed", "beta_git"], live.on_disk)


async def test_an_earlier_state_that_is_put_back_as_it_was_stays_so(live: Live) -> None:
    live.put(code("a", "alpha"))
    async with live.joined() as anna:
        earlier = live.file.read_text()
        anna.type(0, "_typed")
        await until(lambda: live.on_disk() == ["alpha_typed"])
        live.file.write_text(earlier)
        await anna.until(lambda: anna.texts == ["alpha"])


async def test_an_older_time_on_the_file_is_noticed_when_saving(live: Live) -> None:
    live.put(code("a", "alpha"), code("b", "beta"))
    async with live.joined() as anna:
        live.edit_file(setting(1, "beta_git"))
        os.utime(live.file, (1_000_000_000, 1_000_000_000))
        anna.type(0, "!")
        await until(lambda: live.on_disk() == ["alpha!", "beta_git"], live.on_disk)


async def test_an_emptied_or_damaged_file_is_written_again(live: Live) -> None:
    live.put(code("a", "alpha"), code("b", "beta"))
    async with live.joined() as anna:
        for damage in ("", '{"cells": [', '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'):
            before = len(live.notices("damaged_file"))
            live.file.write_text(damage)
            await until(lambda seen=before: len(live.notices("damaged_file")) > seen)  # type: ignore[misc]
            await until(lambda: live.on_disk() == ["alpha", "beta"], live.on_disk)
            assert anna.texts == ["alpha", "beta"]


async def test_a_cell_from_outside_is_not_trusted(live: Live) -> None:
    live.put(code("a", "alpha"))
    async with live.joined() as anna:
        output = {"output_type": "display_data", "data": {"text/html": "<script>evil()</script>"}, "metadata": {}}
        added = code("b", "beta", outputs=[output], metadata={"trusted": True})
        live.edit_file(lambda content: content["cells"].append(added))
        await anna.until(lambda: anna.texts == ["alpha", "beta"])
        assert anna.notebook.ycells[1]["metadata"].get("trusted") is not True


@pytest.mark.parametrize("killed", [False, True], ids=["goes on", "killed before it is saved"])
async def test_cells_that_were_joined_stay_so_though_the_other_program_goes_on_with_both(
    live: Live, killed: bool
) -> None:
    """What it wrote into the one that is gone is where that one's text is now; nothing is there twice."""
    live.put(code("a", "alpha"), code("b", "beta = 1"), code("c", "gamma"))
    author = Author(run="r", step=1, model="lab/m")
    async with live.joined() as anna:
        room = live.room()
        await room.remembered()
        stale = live.file.read_text()
        document = await (await live.extension.service.engine()).notebooks.open(NAME)
        cells = (await document.read()).cells
        await document.merge(author, [(cell.id, cell.hash) for cell in cells[:2]])
        await until(lambda: not room.saver.dirty)
        assert live.on_disk() == ["alpha\n\nbeta = 1", "gamma"]
        if killed:
            room.saver._delay = None
        live.file.write_text(stale.replace("beta = 1", "beta = 12"))
        want = ["alpha\n\nbeta = 12", "gamma"]
        await anna.until(lambda: anna.texts == want)
        if killed:
            await die(live)
            await anna.join()
            await until(lambda: live.room().ready)
        await until(lambda: live.on_disk() == want, live.on_disk)
        anna.type(1, "!")
        await until(lambda: live.on_disk() == [want[0], "gamma!"], live.on_disk)
        assert anna.ids == ["a", "c"]
    assert not live.notices("cells_put_back")
