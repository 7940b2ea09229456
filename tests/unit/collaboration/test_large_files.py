"""Notebooks that are too large for a process without a server: a sentence, or they are worked on as any other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lumina_jupyter.client.local import LocalClient
from lumina_jupyter.collaboration import Author, Notebooks, Whole
from lumina_jupyter.collaboration.document import size_limit
from lumina_jupyter.collaboration.replicas.disk_file import disk_key
from lumina_jupyter.collaboration.replicas.places import DiskPlaces
from lumina_jupyter.collaboration.replicas.watching import Watching
from lumina_jupyter.collaboration.snapshots.snapshots import Snapshots
from lumina_jupyter.collaboration.undo import journal
from lumina_jupyter.collaboration.undo.undoing import Undoing
from lumina_jupyter.errors import NotebookTooLarge
from lumina_jupyter.gateway.embedded import machine
from lumina_jupyter.settings import Lumina

TOO_LARGE = r"n\.ipynb has 0 MB, more than file_notebook_mb \(0\.005\)"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A notebook of some 10,000 bytes."""
    place = tmp_path / "work" / "n.ipynb"
    place.parent.mkdir()
    put(place, code("a", "x = 1"), code("b", "#" * 10_000))
    return place


@pytest.fixture
def settings(tmp_path: Path) -> Lumina:
    return Lumina(data_dir=str(tmp_path / "data"))


@pytest.fixture
def client(file: Path, settings: Lumina, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalClient]:
    """What the command line and magics have without a server."""
    monkeypatch.chdir(file.parent)
    settings.file_notebook_mb = 0.005
    client = LocalClient(settings, {})
    yield client
    client.close()


def test_one_above_the_limit_is_refused_by_every_face_and_left_as_it_is(
    client: LocalClient, file: Path, settings: Lumina
) -> None:
    before = file.read_bytes()
    moment = Snapshots(settings).take(disk_key(file), notebook(code("a", "old")), reason="saved", path="n.ipynb")
    for work in (
        lambda: client.notebook_content("n.ipynb"),
        lambda: client.notebook_moment("n.ipynb", moment.id, against="now"),
        lambda: client.restore_notebook("n.ipynb", moment.id),
        lambda: client.undo("n.ipynb"),
    ):
        with pytest.raises(NotebookTooLarge, match=TOO_LARGE) as refused:
            work()
        assert "`c.Lumina.file_notebook_mb`" in refused.value.hint
    told = client.call_tool("read_notebook", {"file_path": "n.ipynb"})
    assert told.error_code == "notebook_too_large"
    assert "more than file_notebook_mb" in told.told
    # What reads nothing of it goes on.
    assert [each.id for each in client.notebook_history("n.ipynb")] == [moment.id]
    assert client.notebook_moment("n.ipynb", moment.id).content == notebook(code("a", "old"))
    assert file.read_bytes() == before


async def test_one_that_grows_by_what_is_written_is_gone_on_with(file: Path) -> None:
    document = await Notebooks(DiskPlaces(file.parent, 0.012)).open("n.ipynb")
    cell = await document.cell("a")
    cell = await document.edit(Author(run="r", step=1), "a", cell.hash, Whole("y" * 5_000))
    await document.edit(Author(run="r", step=2), "a", cell.hash, Whole("done"))
    assert (await document.cell("a")).source == "done"
    # Somebody else made it that large.
    put(file, code("a", "#" * 20_000))
    with pytest.raises(NotebookTooLarge):
        await document.read()


async def test_one_that_memory_would_not_suffice_for_is_refused(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    group = tmp_path / "cgroup"
    group.mkdir()
    monkeypatch.setattr(machine, "_CGROUP", group)
    monkeypatch.setattr(size_limit, "UNNOTICED", 0)
    (group / "memory.max").write_text("1000000\n")
    (group / "memory.current").write_text("990000\n")
    (group / "memory.stat").write_text("anon 900000\ninactive_file 80000\n")
    with pytest.raises(NotebookTooLarge, match=r"n\.ipynb has 0 MB, and work on it may take 0\.0 GB of memory"):
        await (await DiskPlaces(file.parent, 1.0).file("n.ipynb")).read(None)
    assert await (await DiskPlaces(file.parent, 0.0).file("n.ipynb")).read(None) is not None
    # What the system keeps of files in memory is free for whoever needs it.
    (group / "memory.stat").write_text("anon 100000\ninactive_file 700000\n")
    assert await (await DiskPlaces(file.parent, 1.0).file("n.ipynb")).read(None) is not None


async def test_what_an_agent_did_to_a_large_one_can_be_undone(
    file: Path, settings: Lumina, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Of edits no more than this may wait for the disk; the notebook itself has more.
    monkeypatch.setattr(journal, "MOST_WAITING", 2_000)
    undoing = Undoing(DiskPlaces(file.parent), settings, Watching(), Snapshots(settings))
    document = await undoing.notebooks.open("n.ipynb")
    cell = await document.cell("a")
    await document.edit(Author(run="r", step=1), "a", cell.hash, Whole("x = 2"))
    assert [each.run for each in await undoing.steps("n.ipynb")] == ["r"]
    await undoing.undo("n.ipynb", run="r")
    assert (await document.cell("a")).source == "x = 1"
    await undoing.close()


def put(file: Path, *cells: dict[str, Any]) -> None:
    file.write_text(json.dumps(notebook(*cells)))


def notebook(*cells: dict[str, Any]) -> dict[str, Any]:
    return {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def code(cell_id: str, source: str) -> dict[str, Any]:
    cell = {"cell_type": "code", "id": cell_id, "source": source, "metadata": {}, "outputs": []}
    return {**cell, "execution_count": None}
