"""Journals of notebooks' files: one history for all processes and names of a notebook, and no larger than it may be."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

from lumina_jupyter.collaboration.document.author import Author
from lumina_jupyter.collaboration.undo.journal import Journals
from lumina_jupyter.collaboration.undo.journal_file import BASE, JournalFile
from lumina_jupyter.collaboration.undo.journal_place import journal_place

from .test_undo import ALONE, TEXTS, Desk, worked


async def test_a_process_that_was_there_before_goes_on_with_the_history_of_another(tmp_path: Path) -> None:
    second = Desk(tmp_path)
    assert await second.texts() == TEXTS
    first = Desk(tmp_path)
    await worked(first)
    await first.notebook.read()
    await first.replica.save()
    await first.journals.close()
    await second.edit(1, "b", "y = 2", "y = 20", run="r2")
    assert [entry.kind for entry in JournalFile(second.journal).read()].count(BASE) == 1
    await second.undo.undo("r1")
    assert await second.texts() == {**ALONE, "b": ALONE["b"].replace("y = 2", "y = 20")}
    await second.undo.undo("r2")
    await second.journals.close()
    third = Desk(tmp_path)
    await third.undo.redo("r1", step=1)
    assert await third.texts() == {**ALONE, "b": ALONE["b"].replace("x = 1", "x = 100")}
    await third.journals.close()


async def test_a_write_that_never_reached_the_file_is_forgotten(tmp_path: Path) -> None:
    first = Desk(tmp_path)
    await first.edit(1, "a", "pandas", "polars")
    saved = first.file.read_bytes()
    await first.edit(2, "b", "x = 1", "x = 100")
    await first.journals.close()
    first.file.write_bytes(saved)
    second = Desk(tmp_path)
    await second.edit(3, "b", "y = 2", "y = 20")
    assert [step.step for step in await second.undo.steps()] == [1, 3]
    await second.undo.undo("r1")
    assert await second.texts() == TEXTS
    await second.journals.close()


async def test_a_journal_that_is_being_written_is_kept_small(tmp_path: Path) -> None:
    desk = Desk(tmp_path, megabytes=0.05)
    await desk.edit(1, "a", "pandas", "polars")
    for number in range(400):
        desk.type("b", f"# {number} {'x' * 1000}\n")
        shared = desk.replica.document.ycells[1]["source"]
        del shared[len(TEXTS["b"]) :]
        await desk.recorder.journal.flush()
        if number % 50 == 0:
            found = await desk.notebook.cell("c")
            await desk.notebook.clear_outputs(Author(run="r2", step=number), "c", found.hash)
    assert len(JournalFile(desk.journal).read()) < 300
    found = await desk.notebook.cell("a")
    await desk.edit(2, "a", "polars", "numpy", run="r3")
    await desk.undo.undo("r3")
    assert (await desk.texts())["a"] == found.source
    await desk.journals.close()


async def test_a_journal_whose_writes_are_all_old_goes_on_while_it_is_written(tmp_path: Path) -> None:
    desk = Desk(tmp_path, megabytes=0.01, days=1e-9)
    await desk.edit(1, "a", "pandas", "polars")
    for number in range(40):
        desk.type("b", f"# {number} {'x' * 1000}\n")
        await desk.recorder.journal.flush()
    await desk.edit(1, "b", "y = 2", "y = 20", run="r2")
    (step,) = [step for step in await desk.undo.steps() if step.run == "r2"]
    await desk.undo.undo("r2", step.step)
    assert (await desk.texts())["b"].startswith(TEXTS["b"])
    await desk.journals.close()


async def test_journals_of_notebooks_that_nobody_opens_are_given_up(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    await desk.edit(1, "a", "pandas", "polars")
    await desk.journals.close()
    old = desk.journal.with_name("old.journal")
    old.write_bytes(desk.journal.read_bytes())
    day_31 = time.time() - 31 * 86_400
    os.utime(old, (day_31, day_31))
    old.with_name("place.link").write_text(old.name)
    kept = Journals(tmp_path / "journal", days=0)
    await kept.recorder(desk.replica).attach()
    await kept.close()
    assert old.exists()
    again = Desk(tmp_path)
    await again.edit(2, "b", "y = 2", "y = 20")
    await again.journals.close()
    assert not old.exists()
    assert not old.with_name("place.link").exists()
    assert [step.step for step in await again.undo.steps()] == [1, 2]


def test_a_notebook_has_one_journal_under_both_of_its_names(tmp_path: Path) -> None:
    def names() -> set[str]:
        return {path.name for path in tmp_path.iterdir()} - {"place.lock"}

    place = journal_place(tmp_path, "place")
    assert place.name == "place.journal"
    assert journal_place(tmp_path, "id", "place").name == "id.journal"
    assert names() == set()
    # What was recorded without a server is the server's, and a process without one finds it.
    place.write_text(json.dumps("history"))
    assert journal_place(tmp_path, "id", "place").name == "id.journal"
    assert names() == {"id.journal", "place.link"}
    assert journal_place(tmp_path, "place").name == "id.journal"
    # The place is another notebook's now.
    (tmp_path / "other.journal").write_text("")
    assert journal_place(tmp_path, "other", "place").name == "other.journal"
    assert journal_place(tmp_path, "place").name == "other.journal"
    (tmp_path / "place.link").write_text("../../etc/passwd")
    assert journal_place(tmp_path, "place").name == "place.journal"
