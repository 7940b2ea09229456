"""A notebook that nobody has open: other processes write its file, too, and nothing of theirs or of ours is lost."""

from __future__ import annotations

import asyncio
import json
import os
import stat
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

from lumina_jupyter.collaboration import DiskPlaces, NotebookDocument, Notebooks, Replace, Whole
from lumina_jupyter.errors import CellChanged, DiskFull, LuminaError, NotebookUnreadable, NotFound, StorageFailed
from tests.small_disk import fill, small_disk

from .conftest import AGENT, Reached, code, stream, text


async def read(document: NotebookDocument) -> dict[str, str]:
    return {cell.id: cell.source for cell in (await document.read()).cells}


async def test_what_another_process_writes_is_seen_at_once(closed: Reached) -> None:
    closed.put(code("one", "a"))
    document = await closed.open()
    for number in range(5):
        closed.put(code("one", f"a{number}"), text("two", "same length"))
        assert await read(document) == {"one": f"a{number}", "two": "same length"}


async def test_a_change_of_another_process_to_the_cell_refuses_the_write(closed: Reached) -> None:
    closed.put(code("one", "a"), code("two", "b"))
    document = await closed.open()
    base = await document.cell("one")
    closed.put(code("one", "other"), code("two", "b"))
    with pytest.raises(CellChanged) as caught:
        await document.edit(AGENT, "one", base.hash, Whole("mine"))
    assert caught.value.source == "other"
    assert closed.texts_on_disk() == ["other", "b"]


async def test_a_write_of_another_process_in_the_midst_of_ours_is_merged(closed: Reached) -> None:
    closed.put(code("one", "1\n2\n3\n"), code("two", "b", [stream("x")]), code("gone", "c"))
    document = await closed.open()
    await document.read()

    def change(shared: Any) -> None:
        shared.ycells[0]["source"].insert(0, "mine\n")
        closed.put(code("one", "1\n2\n3\ntheirs\n"), code("two", "b2", [stream("y")]), text("new", "# new"))

    await document.write(AGENT, change)
    expected = {"one": "mine\n1\n2\n3\ntheirs\n", "two": "b2", "new": "# new"}
    assert await read(document) == expected
    assert closed.texts_on_disk() == list(expected.values())
    assert await document.outputs("two") == (stream("y"),)


