"""Undo of an agent's work on a real file: across reloads, restarts, crashes, a full disk and a document made anew."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lumina_jupyter.collaboration.document.author import Author
from lumina_jupyter.collaboration.document.document import NotebookDocument
from lumina_jupyter.collaboration.document.edits import Replace, Whole
from lumina_jupyter.collaboration.document.shared_cells import content_in, copy_of
from lumina_jupyter.collaboration.replicas.disk_file import DiskFile
from lumina_jupyter.collaboration.replicas.file_replica import FileReplica
from lumina_jupyter.collaboration.undo.journal import Journals
from lumina_jupyter.collaboration.undo.journal_file import HEADER, JournalFile
from lumina_jupyter.collaboration.undo.undo import Undo
from lumina_jupyter.errors import DiskFull, NotFound, StorageFailed
from tests.small_disk import fill, small_disk

TEXTS = {"a": "import pandas\n", "b": "x = 1\ny = 2\n", "c": "print(x)\n"}


class Desk:
    """A notebook's file and the journal, as one process has them."""

    def __init__(self, folder: Path, *, keep: FileReplica | None = None, **settings: float) -> None:
        self.file = folder / "n.ipynb"
        if not self.file.exists():
            self.file.write_text(json.dumps(notebook()))
        self.journals = Journals(folder / "journal", **settings)
        self.replica = keep or FileReplica(DiskFile(self.file, "n.ipynb"))
        self.recorder = self.journals.recorder(self.replica)
        self.notebook = NotebookDocument(self.replica, self.recorder)
        self.undo = Undo(self.notebook, self.recorder)

    @property
    def journal(self) -> Path:
        (path,) = (self.file.parent / "journal").glob("*.journal")
        return path

    async def edit(self, step: int, cell: str, old: str, new: str, run: str = "r1") -> None:
        found = await self.notebook.cell(cell)
        await self.notebook.edit(Author(run=run, step=step, model="m"), cell, found.hash, Replace(old, new))

    def type(self, cell: str, text: str) -> None:
        """A person types at the end of a cell."""
        shared = next(each for each in self.replica.document.ycells if each["id"] == cell)
        source = shared["source"]
        source += text

    async def texts(self) -> dict[str, str]:
        return {cell.id: cell.source for cell in (await self.notebook.read()).cells}


