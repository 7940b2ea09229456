"""What a notebook was, what changed since, and a way back that loses nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumina_jupyter.collaboration import Author, Notebooks
from lumina_jupyter.collaboration.replicas.places import DiskPlaces
from lumina_jupyter.collaboration.replicas.watching import Watching
from lumina_jupyter.collaboration.snapshots.comparison import Comparison, compare, reverse
from lumina_jupyter.collaboration.snapshots.history import History
from lumina_jupyter.collaboration.snapshots.snapshots import Snapshots
from lumina_jupyter.collaboration.undo.undo import Step
from lumina_jupyter.collaboration.undo.undoing import Undoing
from lumina_jupyter.errors import CellGone, DiskFull, LuminaError, NotebookUnreadable, NotFound, SnapshotDamaged
from lumina_jupyter.settings import Lumina
from tests.small_disk import fill, small_disk

AGENT = Author(run="r1")


def cell(name: str, source: str, kind: str = "code", **more: Any) -> dict[str, Any]:
    code: dict[str, Any] = {"outputs": [], "execution_count": None} if kind == "code" else {}
    return {"id": name, "cell_type": kind, "metadata": {}, "source": source, **code, **more}


def notebook(*cells: dict[str, Any], **metadata: Any) -> dict[str, Any]:
    return {"cells": list(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


FIRST = notebook(cell("a", "x = 1\ny = 2"), cell("b", "# Title", "markdown"), cell("c", "print(x)"))


class Place:
    """A folder with one notebook, its history, and the file as it is on disk."""

    def __init__(self, folder: Path, data: Path | None = None) -> None:
        self.folder = folder
        self.file = folder / "n.ipynb"
        self.notebooks = Notebooks(DiskPlaces(folder))
        self.snapshots = Snapshots(Lumina(data_dir=str(data or folder / "data")))
        self.history = History(self.notebooks, self.snapshots)

    def write(self, content: dict[str, Any]) -> None:
        self.file.write_text(json.dumps(content), encoding="utf-8")

    @property
    def sources(self) -> dict[str, str]:
        return {each["id"]: "".join(each["source"]) for each in json.loads(self.file.read_text())["cells"]}

    async def keep(self, reason: Any = "before_run", run: str = "r1") -> str:
        document = await self.notebooks.open("n.ipynb")
        content = json.loads(self.file.read_text())
        return self.snapshots.take(document.key, content, reason=reason, run=run).id


@pytest.fixture
def place(tmp_path: Path) -> Place:
    made = Place(tmp_path)
    made.write(FIRST)
    return made


# --- what changed ---------------------------------------------------------------------------------------


def test_cells_are_compared_by_id_and_their_texts_by_line() -> None:
    then = notebook(
        cell("a", "\n".join(f"line {at}" for at in range(20))), cell("b", "gone"), cell("c", "stays"), cell("d", "1")
    )
    now = notebook(
        cell("c", "stays"),
        cell("a", "\n".join(f"line {at}" if at not in {3, 17} else f"new {at}" for at in range(20))),
        cell("e", "brand new"),
        cell("d", "1", "markdown"),
        kernelspec={"name": "python3"},
    )
    found = compare(then, now)
    assert {each.id: (each.change, each.number_before, each.number_after) for each in found.cells} == {
        "c": ("changed", 3, 1),
        "a": ("changed", 1, 2),
        "e": ("added", 0, 3),
        "b": ("removed", 2, 0),
        "d": ("changed", 4, 4),
    }
    by_id = {each.id: each for each in found.cells}
    assert by_id["a"].lines == (
        "@@ -1,7 +1,7 @@",
        " line 0",
        " line 1",
        " line 2",
        "-line 3",
        "+new 3",
        " line 4",
        " line 5",
        " line 6",
        "@@ -15,6 +15,6 @@",
        " line 14",
        " line 15",
        " line 16",
        "-line 17",
        "+new 17",
        " line 18",
        " line 19",
    )
    assert (by_id["a"].lines_added, by_id["a"].lines_removed) == (2, 2)
    assert by_id["e"].lines == ("+brand new",)
    assert by_id["b"].lines == ("-gone",)
    assert by_id["d"].retyped
    assert not by_id["d"].lines
    assert found.metadata


def test_outputs_metadata_and_moves_are_told_apart() -> None:
    output = {"output_type": "stream", "name": "stdout", "text": "1"}
    then = notebook(cell("a", "1"), cell("b", "2"), cell("c", "3"), cell("d", "4"))
    now = notebook(
        cell("b", "2", outputs=[output]), cell("c", "3", metadata={"tags": ["x"]}), cell("d", "4"), cell("a", "1")
    )
    found = {each.id: each for each in compare(then, now).cells}
    assert (found["b"].outputs, found["b"].metadata, found["b"].moved) == (True, False, False)
    assert (found["c"].outputs, found["c"].metadata, found["c"].moved) == (False, True, False)
    assert (found["a"].outputs, found["a"].metadata, found["a"].moved) == (False, False, True)
    assert "d" not in found


_ids = st.sampled_from(["a", "b", "c", "d", "e", ""])
_some = st.lists(st.builds(cell, _ids, st.text("ab\n", max_size=8), st.sampled_from(["code", "markdown"])), max_size=7)


@given(_some, _some)
def test_every_cell_is_told_of_once(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> None:
    found = compare(notebook(*old), notebook(*new))
    befores = [each.number_before for each in found.cells if each.number_before]
    afters = [each.number_after for each in found.cells if each.number_after]
    assert len(befores) == len(set(befores))
    assert len(afters) == len(set(afters))
    assert len(befores) + found.unchanged == len(old)
    assert len(afters) + found.unchanged == len(new)
    assert compare(notebook(*old), notebook(*old)) == Comparison(unchanged=len(old))
    assert reverse(reverse(found)) == found
    for each in found.cells:
        kept = [line[1:] for line in each.lines if line[0] in " -"]
        assert all(line in each.before.split("\n") for line in kept)


# --- the list --------------------------------------------------------------------------------------------


async def test_each_moment_says_what_changed_since_the_one_before(place: Place) -> None:
    await place.keep(run="r1")
    place.write(notebook(cell("a", "x = 2"), cell("c", "print(x)"), cell("d", "new")))
    await place.keep(run="r2")
    first, second = await place.history.moments("n.ipynb"), await place.history.moments("n.ipynb", limit=1)
    assert [(each.run, each.cells, each.added, each.edited, each.removed) for each in first] == [
        ("r2", 3, 1, 1, 1),
        ("r1", 3, 0, 0, 0),
    ]
    assert second == first[:1]


# --- looking ---------------------------------------------------------------------------------------------


async def test_a_moment_is_looked_at_and_compared_with_now_and_with_another(place: Place) -> None:
    one = await place.keep()
    place.write(notebook(*FIRST["cells"][:2], cell("c", "print(y)")))
    two = await place.keep(run="r2")
    place.write(notebook(*FIRST["cells"][:2]))
    whole = await place.history.view("n.ipynb", one)
    assert whole.content == FIRST
    assert whole.comparison is None
    now = (await place.history.view("n.ipynb", one, against="now")).comparison
    assert now is not None
    assert [(each.id, each.change) for each in now.cells] == [("c", "removed")]
    other = (await place.history.view("n.ipynb", one, against=two)).comparison
    assert other is not None
    assert [each.lines for each in other.cells] == [("@@ -1,1 +1,1 @@", "-print(x)", "+print(y)")]


@pytest.mark.parametrize("given_id", ["", "now", "ffffffffffff", "../../lock", "0" * 5000])
async def test_what_is_no_moment_is_told(place: Place, given_id: str) -> None:
    await place.keep()
    with pytest.raises(NotFound, match="history has no moment"):
        await place.history.view("n.ipynb", given_id)


@pytest.mark.parametrize("path", ["../n.ipynb", "/etc/passwd", "n.txt", "gone.ipynb", "", "n.ipynb\0"])
async def test_what_is_no_notebook_is_told(place: Place, path: str) -> None:
    kept = await place.keep()
    for work in (place.history.moments(path), place.history.view(path, kept), place.history.restore(path, kept)):
        with pytest.raises(LuminaError):
            await work


# --- restoring -------------------------------------------------------------------------------------------


async def test_a_notebook_comes_back_and_the_way_back_comes_back_too(place: Place) -> None:
    kept = await place.keep()
    document = await place.notebooks.open("n.ipynb")
    read = await document.read()
    await document.edit(AGENT, "a", read.cells[0].hash, _whole("x = 99"))
    await document.delete(AGENT, "b", read.cells[1].hash)
    await document.insert(AGENT, "more", id="d")
    changed = place.sources
    done = await place.history.restore("n.ipynb", kept, user="Ada")
    assert place.sources == {"a": "x = 1\ny = 2", "b": "# Title", "c": "print(x)"}
    assert (done.inserted, done.deleted, done.edited, done.changed) == (("b",), ("d",), ("a",), True)
    (undo,) = [each for each in await place.history.moments("n.ipynb") if each.reason == "before_restore"]
    assert (undo.id, undo.by) == (done.undo, "Ada")
    back = await place.history.restore("n.ipynb", done.undo)
    assert place.sources == changed
    assert back.changed
    again = await place.history.restore("n.ipynb", done.undo)
    assert (again.changed, again.undo) == (False, "")


async def test_one_cell_comes_back_and_the_others_stay(place: Place) -> None:
    kept = await place.keep()
    place.write(notebook(cell("z", "first"), cell("a", "x = 99"), cell("c", "print(99)")))
    await place.history.restore("n.ipynb", kept, cell="b")
    assert list(place.sources) == ["z", "a", "b", "c"]
    await place.history.restore("n.ipynb", kept, cell="a")
    assert place.sources == {"z": "first", "a": "x = 1\ny = 2", "b": "# Title", "c": "print(99)"}
    with pytest.raises(CellGone, match="has no cell 'nope'"):
        await place.history.restore("n.ipynb", kept, cell="nope")


async def test_what_others_write_meanwhile_is_kept_before_it_is_restored(place: Place) -> None:
    """The copy that a restore makes first is of the very state that it replaces."""
    kept = await place.keep()
    document = await place.notebooks.open("n.ipynb")
    await document.insert(AGENT, "late 0", id="late0")
    take, takes = place.snapshots.take, []

    def take_and_type(*given: Any, **named: Any) -> Any:
        takes.append(named["reason"])
        made = take(*given, **named)
        if len(takes) == 1:
            with document.replica.document.ydoc.transaction():
                document.replica.document.append_cell(cell("typed", "while it was kept"))
        return made

    place.snapshots.take = take_and_type  # type: ignore[method-assign]  # somebody types at the worst moment
    done = await place.history.restore("n.ipynb", kept)
    assert takes == ["before_restore", "before_restore"]
    before = await place.history.view("n.ipynb", done.undo)
    assert before.content is not None
    assert [each["id"] for each in before.content["cells"]] == ["a", "b", "c", "late0", "typed"]
    assert list(place.sources) == ["a", "b", "c"]


@pytest.mark.parametrize("found", ["", "{half of a noteb"])
async def test_a_notebook_comes_back_in_place_of_a_file_that_is_none(place: Place, found: str) -> None:
    async def where(path: str) -> Path:
        return place.folder / path

    kept = await place.keep()
    place.file.write_text(found)
    place.file.chmod(0o640)
    history = History(place.notebooks, place.snapshots, where)
    with pytest.raises(NotebookUnreadable):
        await history.restore("n.ipynb", kept, cell="a")
    done = await history.restore("n.ipynb", kept)
    assert place.sources == {"a": "x = 1\ny = 2", "b": "# Title", "c": "print(x)"}
    assert place.file.stat().st_mode & 0o777 == 0o640
    assert [each.id for each in (await (await place.notebooks.open("n.ipynb")).read()).cells] == ["a", "b", "c"]
    if found:
        assert (await history.view("n.ipynb", done.undo)).content == {"damaged": found}
        with pytest.raises(NotebookUnreadable, match="was no notebook"):
            await history.restore("n.ipynb", done.undo)
    else:
        assert done.undo == ""


async def test_a_damaged_moment_is_marked_and_restores_nothing(place: Place) -> None:
    kept = await place.keep()
    place.write(notebook(cell("a", "x = 99")))
    whole = await place.keep(run="r2")
    objects = place.folder / "data" / "snapshots" / "objects"
    tree = place.snapshots.find((await place.notebooks.open("n.ipynb")).key, kept).tree
    (objects / tree[:2] / tree).write_bytes(b"torn")
    fresh = History(place.notebooks, Snapshots(Lumina(data_dir=str(place.folder / "data"))))
    assert {each.id: each.damaged for each in await fresh.moments("n.ipynb")} == {kept: True, whole: False}
    with pytest.raises(SnapshotDamaged):
        await fresh.restore("n.ipynb", kept)
    assert place.sources == {"a": "x = 99"}
    assert (await fresh.view("n.ipynb", whole)).content


async def test_a_full_disk_stops_a_restore_before_it_changes_anything(tmp_path: Path) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    with small_disk(tmp_path / "disk", 300) as disk:
        place = Place(folder, disk)
        place.write(FIRST)
        kept = await place.keep()
        place.write(notebook(cell("a", "x = 99")))
        filler = fill(disk)
        with pytest.raises(DiskFull):
            await place.history.restore("n.ipynb", kept)
        assert place.sources == {"a": "x = 99"}
        filler.unlink()
        await place.history.restore("n.ipynb", kept)
        assert place.sources["a"] == "x = 1\ny = 2"


async def test_runs_of_agents_stand_between_the_snapshots(place: Place) -> None:
    await place.keep()
    (snapshot,) = await place.history.moments("n.ipynb")

    def step(number: int, kind: str, cells: dict[str, str], *, run: str = "r1", undone: bool = False) -> Step:
        return Step(
            run=run,
            step=number,
            kind=kind,
            at=snapshot.at + number,
            user="Ada",
            model="lab/m",
            cells=cells,
            undone=undone,
            undone_cells=(),
            summary="",
        )

    async def steps(path: str) -> list[Step]:
        assert path == "n.ipynb"
        return [
            step(1, "agent", {"a": "changed", "b": "inserted"}),
            step(2, "agent", {"b": "changed", "c": "deleted", "": "changed"}),
            step(3, "restore", {"a": "changed"}, run="restore-1"),
            step(4, "proposal", {"a": "changed"}, run="r2", undone=True),
        ]

    history = History(place.notebooks, place.snapshots, steps=steps)
    told = [
        (each.id, each.reason, each.steps, each.cells, each.added, each.edited, each.removed, each.model)
        for each in await history.moments("n.ipynb")
    ]
    assert told == [
        ("r2", "undone_run", 1, 1, 0, 1, 0, "lab/m"),
        ("r1", "run", 2, 3, 1, 1, 1, "lab/m"),
        (snapshot.id, "before_run", 0, 3, 0, 0, 0, ""),
    ]


async def test_a_notebook_is_kept_once_before_each_run_of_an_agent(place: Place, tmp_path: Path) -> None:
    undoing = Undoing(DiskPlaces(tmp_path), Lumina(data_dir=str(tmp_path)), Watching(), place.snapshots)
    history = History(undoing.notebooks, place.snapshots, steps=undoing.steps)
    document = await undoing.notebooks.open("n.ipynb")
    for run, kind in (("r1", "agent"), ("r1", "agent"), ("r2", "proposal"), ("r3", "undo")):
        await document.insert(Author(run=run, kind=kind, user="Ada"), f"by {run}")  # type: ignore[arg-type]  # of those
    found = await history.moments("n.ipynb")
    before = {each.run: (each.cells, each.by) for each in found if each.kind == "snapshot"}
    assert before == {"r1": (3, "Ada"), "r2": (5, "Ada")}
    assert {each.id: each.added for each in found if each.kind == "run"} == {"r1": 2, "r2": 1}
    await history.restore("n.ipynb", next(each.id for each in found if each.kind == "snapshot" and each.run == "r1"))
    assert list(place.sources) == ["a", "b", "c"]
    await undoing.close()


def _whole(text: str) -> Any:
    from lumina_jupyter.collaboration.document.edits import Whole

    return Whole(text)
