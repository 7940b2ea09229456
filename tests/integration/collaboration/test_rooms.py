"""A notebook that others have open: an agent's writes reach them, and rooms come and go while it works."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from pycrdt import Doc

from lumina_jupyter.collaboration import NotebookDocument, Replace, Whole
from lumina_jupyter.collaboration.document.shared_cells import notebook_in
from lumina_jupyter.errors import CellChanged, StorageFailed

from .conftest import AGENT, Reached, code, reach, stream, text


@pytest.fixture(params=["room", "guarded"])
def live(request: pytest.FixtureRequest, jp_asyncio_loop: asyncio.AbstractEventLoop) -> Reached:
    """A notebook in a live room: upstream's own, and a guarded one."""
    return reach(request.param, request)


def person(document: Any) -> Doc[Any]:
    """A document that gets every update of the room's from now on, as a participant's does."""
    other: Doc[Any] = Doc()
    other.apply_update(document.ydoc.get_update())
    document.ydoc.observe(lambda event: other.apply_update(event.update))
    return other


def texts(document: Any) -> list[str]:
    return [cell.source for cell in notebook_in(document).cells]


async def test_what_people_type_and_have_not_saved_is_what_an_agent_sees(live: Reached) -> None:
    live.put(code("one", "a"))
    room = await live.open_room()
    document = await live.notebooks.open("a.ipynb")
    base = await document.cell("one")
    room.ycells[0]["source"].insert(0, "typed ")
    with pytest.raises(CellChanged) as caught:
        await document.edit(AGENT, "one", base.hash, Whole("b"))
    assert caught.value.source == "typed a"
    await document.edit(AGENT, "one", caught.value.hash, Replace("a", "b"))
    assert texts(room) == ["typed b"]
    assert live.texts_on_disk() == ["typed b"]


async def test_an_agents_writes_reach_everybody(live: Reached) -> None:
    from jupyter_ydoc import YNotebook

    live.put(code("one", "a", [stream("1")]), text("two", "b"))
    room = await live.open_room()
    other = person(room)
    document = await live.notebooks.open("a.ipynb")
    cells = (await document.read()).cells
    await document.insert(AGENT, "c", before="one")
    await document.edit(AGENT, "one", cells[0].hash, Whole("A"))
    await document.move(AGENT, "two", before="one")
    await document.clear_all_outputs(AGENT)
    assert notebook_in(YNotebook(other)) == notebook_in(room)
    assert texts(room) == ["c", "b", "A"]


async def test_a_room_that_opens_while_an_agent_works_is_where_it_goes_on(live: Reached) -> None:
    live.put(code("one", "a"))
    document = await live.notebooks.open("a.ipynb")
    first = await document.insert(AGENT, "b")
    assert [document.live] == [False]
    room = await live.open_room()
    room.ycells[0]["source"].insert(0, "typed ")
    cell = await document.cell("one")
    assert [document.live] == [True]
    assert cell.source == "typed a"
    await document.edit(AGENT, first.id, first.hash, Whole("c"))
    assert texts(room) == ["typed a", "c"]
    assert live.texts_on_disk() == ["typed a", "c"]


async def test_a_room_that_ends_while_an_agent_works_leaves_it_the_file(live: Reached) -> None:
    live.put(code("one", "a"))
    await live.open_room()
    document = await live.notebooks.open("a.ipynb")
    cell = await document.cell("one")
    cell = await document.edit(AGENT, "one", cell.hash, Whole("b"))
    assert [document.live] == [True]
    await live.close_room()
    cell = await document.edit(AGENT, "one", cell.hash, Whole("c"))
    assert [document.live] == [False]
    assert live.texts_on_disk() == ["c"]
    assert texts(await live.open_room()) == ["c"]


async def test_a_write_waits_for_a_room_that_takes_in_a_file(live: Reached) -> None:
    live.put(*(code(f"c{number}", "a") for number in range(50)))
    room = await live.open_room()
    document = await live.notebooks.open("a.ipynb")
    content = room.get()
    for cell in content["cells"]:
        cell["source"] = "b"
    taking_in = asyncio.ensure_future(room.aset(content))
    await asyncio.sleep(0)
    written, _none = await asyncio.gather(document.insert(AGENT, "c"), taking_in)
    cells = (await document.read()).cells
    assert [cell.source for cell in cells] == ["b"] * 50 + ["c"]
    assert cells[-1].id == written.id


async def test_cells_of_a_room_without_ids_of_their_own_get_some(live: Reached) -> None:
    live.put(code("one", "a"))
    room = await live.open_room()
    for source in ("b", "c"):
        room.ycells.append(room.create_ycell({**code("one", source), "id": "one"}))
    del room.ycells[2]["id"]
    document = await live.notebooks.open("a.ipynb")
    cells = (await document.read()).cells
    assert [cell.source for cell in cells] == ["a", "b", "c"]
    assert len({cell.id for cell in cells}) == 3
    await document.edit(AGENT, cells[2].id, cells[2].hash, Whole("d"))
    assert texts(room) == ["a", "b", "d"]


async def test_a_save_that_fails_is_told_and_the_edit_stays(live: Reached) -> None:
    live.put(code("one", "a"))
    room = await live.open_room()
    document: NotebookDocument = await live.notebooks.open("a.ipynb")
    assert live.app is not None
    manager: Any = live.app.contents_manager
    save = manager.save
    manager.save = _failing
    with pytest.raises(StorageFailed):
        await document.insert(AGENT, "b")
    assert texts(room) == ["a", "b"]
    manager.save = save
    await document.insert(AGENT, "c")
    assert live.texts_on_disk() == ["a", "b", "c"]


async def _failing(*_: Any, **__: Any) -> Any:
    raise OSError(5, "the disk is broken")
