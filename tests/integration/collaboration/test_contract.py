"""What can be done to a notebook's cells: the same, whether it is a file, a server's content or open in a live room."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from pycrdt import Assoc

from lumina_jupyter.collaboration import Author, Lines, NotebookDocument, Replace, Whole, provenance_in
from lumina_jupyter.errors import CellChanged, CellGone, EditDoesNotFit, Forbidden, LuminaError, NotFound

from .conftest import AGENT, Reached, code, stream, text

PERSON = Author(run="run2")
HTML = {"output_type": "display_data", "data": {"text/html": "<b>x</b>"}, "metadata": {}}


async def opened(reached: Reached, *cells: dict[str, Any]) -> NotebookDocument:
    reached.put(*cells)
    return await reached.open()


async def ids(document: NotebookDocument) -> list[str]:
    return [cell.id for cell in (await document.read()).cells]


async def hash_of(document: NotebookDocument, cell_id: str) -> str:
    return (await document.cell(cell_id)).hash


async def test_a_notebook_is_read(reached: Reached) -> None:
    reached.put(code("one", "x = 1", [stream("1\n"), HTML]), text("two", "# hi"), metadata={"own": {"n": 1}})
    document = await reached.open()
    found = await document.read()
    assert [(cell.id, cell.type, cell.source) for cell in found.cells] == [
        ("one", "code", "x = 1"),
        ("two", "markdown", "# hi"),
    ]
    assert found.metadata["own"] == {"n": 1}
    assert found.cells[0].execution_count == 1
    assert await document.outputs("one") == (stream("1\n"), HTML)
    assert (await document.cell("two")).hash == found.cells[1].hash
    assert document.live is reached.in_room
    assert document.path == "a.ipynb"
    before = reached.file.read_bytes()
    await document.read()
    assert reached.file.read_bytes() == before


async def test_everybody_gets_the_same_document(reached: Reached) -> None:
    document = await opened(reached, code("one", "x = 1"))
    assert await reached.notebooks.open("a.ipynb") is document


async def test_cells_are_inserted(reached: Reached) -> None:
    document = await opened(reached, code("one", "1"), code("two", "2"))
    last = await document.insert(AGENT, "last\n")
    first = await document.insert(AGENT, "# first", type="markdown", before="one", metadata={"tags": ["a"]})
    middle = await document.insert(AGENT, "middle", after="one", id="middle")
    assert await ids(document) == [first.id, "one", "middle", "two", last.id]
    assert (middle.id, middle.source, middle.type) == ("middle", "middle", "code")
    assert first.metadata["tags"] == ["a"]
    assert len({first.id, last.id, middle.id}) == 3
    assert reached.texts_on_disk() == ["# first", "1", "middle", "2", "last\n"]


async def test_what_cannot_be_inserted_is_refused(reached: Reached) -> None:
    document = await opened(reached, code("one", "1"))
    with pytest.raises(CellGone):
        await document.insert(AGENT, "x", after="gone")
    with pytest.raises(EditDoesNotFit):
        await document.insert(AGENT, "x", type="heading")  # type: ignore[arg-type]  # as it may come over HTTP
    with pytest.raises(EditDoesNotFit):
        await document.insert(AGENT, "x", after="one", before="one")
    for wrong in ("one", "", "no spaces", "x" * 65):
        with pytest.raises(EditDoesNotFit):
            await document.insert(AGENT, "x", id=wrong)
    for metadata in ({"trusted": True}, {"x": object()}, {"x": b"bytes"}):
        with pytest.raises(EditDoesNotFit):
            await document.insert(AGENT, "x", metadata=metadata)
    assert reached.texts_on_disk() == ["1"]


async def test_a_text_is_edited(reached: Reached) -> None:
    document = await opened(reached, code("one", "a = 1\nb = 2\nc = 3"))
    cell = await document.edit(AGENT, "one", await hash_of(document, "one"), Replace("b = 2", "b = 20"))
    assert cell.source == "a = 1\nb = 20\nc = 3"
    cell = await document.edit(AGENT, "one", cell.hash, Lines(1, 1, "a = 10\n"))
    assert cell.source == "a = 10\nb = 20\nc = 3"
    cell = await document.edit(AGENT, "one", cell.hash, Whole("d = 'ä🎉'\n"))
    assert cell == await document.cell("one")
    assert reached.texts_on_disk() == ["d = 'ä🎉'\n"]


async def test_an_edit_leaves_cursors_where_they_are(reached: Reached) -> None:
    document = await opened(reached, code("one", "first = 1\nsecond = 2\nthird = 3\n"))
    cell = await document.cell("one")
    shared = document.replica.document.ycells[0]["source"]
    cursor = shared.sticky_index(str(shared).index("third") + 2, Assoc.AFTER)
    edited = await document.edit(AGENT, "one", cell.hash, Replace("first = 1", "# 🎉\nfirst = 11"))
    at = edited.source.encode()[: cursor.get_index()].decode()
    assert at.endswith("\nth")
    other = await document.edit(AGENT, "one", edited.hash, Whole(edited.source.replace("second", "2nd")))
    assert other.source.encode()[: cursor.get_index()].decode().endswith("\nth")


async def test_a_changed_cell_refuses_the_write_and_gives_the_new_text(reached: Reached) -> None:
    document = await opened(reached, code("one", "x = 1"), code("two", "y"))
    read = await document.cell("one")
    new = await document.edit(PERSON, "one", read.hash, Whole("x = 2"))
    for refused in (
        document.edit(AGENT, "one", read.hash, Whole("x = 3")),
        document.delete(AGENT, "one", read.hash),
        document.move(AGENT, "one", read.hash),
        document.split(AGENT, "one", read.hash, line=1),
        document.merge(AGENT, [("one", read.hash), ("two", await hash_of(document, "two"))]),
        document.change_type(AGENT, "one", read.hash, "markdown"),
        document.set_metadata(AGENT, "one", read.hash, {"a": 1}),
        document.clear_outputs(AGENT, "one", read.hash),
    ):
        with pytest.raises(CellChanged) as caught:
            await refused
        assert (caught.value.cell_id, caught.value.source, caught.value.hash) == ("one", "x = 2", new.hash)
    assert reached.texts_on_disk() == ["x = 2", "y"]


async def test_a_cell_that_is_gone_refuses_the_write(reached: Reached) -> None:
    document = await opened(reached, code("one", "x = 1"), code("two", "y"))
    read = await document.cell("one")
    assert (await document.delete(PERSON, "one", read.hash)).source == "x = 1"
    for refused in (
        document.edit(AGENT, "one", read.hash, Whole("x = 3")),
        document.delete(AGENT, "one", read.hash),
        document.move(AGENT, "one"),
        document.move(AGENT, "two", after="one"),
        document.split(AGENT, "one", read.hash, line=1),
        document.merge(AGENT, [("one", read.hash), ("two", await hash_of(document, "two"))]),
        document.change_type(AGENT, "one", read.hash, "markdown"),
        document.set_metadata(AGENT, "one", read.hash, {"a": 1}),
        document.clear_outputs(AGENT, "one", read.hash),
        document.outputs("one"),
    ):
        with pytest.raises(CellGone):
            await refused
    assert reached.texts_on_disk() == ["y"]


async def test_an_edit_that_does_not_fit_is_refused(reached: Reached) -> None:
    document = await opened(reached, code("one", "x\nx"))
    base = await hash_of(document, "one")
    for edit in (
        Replace("absent", "x"),
        Replace("", "x"),
        Replace("x", "y"),
        Replace("x", "y", count=3),
        Lines(0, 1, ""),
        Lines(2, 5, ""),
        Lines(4, 4, ""),
        Lines(3, 1, ""),
    ):
        with pytest.raises(EditDoesNotFit):
            await document.edit(AGENT, "one", base, edit)
    assert reached.texts_on_disk() == ["x\nx"]


async def test_a_cell_is_moved_with_all_that_it_holds(reached: Reached) -> None:
    outputs = [stream("1\n"), HTML]
    document = await opened(
        reached, code("one", "1", outputs, metadata={"tags": ["t"]}), text("two", "2"), text("three", "3")
    )
    before = await document.cell("one")
    moved = await document.move(AGENT, "one", before.hash, after="two")
    assert (moved.outputs, moved.metadata["tags"], moved.execution_count) == (tuple(outputs), ["t"], 1)
    assert await ids(document) == ["two", "one", "three"]
    await document.move(AGENT, "three", before="two")
    assert await ids(document) == ["three", "two", "one"]
    await document.move(AGENT, "three")
    assert await ids(document) == ["two", "one", "three"]
    state = document.replica.document.ydoc.get_state()
    await document.move(AGENT, "one", after="two")
    if not reached.in_room:  # a room's document also says that it is to be saved
        assert document.replica.document.ydoc.get_state() == state
    with pytest.raises(EditDoesNotFit):
        await document.move(AGENT, "one", after="one")
    assert reached.texts_on_disk() == ["2", "1", "3"]


async def test_a_cell_is_split(reached: Reached) -> None:
    document = await opened(reached, code("one", "a\nb\nc", [stream("1\n")]), text("two", "xäy"))
    first, second = await document.split(AGENT, "one", await hash_of(document, "one"), line=2)
    assert (first.id, first.source, first.outputs) == ("one", "a", (stream("1\n"),))
    assert (second.source, second.type, second.outputs) == ("b\nc", "code", ())
    left, right = await document.split(AGENT, "two", await hash_of(document, "two"), character=2)
    assert (left.source, right.source, right.type) == ("xä", "y", "markdown")
    for wrong in ({"line": 0}, {"line": 9}, {"character": -1}, {"character": 99}, {}, {"line": 1, "character": 1}):
        with pytest.raises(EditDoesNotFit):
            await document.split(AGENT, "one", first.hash, **wrong)
    assert await ids(document) == ["one", second.id, "two", right.id]
    assert reached.texts_on_disk() == ["a", "b\nc", "xä", "y"]


async def test_cells_are_merged_and_nothing_of_them_is_lost(reached: Reached) -> None:
    document = await opened(
        reached,
        code("one", "a", [stream("1\n")]),
        text("between", "#"),
        code("two", "b", [stream("2\n"), HTML]),
        code("three", "c"),
    )
    cells = {cell.id: cell.hash for cell in (await document.read()).cells}
    with pytest.raises(EditDoesNotFit):
        await document.merge(AGENT, [("one", cells["one"]), ("between", cells["between"])])
    with pytest.raises(EditDoesNotFit):
        await document.merge(AGENT, [("one", cells["one"]), ("one", cells["one"])])
    merged = await document.merge(AGENT, [(name, cells[name]) for name in ("three", "one", "two")])
    assert (merged.id, merged.source) == ("one", "a\n\nb\n\nc")
    assert merged.outputs == (stream("1\n"), stream("2\n"), HTML)
    assert await ids(document) == ["one", "between"]
    assert reached.texts_on_disk() == ["a\n\nb\n\nc", "#"]


async def test_the_type_is_changed(reached: Reached) -> None:
    image = {"image.png": {"image/png": "aGk="}}
    document = await opened(
        reached, code("one", "a", [HTML], metadata={"tags": ["t"]}), text("two", "![](x)", attachments=image)
    )
    cell = await document.change_type(AGENT, "one", await hash_of(document, "one"), "markdown")
    assert (cell.id, cell.type, cell.source, cell.outputs) == ("one", "markdown", "a", ())
    assert cell.metadata["tags"] == ["t"]
    back = await document.change_type(AGENT, "one", cell.hash, "code")
    assert (back.type, back.outputs) == ("code", ())
    with pytest.raises(EditDoesNotFit):
        await document.change_type(AGENT, "two", await hash_of(document, "two"), "code")
    raw = await document.change_type(AGENT, "two", await hash_of(document, "two"), "raw")
    assert raw.attachments == image
    assert [cell["cell_type"] for cell in reached.on_disk()["cells"]] == ["code", "raw"]


async def test_metadata_is_set(reached: Reached) -> None:
    document = await opened(reached, code("one", "a", metadata={"old": 1, "kept": 2}))
    read = await document.cell("one")
    cell = await document.set_metadata(
        AGENT, "one", read.hash, {"old": None, "new": {"deep": [1, 2.5, "x", True]}, "absent": None}
    )
    assert {key: cell.metadata.get(key) for key in ("old", "kept", "new")} == {
        "old": None,
        "kept": 2,
        "new": {"deep": [1, 2.5, "x", True]},
    }
    await document.set_notebook_metadata(AGENT, {"lumina": {"policy": {"variables": "off"}}})
    assert (await document.read()).metadata["lumina"] == {"policy": {"variables": "off"}}
    circle: dict[str, Any] = {}
    circle["self"] = circle
    for wrong in ({"trusted": True}, {"x": {1, 2}}, circle):
        with pytest.raises(EditDoesNotFit):
            await document.set_metadata(AGENT, "one", read.hash, wrong)
    on_disk = reached.on_disk()
    assert on_disk["metadata"]["lumina"] == {"policy": {"variables": "off"}}
    assert on_disk["cells"][0]["metadata"] == {"kept": 2, "new": {"deep": [1, 2.5, "x", True]}}


async def test_outputs_are_cleared(reached: Reached) -> None:
    document = await opened(reached, code("one", "a", [stream("1")]), code("two", "b", [HTML]), text("three", "c"))
    cell = await document.clear_outputs(AGENT, "one", await hash_of(document, "one"))
    assert (cell.outputs, cell.execution_count) == ((), None)
    assert await document.outputs("two") == (HTML,)
    await document.clear_all_outputs(AGENT)
    assert [cell.get("outputs") for cell in reached.on_disk()["cells"]] == [[], [], None]


async def test_provenance_is_left_by_a_models_edits_alone(reached: Reached) -> None:
    document = await opened(
        reached,
        code("one", "a", metadata={"lumina": "nonsense"}),
        code("two", "b", metadata={"lumina": {"model": 5, "own": 1}}),
    )
    assert provenance_in((await document.cell("one")).metadata) is None
    assert provenance_in((await document.cell("two")).metadata) is None
    cell = await document.edit(PERSON, "two", await hash_of(document, "two"), Whole("bb"))
    assert cell.metadata["lumina"] == {"model": 5, "own": 1}
    for name in ("one", "two"):
        cell = await document.edit(AGENT, name, await hash_of(document, name), Whole(name))
        found = provenance_in(cell.metadata)
        assert found is not None
        assert (found.model, found.run, found.reviewed_by) == ("lab/m", "run1", "")
        assert found.time
    assert cell.metadata["lumina"]["own"] == 1
    reviewed = Author(run="run3", kind="proposal", model="lab/m", user="ada")
    cell = await document.edit(reviewed, "one", await hash_of(document, "one"), Whole("three"))
    found = provenance_in(cell.metadata)
    assert found is not None
    assert found.reviewed_by == "ada"
    undone = Author(run="run1", kind="undo", model="lab/m")
    cell = await document.edit(undone, "one", cell.hash, Whole("a"))
    assert provenance_in(cell.metadata) == found


async def test_texts_that_no_document_can_hold_are_stored_as_far_as_they_can(reached: Reached) -> None:
    document = await opened(reached, code("one", "a"))
    cell = await document.edit(AGENT, "one", await hash_of(document, "one"), Whole("half: \ud83d."))
    assert cell.source == "half: \ufffd."
    inserted = await document.insert(AGENT, "\ud83c\udf89 \udfff", metadata={"big": 10**30, "key\ud800": "x"})
    assert inserted.source == "🎉 \ufffd"
    assert reached.texts_on_disk() == ["half: \ufffd.", "🎉 \ufffd"]


async def test_two_agents_and_three_people_at_the_same_cell(reached: Reached) -> None:
    document = await opened(reached, code("one", "x = 0"))
    read = await document.cell("one")
    writers = [Author(run=f"run{number}") for number in range(5)]

    async def insisting(author: Author) -> None:
        base = read
        while True:
            try:
                await document.edit(author, "one", base.hash, Whole(f"{base.source}\n# {author.run}"))
            except CellChanged:
                base = await document.cell("one")
            else:
                return

    await asyncio.gather(*map(insisting, writers))
    source = (await document.cell("one")).source
    assert sorted(source.split("\n")) == sorted(["x = 0", *(f"# {author.run}" for author in writers)])
    assert reached.texts_on_disk() == [source]


async def test_writes_at_the_same_time_are_all_there(reached: Reached) -> None:
    document = await opened(reached, code("one", "x = 0"))
    await asyncio.gather(*(document.insert(Author(run=f"r{n}"), str(n), after="one") for n in range(20)))
    assert sorted(reached.texts_on_disk()) == sorted(["x = 0", *map(str, range(20))])
    assert len(set(await ids(document))) == 21


async def test_a_write_whose_author_goes_away_is_whole(reached: Reached) -> None:
    document = await opened(reached, code("one", "x = 0"))
    begun = asyncio.Event()

    def change(shared: Any) -> None:
        begun.set()
        shared.ycells[0]["source"].insert(0, "# kept\n")

    task = asyncio.ensure_future(document.write(AGENT, change))
    await asyncio.wait([task, asyncio.ensure_future(begun.wait())], return_when=asyncio.FIRST_COMPLETED)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert reached.texts_on_disk() == ["# kept\nx = 0"]


async def test_a_write_is_one_transaction_of_its_author(reached: Reached) -> None:
    document = await opened(reached, code("one", "a\nb"), code("two", "c"))
    cells = (await document.read()).cells
    seen: list[Any] = []
    shared = document.replica.document.ydoc
    subscription = shared.observe(lambda event: seen.append(event.transaction.origin()))
    await document.merge(AGENT, [(cell.id, cell.hash) for cell in cells])
    shared.unobserve(subscription)
    assert seen.count(hash("lumina:agent:run1:1")) == 1


async def test_what_is_no_notebook_is_not_opened(reached: Reached) -> None:
    reached.put(code("one", "a"))
    (reached.root / "folder.ipynb").mkdir()
    (reached.root.parent / "a.ipynb").write_bytes(reached.file.read_bytes())
    for path in (
        "absent.ipynb",
        "../a.ipynb",
        "x/../../a.ipynb",
        "a.txt",
        "",
        "folder.ipynb",
        "x\0.ipynb",
        "/etc/passwd",
    ):
        with pytest.raises(LuminaError) as caught:
            await reached.notebooks.open(path)
        assert isinstance(caught.value, NotFound | Forbidden), path
        assert caught.value.hint


async def test_a_notebook_that_was_deleted_says_so(reached: Reached) -> None:
    document = await opened(reached, code("one", "a"))
    read = await document.cell("one")
    reached.file.unlink()
    if not reached.in_room:  # what is open lives on
        with pytest.raises(NotFound):
            await document.read()
        with pytest.raises(NotFound):
            await document.edit(AGENT, "one", read.hash, Whole("b"))
    with pytest.raises(NotFound):
        await reached.notebooks.open("a.ipynb")
