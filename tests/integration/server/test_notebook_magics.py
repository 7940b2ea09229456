"""`%lumina undo`, `redo`, `proposals`, `history notebook` and `restore` in a kernel, against a server with the notebook."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.integration.magics.kernel import Kernel, Ran

from .conftest import Face
from .live import NAME, Notebook
from .test_notebook_proposals import call, edit, propose
from .test_notebook_runs import jp_server_config

__all__ = ["jp_server_config"]

TEXT = "rate = 1\nbase = 2\ntax = 3\ntotal = 4"
COMMANDS = (
    "undo",
    "undo list",
    "redo",
    "proposals",
    "proposals accept prop_1",
    "history notebook",
    "history notebook 3f9a1c",
    "restore 3f9a1c",
)


@pytest.fixture(params=["room", "file"])
def notebook(request: pytest.FixtureRequest, face: Face) -> Notebook:
    return Notebook(face, request.param)


@asynccontextmanager
async def kernel_of(notebook: Notebook, folder: Path) -> AsyncIterator[Kernel]:
    """A kernel of the notebook."""
    token = notebook.face.kernel_token
    environment = {"LUMINA_URL": notebook.face.url, "LUMINA_TOKEN": token, "JPY_SESSION_NAME": notebook.name}
    async with Kernel(folder / "kernel", {}, environment) as kernel:
        await kernel.load()
        yield kernel


async def done(kernel: Kernel, line: str) -> str:
    """What a magic shows."""
    ran = await kernel.run(f"%lumina {line}")
    assert ran.status == "ok", ran.text
    return ran.text


async def refused(kernel: Kernel, line: str) -> str:
    """What a magic says that fails: a sentence and the next step, and no traceback."""
    ran: Ran = await kernel.run(f"%lumina {line}")
    assert ran.status == "error", ran.text
    assert len(ran.outputs[-1]["traceback"]) == 2
    return ran.text


async def agent_edits(notebook: Notebook, cell: str, source: str, step: int, run: str = "run_1") -> None:
    body = {
        "path": NAME,
        "base_hash": (await notebook.cell(cell))["hash"],
        "change": {"type": "text", "text": source},
        "run": run,
        "step": step,
        "model": "lab/m",
    }
    await call(notebook.face, "PATCH", f"lumina/api/notebooks/cells/{cell}", json=body)


async def person_adds(notebook: Notebook, at: int, text: str) -> None:
    """A person types at the end of a cell, in the room or in the file."""
    if notebook.way == "room":
        source = (await notebook.open_room()).ycells[at]["source"]
        source += text
        return
    async with notebook.face.client() as http:
        model = (await http.get(f"api/contents/{NAME}")).json()
        model["content"]["cells"][at]["source"] += text
        answer = await http.put(f"api/contents/{NAME}", json={**model, "name": None})
    assert answer.status_code == 200, answer.text


async def texts(notebook: Notebook) -> list[str]:
    return [cell["source"] for cell in (await notebook.content())["cells"]]


async def test_undo_and_redo_of_steps_and_runs(notebook: Notebook, tmp_path: Path) -> None:
    first, second = await notebook.make("a = 1", "b = 2")
    async with kernel_of(notebook, tmp_path) as kernel:
        assert "nothing of Lumina's to undo" in await refused(kernel, "undo")
        assert "No agent did anything" in await done(kernel, "undo list")
        await agent_edits(notebook, first, "a = 10", 1)
        await agent_edits(notebook, second, "b = 20", 2)
        await person_adds(notebook, 0, "  # mine")
        listed = await done(kernel, "undo list")
        assert re.search(r"run_1 +2 +lab/m +1 cell changed\n\W*run_1 +1 +lab/m", listed), listed
        assert "Undone in 1 cell" in await done(kernel, "undo")
        assert await texts(notebook) == ["a = 10  # mine", "b = 2"]
        assert "(undone)" in await done(kernel, "undo list")
        assert "Undone in 1 cell" in await done(kernel, "undo run_1 1")
        assert await texts(notebook) == ["a = 1  # mine", "b = 2"]
        assert "nothing of Lumina's to undo" in await refused(kernel, "undo")
        assert "nothing to undo" in await refused(kernel, "undo run_1")
        assert "nothing to undo" in await refused(kernel, "undo run_2")
        assert "Done again in 1 cell" in await done(kernel, "redo")
        assert "Done again in 1 cell" in await done(kernel, "undo redo")
        assert await texts(notebook) == ["a = 10  # mine", "b = 20"]
        assert "nothing of Lumina's to redo" in await refused(kernel, "redo")
        assert "Undone in 2 cells" in await done(kernel, "undo run_1")
        assert "Done again in 2 cells" in await done(kernel, "redo run_1")
        for wrong in ("undo a b c", "undo run_1 two", "redo list 1 2", "redo run_1 -1"):
            assert "takes nothing," in await refused(kernel, wrong)
        assert await texts(notebook) == ["a = 10  # mine", "b = 20"]


async def test_proposals_are_shown_and_decided(notebook: Notebook, tmp_path: Path, change_settings: Any) -> None:
    first, second, third = await notebook.make(TEXT, "b = 2", "c = 3")
    face = notebook.face
    async with kernel_of(notebook, tmp_path) as kernel:
        assert "Nothing is proposed" in await done(kernel, "proposals")
        longer = TEXT.replace("rate = 1", "rate = 10")
        changes = [edit(first, TEXT, longer), edit(second, "b = 2", "b = 20"), edit(third, "c = 3", "c = 30")]
        made = await propose(face, NAME, *changes, reason="Ten *times*.")
        shown = await done(kernel, "proposals")
        for told in (made["id"], "-rate = 1", "+rate = 10", "Ten"):
            assert told in shown.replace("- ", "-").replace("+ ", "+"), shown
        assert "Accepted" in await done(kernel, f"proposals accept {made['id']} {first}")
        assert await texts(notebook) == [longer, "b = 2", "c = 3"]

        # Somebody writes where the proposal would, and deletes a cell of it.
        await person_adds(notebook, 1, "00  # mine")
        await agent_edits(notebook, second, "b = 7", 1, run="other")
        base = (await notebook.cell(third))["hash"]
        params = {"path": NAME, "base_hash": base}
        await call(face, "DELETE", f"lumina/api/notebooks/cells/{third}", params=params)
        assert (await done(kernel, "proposals")).count("no longer fits") == 2
        for cell in (second, third):
            assert "Refuse it" in await refused(kernel, f"proposals accept {made['id']} {cell}")
        assert await texts(notebook) == [longer, "b = 7"]
        assert "Refused" in await done(kernel, f"proposals refuse {made['id']}")
        assert "Nothing is proposed" in await done(kernel, "proposals")
        assert await refused(kernel, f"proposals accept {made['id']}")
        assert await refused(kernel, "proposals accept prop_none")
        for wrong in ("proposals accept", "proposals merge x", "proposals accept a b c"):
            assert "takes nothing, or" in await refused(kernel, wrong)

        change_settings(kernels_may_accept=False)
        made = await propose(face, NAME, edit(first, longer, TEXT))
        assert "Kernels may not decide" in await refused(kernel, f"proposals accept {made['id']}")
        assert await texts(notebook) == [longer, "b = 7"]


async def test_what_the_notebook_was_is_listed_compared_and_restored(notebook: Notebook, tmp_path: Path) -> None:
    first, second = await notebook.make("a = 1", "b = `2`")
    async with kernel_of(notebook, tmp_path) as kernel:
        assert "no earlier moment yet" in await done(kernel, "history notebook")
        await agent_edits(notebook, first, "a = 10", 1)
        await agent_edits(notebook, second, "b = 20", 2)
        listed = await kernel.run("%lumina history notebook")
        assert "before an agent's edits" in listed.text
        assert "edited by an agent" in listed.text
        assert listed.markdown[0].startswith("| id | when | why | by | what |")
        (moment,) = re.findall(r"^`?([0-9a-f]{12})`?  ", listed.text, re.MULTILINE)
        changed = await done(kernel, f"history notebook {moment[:6]}")
        for told in (f"Cell #1 {first}: edited", "-a = 1\n+a = 10", "-b = `2`\n+b = 20", f"%lumina restore {moment}"):
            assert told in changed, changed
        assert "Restored: cells 1 changed back." in await done(kernel, f"restore {moment} {second}")
        assert await texts(notebook) == ["a = 10", "b = `2`"]
        restored = await done(kernel, f"restore {moment[:6]}")
        assert await texts(notebook) == ["a = 1", "b = `2`"]
        assert "Nothing has changed" in await done(kernel, f"history notebook {moment}")
        assert "already as it was" in await done(kernel, f"restore {moment}")
        (before,) = re.findall(r"%lumina restore ([0-9a-f]{12})", restored)
        await done(kernel, f"restore {before}")
        assert await texts(notebook) == ["a = 10", "b = `2`"]
        assert (await done(kernel, "history notebook 1")).count("before a restore") == 1
        assert "has no cell" in await refused(kernel, f"restore {moment} nowhere")
        assert "no moment" in await refused(kernel, "restore 0123456789ab")
        assert "no moment" in await refused(kernel, "history notebook 0000")
        assert "the ID of a moment" in await refused(kernel, "restore")
        assert "how many moments" in await refused(kernel, "history notebook 1 2")
        assert "no turns yet" in await done(kernel, "history")


async def test_a_kernel_of_the_server_finds_its_notebook_by_itself(face: Face) -> None:
    """Also after it was renamed: the session knows, whatever the environment said at first."""
    notebook = Notebook(face, "file")
    (first,) = await notebook.make("a = 1")
    session = {"path": NAME, "name": NAME, "type": "notebook", "kernel": {"name": "python3"}}
    made = await call(face, "POST", "api/sessions", 201, json=session)
    manager: Any = face.app.kernel_manager.get_kernel(made["kernel"]["id"])
    client = manager.client()
    client.start_channels()
    try:
        await client.wait_for_ready(timeout=120)
        await agent_edits(notebook, first, "a = 10", 1)
        await call(face, "PATCH", f"api/contents/{NAME}", json={"path": "other.ipynb"})
        await call(face, "PATCH", f"api/sessions/{made['id']}", json={"path": "other.ipynb"})
        reply = await client.execute_interactive(
            "%load_ext lumina_jupyter\n%lumina undo", timeout=120, output_hook=lambda message: None
        )
        assert reply["content"]["status"] == "ok", reply
    finally:
        client.stop_channels()
        await call_delete(face, made["id"])
    notebook.name = "other.ipynb"
    assert await texts(notebook) == ["a = 1"]


async def call_delete(face: Face, session: str) -> None:
    async with face.client() as http:
        assert (await http.delete(f"api/sessions/{session}")).status_code == 204


async def test_without_a_server_or_a_notebook_each_is_one_sentence(tmp_path: Path) -> None:
    away = {"LUMINA_URL": "http://127.0.0.1:9/", "LUMINA_TOKEN": "x", "JPY_SESSION_NAME": NAME}
    for environment, told in ((away, "cannot be reached"), ({}, "is no notebook")):
        async with Kernel(tmp_path / told, {"ollama_url": ""}, environment) as kernel:
            await kernel.load()
            for command in COMMANDS:
                assert told in await refused(kernel, command), command
