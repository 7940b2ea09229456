"""The tools for notebooks and code over files: by what was read, within policies, undone as one run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lumina_jupyter.tools import Actor, ToolContext

from .conftest import CHAT, USER, Begin

CODE = {"id": "one", "cell_type": "code", "metadata": {}, "execution_count": 1}
OUT = [{"output_type": "stream", "name": "stdout", "text": "the value 42"}]


async def test_edits_need_what_was_read_and_are_undone_as_one_run(begin: Begin) -> None:
    async with begin() as here:
        here.put(
            "a.ipynb", {**CODE, "source": "a = 1", "outputs": OUT}, {**CODE, "id": "two", "source": "b", "outputs": []}
        )
        unread = await here.call("edit_cell", cell_id="two", content="B")
        assert unread.error_code == "cell_changed"
        assert "was not read yet" in unread.text
        told = await here.text("read_notebook")
        assert "Cell 0 · id one · code [1]\na = 1" in told
        assert "42" not in told
        assert "the value 42" in await here.text("read_cell", cell_id="one")
        assert await here.text("get_cell_id_from_index", cell_index=-1) == "two"
        await here.text("edit_cell", cell_id="one", content="a = 2")
        await here.text("edit_cell", cell_id="one", content="a = 3")
        await here.text("add_cell", cell_id="one", add_above=True, content="# T", cell_type="markdown")
        await here.text("insert_cell", insert_index=3, content="end")
        await here.text("delete_cell", cell_id="two")
        assert here.texts() == ["# T", "a = 3", "end"]
        document = await here.engine.notebooks.open("a.ipynb")
        from lumina_jupyter.collaboration import Author, Whole

        one = await document.cell("one")
        await document.edit(Author(run="other"), "one", one.hash, Whole("a person's"))
        changed = await here.call("edit_cell", cell_id="one", content="x")
        assert changed.error_code == "cell_changed"
        assert "a person's" in changed.text
        assert await here.refused("delete_cell", cell_id="gone") == "cell_gone"
        await here.engine.undoing.undo("a.ipynb", run="other")
        await here.engine.undoing.undo("a.ipynb", run="run_1")
        assert here.texts() == ["a = 1", "b"]


async def test_notebooks_are_created_where_nothing_is_and_below_the_root(begin: Begin, tmp_path: Path) -> None:
    async with begin() as here:
        (here.root / "door").symlink_to(tmp_path)
        (tmp_path / "out.ipynb").write_text(
            json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
        )
        await here.text("create_notebook", file_path="new/n.ipynb")
        assert await here.refused("create_notebook", file_path="new/n.ipynb") == "edit_does_not_fit"
        await here.text("add_cell", file_path="new/n.ipynb", content="x = 1")
        assert here.texts("new/n.ipynb") == ["x = 1"]
        for way in ("../out.ipynb", "door/out.ipynb", str(tmp_path / "out.ipynb"), ".x/out.ipynb"):
            for tool in ("read_notebook", "create_notebook", "run_all_cells", "add_cell", "list_symbols"):
                assert await here.refused(tool, file_path=way) == "forbidden", (tool, way)
        assert await here.refused("run_cell", cell_id="x", file_path="new/n.ipynb") == "cell_gone"
        assert await here.refused("get_active_cell_id") == "not_found"


async def test_a_notebook_that_was_created_goes_again_unless_somebody_has_written_into_it(begin: Begin) -> None:
    async with begin() as here:
        for name in ("empty.ipynb", "used.ipynb"):
            await here.text("create_notebook", file_path=name)
        await here.text("add_cell", file_path="used.ipynb", content="x = 1")
        created = {each["path"]: each for each in json.loads(await here.text("list_file_changes"))}
        assert {each["what"] for each in created.values()} == {"created"}
        await here.text("restore_file", change=created["empty.ipynb"]["change"])
        assert not (here.root / "empty.ipynb").exists()
        assert await here.refused("restore_file", change=created["used.ipynb"]["change"]) == "edit_does_not_fit"
        assert here.texts("used.ipynb") == ["x = 1"]


async def test_the_policy_of_a_created_notebook_holds_for_taking_it_back(begin: Begin) -> None:
    async with begin() as here:
        await here.text("create_notebook", file_path="n.ipynb")
        here.put("n.ipynb", tools="read-only")
        [change] = json.loads(await here.text("list_file_changes"))
        # What was just read of a policy holds for a moment.
        here.engine.tools._policies._read.clear()
        assert await here.refused("restore_file", change=change["change"]) == "tool_denied"


async def test_what_an_author_keeps_back_is_kept_back(begin: Begin) -> None:
    async with begin(tool_autonomy="edits") as here:
        cell = {**CODE, "source": "a = 1", "outputs": OUT}
        here.put("off.ipynb", cell, variables="off")
        here.put("read.ipynb", cell, tools="read-only")
        here.put("none.ipynb", cell, tools="none")
        here.put("dark.ipynb", cell, assistant=False)
        told = await here.text("read_notebook", CHAT, file_path="off.ipynb", include_outputs=True)
        assert "a = 1" in told
        assert "42" not in told
        assert await here.refused("read_notebook", CHAT, file_path="none.ipynb") == "tool_denied"
        for tool, more in (("edit_cell", {"content": "x"}), ("delete_cell", {}), ("run_cell", {})):
            assert await here.refused(tool, file_path="read.ipynb", cell_id="one", **more) == "tool_denied"
        assert await here.refused("read_notebook", CHAT, file_path="dark.ipynb") == "forbidden"
        edited = await here.call("edit_cell", CHAT, file_path="dark.ipynb", cell_id="one", content="x")
        assert (edited.error_code, "a = 1" in edited.text) == ("forbidden", False)
        off = ToolContext(actor=Actor("chat", "ada"), notebook="off.ipynb", kernel_id="k")
        assert await here.refused("list_variables", off) in ("forbidden", "kernel_unavailable")
        assert here.texts("read.ipynb") == ["a = 1"]


async def test_names_are_found_in_cells_and_files(begin: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    async with begin() as here:
        monkeypatch.chdir(here.root)
        (here.root / "helper.py").write_text(
            "class Tool:\n    def act(self):\n        inner = 1\n        return inner\n"
        )
        (here.root / "json.py").write_text(f"open({str(here.root / 'ran')!r}, 'w')\n")
        here.put(
            "a.ipynb",
            {**CODE, "source": "%matplotlib inline\nfrom helper import Tool", "outputs": []},
            {**CODE, "id": "two", "source": "t = Tool()\nt.act()", "outputs": []},
        )
        assert await here.text("list_symbols", file_path="helper.py") == (
            "class Tool — helper.py:1: class Tool\nfunction act — helper.py:2: def act"
        )
        assert "helper.py:1" in await here.text("find_definition", name="Tool", cell_id="two")
        used = await here.text("find_references", USER, name="t", cell_id="two", line=2)
        assert "a.ipynb, cell two, line 1" in used
        assert await here.refused("find_definition", name="nobody") == "invalid_arguments"
        assert not (here.root / "ran").exists()