async def test_two_processes_that_write_the_same_file_all_the_time_lose_nothing(tmp_path: Path) -> None:
    file = tmp_path / "a.ipynb"
    file.write_text(json.dumps({"cells": [code("one", "0")], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    # Each has a replica of its own, as two processes do.
    documents = [await Notebooks(DiskPlaces(tmp_path)).open("a.ipynb") for _ in range(2)]
    for number in range(15):
        await asyncio.gather(
            documents[number % 2].insert(AGENT, f"{number}", after="one", id=f"c{number}"), documents[1].read()
        )
    cells = json.loads(file.read_text())["cells"]
    assert sorted(cell["id"] for cell in cells) == sorted(["one", *(f"c{number}" for number in range(15))])


OLD = {
    "metadata": {"name": "old"},
    "nbformat": 3,
    "nbformat_minor": 0,
    "worksheets": [
        {
            "metadata": {},
            "cells": [
                {"cell_type": "heading", "level": 2, "metadata": {}, "source": ["Title"]},
                {
                    "cell_type": "code",
                    "collapsed": False,
                    "input": ["print 1\n", "2"],
                    "language": "python",
                    "metadata": {},
                    "outputs": [{"output_type": "stream", "stream": "stdout", "text": ["1\n"]}],
                    "prompt_number": 3,
                },
            ],
        }
    ],
}
WITHOUT_IDS = {
    "cells": [
        {"cell_type": "code", "source": ["a\n", "b"], "metadata": {}, "outputs": [], "execution_count": None},
        {"cell_type": "markdown", "source": "same", "metadata": {}},
        {"cell_type": "markdown", "source": "same", "metadata": {}},
    ],
    "metadata": {},
    "nbformat": 4,
    "nbformat_minor": 2,
}


@pytest.mark.parametrize("old", [OLD, WITHOUT_IDS])
async def test_an_old_notebook_is_upgraded_when_something_is_written(closed: Reached, old: dict[str, Any]) -> None:
    closed.file.write_text(json.dumps(old))
    before = closed.file.read_bytes()
    document = await closed.open()
    found = await document.read()
    ids = [cell.id for cell in found.cells]
    assert len(set(ids)) == len(ids)
    # Another process reads the same ids, though they are not in the file.
    again = await Notebooks(closed.places).open("a.ipynb")
    assert [cell.id for cell in (await again.read()).cells] == ids
    assert closed.file.read_bytes() == before
    first = found.cells[0]
    await document.edit(AGENT, first.id, first.hash, Whole("new"))
    written = nbformat.read(closed.file, as_version=nbformat.NO_CONVERT)
    nbformat.validate(written)
    assert (written.nbformat, written.nbformat_minor) == (4, 5)
    assert [cell.source for cell in written.cells[1:]] == [cell.source for cell in found.cells[1:]]


async def test_duplicate_and_impossible_ids_are_repaired(closed: Reached) -> None:
    closed.put(
        code("one", "a"),
        code("one", "b"),
        code("one", "a"),
        code("", "c"),
        code("no spaces!", "d"),
        text("x" * 65, "e"),
    )
    document = await closed.open()
    cells = (await document.read()).cells
    assert [cell.source for cell in cells] == ["a", "b", "a", "c", "d", "e"]
    assert cells[0].id == "one"
    assert len({cell.id for cell in cells}) == 6
    await document.delete(AGENT, cells[2].id, cells[2].hash)
    nbformat.validate(nbformat.read(closed.file, as_version=4))
    assert closed.texts_on_disk() == ["a", "b", "c", "d", "e"]


NO_NOTEBOOKS = {
    "empty": b"",
    "blank": b" \n",
    "no JSON": b'{"cells": [',
    "merge conflict": b'<<<<<<< HEAD\n{"cells": []}\n=======\n',
    "no UTF-8": b'\xff\xfe{"cells": []}',
    "a list": b"[]",
    "a number": b"7",
    "no cells": b'{"nbformat": 4, "metadata": {}}',
    "cells of another kind": b'{"nbformat": 4, "metadata": {}, "cells": {}}',
    "a cell of another kind": b'{"nbformat": 4, "metadata": {}, "cells": [1]}',
    "a type of another kind": b'{"nbformat": 4, "metadata": {}, "cells": [{"cell_type": "widget", "source": ""}]}',
    "outputs of another kind": b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": "", "outputs": [1]}]}',
    "data of another kind": b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": "", "outputs": [{"output_type": "display_data", "data": 1}]}]}',
    "attachments of another kind": b'{"nbformat": 4, "cells": [{"cell_type": "markdown", "source": "", "attachments": {"a": 1}}]}',
    "newer": b'{"nbformat": 5, "metadata": {}, "cells": []}',
    "a format of another kind": b'{"nbformat": "4", "metadata": {}, "cells": []}',
    "old and broken": b'{"nbformat": 3, "worksheets": 7}',
    "deep": b"[" * 200_000 + b"]" * 200_000,
    "deep in a cell": b'{"nbformat": 4, "cells": [{"cell_type": "raw", "source": "", "metadata": {"a":'
    + b"[" * 5000
    + b"]" * 5000
    + b"}}]}",
}


async def test_what_cannot_be_understood_is_an_error_and_never_written_over(closed: Reached) -> None:
    for name, data in NO_NOTEBOOKS.items():
        closed.file.write_bytes(data)
        document = await Notebooks(closed.places).open("a.ipynb")
        for attempt in (document.read(), document.insert(AGENT, "x"), document.delete(AGENT, "one", "0")):
            with pytest.raises(NotebookUnreadable) as caught:
                await attempt
            assert caught.value.hint, name
        assert closed.file.read_bytes() == data, name


async def test_a_notebook_that_breaks_while_it_is_worked_on_is_left_alone(closed: Reached) -> None:
    closed.put(code("one", "a"))
    document = await closed.open()
    base = await document.cell("one")
    whole = closed.file.read_bytes()
    for data in (b"", whole[:-20]):
        closed.file.write_bytes(data)
        with pytest.raises(NotebookUnreadable):
            await document.edit(AGENT, "one", base.hash, Whole("b"))
        assert closed.file.read_bytes() == data
    closed.file.write_bytes(whole)
    await document.edit(AGENT, "one", base.hash, Whole("b"))
    assert closed.texts_on_disk() == ["b"]


async def test_what_no_document_holds_stays_in_the_file(closed: Reached) -> None:
    closed.put(code("one", "a", own_key={"x": 1}), own_entry=[1, 2])
    document = await closed.open()
    await document.insert(AGENT, "b")
    assert closed.on_disk()["own_entry"] == [1, 2]
    assert closed.on_disk()["cells"][0]["own_key"] == {"x": 1}


async def test_metadata_of_another_kind_is_repaired(closed: Reached) -> None:
    broken = {"cell_type": "code", "source": 7, "metadata": "x", "execution_count": "y", "id": "one"}
    closed.put(broken, metadata=[1])
    document = await closed.open()
    cell = await document.cell("one")
    assert (cell.source, cell.metadata, cell.outputs, cell.execution_count) == ("7", {}, (), None)
    assert (await document.read()).metadata == {}
    await document.edit(AGENT, "one", cell.hash, Replace("7", "8"))
    assert closed.texts_on_disk() == ["8"]


@pytest.mark.skipif(os.name == "nt", reason="permissions are of another kind there")
async def test_permissions_and_links_stay(tmp_path: Path) -> None:
    file = tmp_path / "real" / "b.ipynb"
    file.parent.mkdir()
    file.write_text(json.dumps({"cells": [code("one", "a")], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    file.chmod(0o640)
    link = tmp_path / "a.ipynb"
    link.symlink_to("real/b.ipynb")
    document = await Notebooks(DiskPlaces(tmp_path)).open("a.ipynb")
    await document.insert(AGENT, "b")
    assert link.is_symlink()
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert len(json.loads(file.read_text())["cells"]) == 2
    assert [path.name for path in file.parent.iterdir()] == ["b.ipynb"]
    file.chmod(0o440)
    with pytest.raises(StorageFailed):
        await document.insert(AGENT, "c")
    file.chmod(0o640)
    await document.insert(AGENT, "d")
    # What could not be saved was kept.
    assert ["".join(cell["source"]) for cell in json.loads(file.read_text())["cells"]] == ["a", "b", "c", "d"]


async def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "inside").mkdir()
    outside = tmp_path / "secret.ipynb"
    outside.write_text("{}")
    (tmp_path / "inside" / "a.ipynb").symlink_to(outside)
    with pytest.raises(LuminaError):
        await Notebooks(DiskPlaces(tmp_path / "inside")).open("a.ipynb")


async def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    with small_disk(tmp_path / "small", 256) as folder:
        file = folder / "a.ipynb"
        file.write_text(json.dumps({"cells": [code("one", "a")], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
        document = await Notebooks(DiskPlaces(folder)).open("a.ipynb")
        await document.read()
        filler = fill(folder)
        before = file.read_bytes()
        with pytest.raises(DiskFull):
            await document.insert(AGENT, "b" * 20_000, id="two")
        assert file.read_bytes() == before
        filler.unlink()
        await document.insert(AGENT, "c")
        texts = ["".join(cell["source"]) for cell in json.loads(file.read_text())["cells"]]
        assert texts == ["a", "b" * 20_000, "c"]


async def test_a_large_output_is_kept_and_does_not_hold_others_up(tmp_path: Path) -> None:
    large = "x" * 30_000_000
    file = tmp_path / "a.ipynb"
    content = {"cells": [code("one", "a", [stream(large)]), code("two", "b")], "metadata": {}, "nbformat": 4}
    file.write_text(json.dumps({**content, "nbformat_minor": 5}))
    document = await Notebooks(DiskPlaces(tmp_path)).open("a.ipynb")
    cell = await document.cell("two")
    await document.edit(AGENT, "two", cell.hash, Whole("c"))
    cells = json.loads(file.read_text())["cells"]
    assert "".join(cells[0]["outputs"][0]["text"]) == large
    assert "".join(cells[1]["source"]) == "c"


async def test_a_document_that_nobody_has_is_made_anew(tmp_path: Path) -> None:
    notebooks = Notebooks(DiskPlaces(tmp_path))
    for number in range(20):
        (tmp_path / f"{number}.ipynb").write_text(
            json.dumps({"cells": [code("one", "a")], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
        )
        document = await notebooks.open(f"{number}.ipynb")
        await document.insert(AGENT, "b")
    first = await notebooks.open("0.ipynb")
    assert len((await first.read()).cells) == 2


class TestContentsManager:
    """What a server does when a notebook is saved is done for an agent's writes, too."""

    async def test_hooks_run_and_a_checkpoint_is_made(self, on_server: Reached) -> None:
        manager = self.manager(on_server)
        saved: list[str] = []
        manager.register_pre_save_hook(lambda model, path, **_: saved.append(path))
        on_server.put(code("one", "a"))
        document = await on_server.open()
        await document.insert(AGENT, "b")
        assert saved == ["a.ipynb"]
        assert len(await manager.list_checkpoints("a.ipynb")) == 1

    async def test_a_hook_that_changes_what_is_saved_has_the_last_word(self, on_server: Reached) -> None:
        def without_outputs(model: dict[str, Any], **_: Any) -> None:
            for cell in model["content"]["cells"]:
                if cell["cell_type"] == "code":
                    cell["outputs"] = []

        self.manager(on_server).register_pre_save_hook(without_outputs)
        on_server.put(code("one", "a", [stream("1")]))
        document = await on_server.open()
        await document.insert(AGENT, "b")
        assert await document.outputs("one") == ()
        assert [cell["outputs"] for cell in on_server.on_disk()["cells"]] == [[], []]

    async def test_a_trusted_notebook_stays_trusted_and_another_does_not_become_it(self, on_server: Reached) -> None:
        manager = self.manager(on_server)
        html = {"output_type": "display_data", "data": {"text/html": "<script>1</script>"}, "metadata": {}}
        for trusted in (False, True):
            on_server.put(code("one", f"a = {trusted}", [html]))
            if trusted:
                await manager.trust_notebook("a.ipynb")
            document = await on_server.open()
            cell = await document.cell("one")
            await document.edit(AGENT, "one", cell.hash, Whole("b"))
            model = await manager.get("a.ipynb", content=True)
            assert model["content"]["cells"][0]["metadata"]["trusted"] is trusted
            assert "trusted" not in on_server.on_disk()["cells"][0]["metadata"]

    async def test_a_renamed_notebook_is_followed(self, on_server: Reached) -> None:
        on_server.put(code("one", "a"))
        document = await on_server.open()
        await document.read()
        manager = self.manager(on_server)
        await manager.rename("a.ipynb", "b.ipynb")
        async with asyncio.timeout(30):
            while document.path == "a.ipynb":  # noqa: ASYNC110 (file ids hear of it later, and tell nobody)
                await asyncio.sleep(0)
        await document.insert(AGENT, "b")
        assert document.path == "b.ipynb"
        assert not on_server.file.exists()
        found = json.loads((on_server.root / "b.ipynb").read_text())
        assert len(found["cells"]) == 2
        assert await on_server.notebooks.open("b.ipynb") is document

    async def test_hidden_notebooks_are_not_shown(self, on_server: Reached) -> None:
        (on_server.root / ".hidden.ipynb").write_text("{}")
        with pytest.raises(NotFound):
            await on_server.notebooks.open(".hidden.ipynb")

    async def test_a_full_disk_is_told(self, on_server: Reached) -> None:
        with small_disk(on_server.root / "small", 256) as folder:
            file = folder / "a.ipynb"
            file.write_text(json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
            document = await on_server.notebooks.open("small/a.ipynb")
            await document.insert(AGENT, "a")
            filler = fill(folder)
            with pytest.raises(DiskFull):
                await document.insert(AGENT, "b" * 100_000)
            filler.unlink()
            await document.insert(AGENT, "c")
            assert [len(cell.source) for cell in (await document.read()).cells] == [1, 100_000, 1]
            assert len(json.loads(file.read_text())["cells"]) == 3

    @staticmethod
    def manager(on_server: Reached) -> Any:
        assert on_server.app is not None
        return on_server.app.contents_manager


WRITER = """
import asyncio, sys
from pathlib import Path
from lumina_jupyter.collaboration import Author, DiskPlaces, Notebooks

async def main(name, root):
    document = await Notebooks(DiskPlaces(Path(root))).open("a.ipynb")
    print("ready", flush=True)
    sys.stdin.readline()
    for number in range(10):
        await document.insert(Author(run=name), name, id=f"{name}{number}")

asyncio.run(main(*sys.argv[1:]))
"""


async def test_processes_that_write_at_the_same_time_lose_nothing(tmp_path: Path) -> None:
    file = tmp_path / "a.ipynb"
    file.write_text(json.dumps({"cells": [code("one", "0")], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    pipe = asyncio.subprocess.PIPE
    writers = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", WRITER, name, str(tmp_path), stdin=pipe, stdout=pipe)
        for name in ("a", "b")
    ]
    for writer in writers:
        assert writer.stdout is not None
        assert await writer.stdout.readline() == b"ready\n"
    await asyncio.gather(*(writer.communicate(b"go\n") for writer in writers))
    assert [writer.returncode for writer in writers] == [0, 0]
    cells = [cell["id"] for cell in json.loads(file.read_text())["cells"]]
    assert sorted(cells) == sorted(["one", *(f"{name}{number}" for name in "ab" for number in range(10))])
