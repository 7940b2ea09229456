"""Odd and broken notebooks, met by tools: a clear refusal or a repaired document, nothing lost."""

from __future__ import annotations

from typing import Any

from tests.integration.bad_notebooks import (
    BROKEN,
    HAND_EDITED,
    OLD,
    OLD_TEXTS,
    TWINS,
    TWINS_TEXTS,
    code,
    notebook,
    texts,
)

from .conftest import CHAT, Begin, Here

NAME = "a.ipynb"


def put(here: Here, content: str) -> None:
    (here.root / NAME).write_text(content)


def on_disk(here: Here) -> str:
    return (here.root / NAME).read_text()


async def test_what_is_no_notebook_is_refused_and_left_as_it_is(begin: Begin) -> None:
    async with begin() as here:
        for content in BROKEN.values():
            put(here, content)
            for name, arguments in (
                ("read_notebook", {}),
                ("read_cell", {"cell_id": "a"}),
                ("add_cell", {"content": "x"}),
                ("edit_cell", {"cell_id": "a", "content": "x"}),
                ("delete_cell", {"cell_id": "a"}),
            ):
                told = await here.call(name, **arguments)
                assert told.error_code == "notebook_unreadable", told.text
                assert NAME in told.told
            assert on_disk(here) == content


async def test_one_of_format_3_and_one_with_odd_ids_are_edited_and_keep_all_cells(begin: Begin) -> None:
    async with begin() as here:
        put(here, OLD)
        told = await here.text("read_notebook")
        assert all(text in told for text in OLD_TEXTS)
        run = await here.text("get_cell_id_from_index", cell_index=1)
        assert "42" in await here.text("read_cell", cell_id=run)
        await here.text("edit_cell", cell_id=run, content="c")
        assert texts(on_disk(here)) == [OLD_TEXTS[0], "c"]
        assert "42" in on_disk(here)
        put(here, TWINS)
        await here.text("read_notebook")
        for at in range(1, 4):
            cell = await here.text("get_cell_id_from_index", cell_index=at)
            await here.text("edit_cell", cell_id=cell, content=f"{TWINS_TEXTS[at]}!")
        assert texts(on_disk(here)) == ["one", "two!", "three!", "four!"]


async def test_metadata_of_ours_that_somebody_edited_by_hand_hinders_nobody(begin: Begin) -> None:
    async with begin() as here:
        for kept in HAND_EDITED:
            put(here, notebook(code("a", "one", kept)))
            await here.text("read_notebook")
            await here.text("edit_cell", cell_id="a", content="two")
            # What can't be understood of a policy forbids, in a sentence.
            put(here, notebook(code("a", "one", kept), lumina=kept))
            told = await here.call("read_notebook", CHAT)
            assert "one" in told.text or "The notebook's policy" in told.text


async def test_a_switch_that_says_neither_yes_nor_no_is_off(begin: Begin) -> None:
    switches: list[Any] = ["no", 0, "false", [], {}]
    async with begin() as here:
        for said in switches:
            put(here, notebook(code("a", "secret"), lumina={"policy": {"assistant": said}}))
            refused = await here.call("read_notebook", CHAT)
            assert refused.error_code == "forbidden"
            assert "secret" not in refused.text
        put(here, notebook(code("a", "secret"), lumina={"policy": {"assistant": None}}))
        assert "secret" in await here.text("read_notebook", CHAT)