def notebook() -> dict[str, Any]:
    code: dict[str, Any] = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    return {
        "cells": [{**code, "id": name, "source": text} for name, text in TEXTS.items()],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


async def worked(desk: Desk) -> None:
    """An agent's run of four steps, with a person who goes on typing."""
    await desk.edit(1, "b", "x = 1", "x = 100")
    desk.type("b", "# mine\n")
    await desk.notebook.insert(Author(run="r1", step=2), "new = True\n", after="a", id="n")
    desk.type("n", "typed into it\n")
    found = await desk.notebook.cell("c")
    await desk.notebook.delete(Author(run="r1", step=3), "c", found.hash)
    await desk.notebook.move(Author(run="r1", step=4), "a")
    desk.type("a", "import numpy\n")


ALONE = {
    "a": "import pandas\nimport numpy\n",
    "n": "typed into it\n",
    "b": "x = 1\ny = 2\n# mine\n",
    "c": "print(x)\n",
}


async def test_a_run_is_undone_and_peoples_edits_stay(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    await worked(desk)
    before = await desk.notebook.read()
    result = await desk.undo.undo("r1")
    assert result.steps == (1, 2, 3, 4)
    assert await desk.texts() == ALONE
    assert list(await desk.texts()) == list(ALONE)
    assert json.loads(desk.file.read_text())["cells"][1]["id"] == "n"
    await desk.undo.redo("r1")
    assert await desk.notebook.read() == before
    await desk.journals.close()


async def test_a_move_is_undone_and_done_again_as_often_as_one_likes(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    await desk.notebook.move(Author(run="r1", step=1), "b")
    for _ in range(3):
        await desk.undo.undo("r1")
        assert list(await desk.texts()) == ["a", "b", "c"]
        await desk.undo.redo("r1")
        assert list(await desk.texts()) == ["a", "c", "b"]
    await desk.journals.close()


async def test_steps_tell_what_was_done_and_what_is_undone(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    await worked(desk)
    steps = await desk.undo.steps()
    assert [(step.step, step.cells) for step in steps] == [
        (1, {"b": "changed"}),
        (2, {"n": "inserted"}),
        (3, {"c": "deleted"}),
        (4, {"a": "moved"}),
    ]
    assert steps[0].model == "m"
    assert steps[2].summary == "1 cell deleted"
    await desk.undo.undo("r1", step=3)
    await desk.undo.undo("r1", cell="a")
    assert [step.undone for step in await desk.undo.steps()] == [False, False, True, True]
    with pytest.raises(NotFound):
        await desk.undo.undo("r1", step=3)
    with pytest.raises(NotFound):
        await desk.undo.redo("r1", step=1)
    await desk.journals.close()


async def test_a_cell_alone_is_undone(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    await desk.edit(1, "a", "pandas", "polars")
    await desk.edit(1, "b", "x = 1", "x = 5")
    await desk.edit(2, "b", "y = 2", "y = 6")
    await desk.undo.undo("r1", cell="b")
    assert await desk.texts() == {**TEXTS, "a": "import polars\n"}
    await desk.undo.undo("r1")
    await desk.undo.redo("r1", cell="b")
    assert await desk.texts() == {**TEXTS, "b": "x = 5\ny = 6\n"}
    await desk.journals.close()


@pytest.mark.parametrize("same_document", [True, False], ids=["same document", "document made anew"])
async def test_undo_after_a_restart(tmp_path: Path, same_document: bool) -> None:
    first = Desk(tmp_path)
    await worked(first)
    await first.notebook.read()
    await first.replica.save()
    await first.journals.close()
    second = Desk(tmp_path, keep=first.replica if same_document else None)
    if same_document:
        second.type("b", "# while nobody recorded\n")
    assert [step.step for step in await second.undo.steps()] == [1, 2, 3, 4]
    await second.undo.undo("r1", step=2)
    await second.undo.undo("r1")
    typed = "# while nobody recorded\n" if same_document else ""
    assert await second.texts() == {**ALONE, "b": ALONE["b"] + typed}
    await second.undo.redo("r1", step=1)
    assert (await second.texts())["b"] == "x = 100\ny = 2\n# mine\n" + typed
    await second.journals.close()


async def test_undo_after_the_file_was_changed_elsewhere(tmp_path: Path) -> None:
    first = Desk(tmp_path)
    await worked(first)
    await first.replica.save()
    await first.journals.close()
    content = json.loads(first.file.read_text())
    next(cell for cell in content["cells"] if cell["id"] == "b")["source"] = "x = 100\ny = 2\nz = 3\n# mine\n"
    first.file.write_text(json.dumps(content))
    second = Desk(tmp_path)
    await second.edit(1, "b", "z = 3", "z = 4", run="r2")
    await second.undo.undo("r1")
    assert (await second.texts())["b"] == "x = 1\ny = 2\nz = 4\n# mine\n"
    await second.undo.undo("r2")
    assert (await second.texts())["b"] == "x = 1\ny = 2\nz = 3\n# mine\n"
    await second.journals.close()


async def test_what_participants_send_is_recorded_as_they_sent_it(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    await desk.edit(1, "a", "pandas", "polars")
    person = copy_of(desk.replica.document.ydoc.get_update())
    sent: list[bytes] = []
    person.ydoc.observe(lambda event: sent.append(event.update))
    source = person.ycells[2]["source"]
    source += "# typed meanwhile\n"
    found = await desk.notebook.cell("c")
    await desk.notebook.delete(Author(run="r1", step=2), "c", found.hash)
    desk.journals.received(desk.replica.document.ydoc, sent[0][:-3], user="mallory")
    desk.journals.received(desk.replica.document.ydoc, sent[0], user="ada")
    desk.replica.document.ydoc.apply_update(sent[0])
    await desk.undo.undo("r1", step=2)
    assert (await desk.texts())["c"] == "print(x)\n# typed meanwhile\n"
    assert [entry.user for entry in await desk.recorder.entries() if entry.user] == ["ada"]
    await desk.journals.close()


async def test_a_journal_cut_anywhere_is_whole_up_to_there(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    await worked(desk)
    await desk.journals.close()
    data = desk.journal.read_bytes()
    whole = JournalFile(desk.journal).read()
    cut = tmp_path / "cut" / "cut.journal"
    cut.parent.mkdir()
    lengths = set()
    for end in range(len(data) + 1):
        cut.write_bytes(data[:end])
        left = JournalFile(cut).read()
        assert left == whole[: len(left)]
        lengths.add(len(left))
    assert lengths == set(range(len(whole) + 1))
    for end in {len(HEADER) - 1, len(HEADER), len(HEADER) + 5, len(data) // 2, len(data) - 1}:
        cut.write_bytes(data[:end] + bytes(1000 if end >= len(HEADER) else 0))
        before = JournalFile(cut).read()
        file = JournalFile(cut)
        file.open()
        file.reserve()
        file.append(whole[-1:])
        file.close()
        assert JournalFile(cut).read() == [*before, whole[-1]]
    assert desk.journal.stat().st_mode & 0o777 == 0o600


async def test_a_journal_of_a_later_version_is_refused(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    await desk.edit(1, "a", "pandas", "polars")
    await desk.journals.close()
    desk.journal.write_bytes(b"lumina journal 2\n")
    again = Desk(tmp_path)
    with pytest.raises(StorageFailed, match="version"):
        await again.edit(2, "a", "polars", "pandas")
    assert (await again.texts())["a"] == "import polars\n"


async def test_a_full_disk_refuses_the_agent_and_not_the_people(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    with small_disk(tmp_path / "journal", 1024):
        await desk.edit(1, "a", "pandas", "polars")
        filler = fill(tmp_path / "journal")
        text = "# what people write goes on\n" * 20_000
        desk.type("b", text)
        with pytest.raises(DiskFull):
            await desk.edit(2, "a", "polars", "numpy")
        assert (await desk.texts())["a"] == "import polars\n"
        filler.unlink()
        await desk.edit(3, "a", "polars", "scipy")
        await desk.undo.undo("r1")
        assert await desk.texts() == {**TEXTS, "b": TEXTS["b"] + text}
        await desk.journals.close()


async def test_old_runs_are_forgotten_and_young_ones_stay(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    await worked(desk)
    await desk.undo.undo("r1", step=1)
    await desk.journals.close()
    size = desk.journal.stat().st_size
    entries = JournalFile(desk.journal).read()
    JournalFile(desk.journal).replace([replace(entry, at=entry.at - 40 * 86_400) for entry in entries])
    later = Desk(tmp_path, keep=desk.replica, days=30)
    await later.edit(1, "b", "y = 2", "y = 20", run="r2")
    assert {step.run for step in await later.undo.steps()} == {"r2"}
    await later.undo.undo("r2")
    assert (await later.texts())["b"] == "x = 1\ny = 2\n# mine\n"
    await later.journals.close()
    assert desk.journal.stat().st_size < size


async def test_a_large_history_is_halved_and_what_is_left_can_be_undone(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    for number in range(40):
        found = await desk.notebook.cell("b")
        await desk.notebook.edit(Author(run="r1", step=number), "b", found.hash, Whole(f"step {number}\n" + "#" * 500))
        desk.type("a", f"# {number}\n")
    await desk.undo.undo("r1", step=39)
    await desk.journals.close()
    again = Desk(tmp_path, keep=desk.replica, megabytes=0.006)
    await again.recorder.attach()
    steps = [step.step for step in await again.undo.steps()]
    assert 0 < len(steps) < 40
    assert steps[-1] == 39
    await again.undo.undo("r1")
    assert (await again.texts())["b"].startswith(f"step {steps[0] - 1}\n")
    assert (await again.texts())["a"] == TEXTS["a"] + "".join(f"# {number}\n" for number in range(40))
    assert (await again.undo.redo("r1", step=steps[0])).steps == (steps[0],)
    await again.journals.close()


async def test_a_second_process_is_told_that_another_one_writes(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    await desk.edit(1, "a", "pandas", "polars")
    other = Desk(tmp_path)
    with pytest.raises(StorageFailed, match="Another process"):
        await other.edit(1, "a", "polars", "numpy")
    assert (await other.texts())["a"] == "import polars\n"
    await desk.journals.close()
    await other.edit(1, "a", "polars", "numpy")
    assert content_in(other.replica.document)["cells"][0]["source"] == "import numpy\n"
    await other.journals.close()
