"""Cells read and written through the routes: by id and hash, within rights, and never outside of the root."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from jupyter_server.auth.authorizer import AllowAllAuthorizer

from .conftest import Face
from .live import NAME, Notebook
from .test_notebook_runs import jp_server_config

__all__ = ["jp_server_config"]

CELLS = "lumina/api/notebooks/cells"
CONTENT = "lumina/api/notebooks/content"


@pytest.fixture(params=["room", "file"])
def notebook(request: pytest.FixtureRequest, face: Face) -> Notebook:
    return Notebook(face, request.param)


async def ask(face: Face, method: str, route: str, /, **body: Any) -> tuple[int, dict[str, Any]]:
    async with face.client() as http:
        sent: dict[str, Any] = {"params": body} if method in {"GET", "DELETE"} else {"json": body}
        answer = await http.request(method, route, **sent)
    found: dict[str, Any] = answer.json()
    return answer.status_code, found


async def test_every_change_of_a_cell(notebook: Notebook) -> None:
    first, second = await notebook.make("a = 1\nb = 2\nc = 3", "print(a)")

    async def change(cell_id: str, **wanted: Any) -> list[dict[str, Any]]:
        base = (await notebook.cell(cell_id))["hash"]
        status, told = await ask(
            notebook.face, "PATCH", f"{CELLS}/{cell_id}", path=NAME, base_hash=base, change=wanted, run="r1"
        )
        assert status == 200, told
        assert told["run"] == "r1"
        cells: list[dict[str, Any]] = told["cells"]
        return cells

    assert (await change(first, type="replace", old="b = 2", new="b = 5"))[0]["source"] == "a = 1\nb = 5\nc = 3"
    assert (await change(first, type="lines", first=3, last=3, text="d = 4"))[0]["source"] == "a = 1\nb = 5\nd = 4"
    parts = await change(first, type="split", line=2)
    assert [each["source"] for each in parts] == ["a = 1", "b = 5\nd = 4"]
    others = [{"id": parts[1]["id"], "base_hash": parts[1]["hash"]}]
    assert (await change(first, type="merge", others=others))[0]["source"] == "a = 1\n\nb = 5\nd = 4"
    await change(first, type="move", after=second)
    assert (await change(second, type="cell_type", to="markdown"))[0]["type"] == "markdown"
    assert (await change(second, type="text", text="words"))[0]["source"] == "words"
    assert (await change(second, type="metadata", entries={"tags": ["x"]}))[0]["metadata"]["tags"] == ["x"]
    assert (await change(first, type="clear_outputs"))[0]["outputs"] == []
    status, told = await ask(notebook.face, "POST", CELLS, path=NAME, source="new", before=second, model="lab/m")
    assert status == 200
    (new,) = told["cells"]
    assert new["metadata"]["lumina"]["model"] == "lab/m"
    assert [each["id"] for each in (await notebook.content())["cells"]] == [new["id"], second, first]
    status, told = await ask(
        notebook.face, "DELETE", f"{CELLS}/{new['id']}", path=NAME, base_hash=new["hash"], run="r1", step=2
    )
    assert (status, told["cells"][0]["source"]) == (200, "new")
    assert ["".join(each["source"]) for each in notebook.on_disk()["cells"]] == ["words", "a = 1\n\nb = 5\nd = 4"]


async def test_a_changed_cell_refuses_and_tells_its_new_text(notebook: Notebook) -> None:
    (cell,) = await notebook.make("old")
    base = (await notebook.cell(cell))["hash"]
    wanted = {"path": NAME, "base_hash": base, "change": {"type": "text", "text": "new"}}
    assert (await ask(notebook.face, "PATCH", f"{CELLS}/{cell}", **wanted))[0] == 200
    wanted["change"] = {"type": "text", "text": "newer"}
    status, told = await ask(notebook.face, "PATCH", f"{CELLS}/{cell}", **wanted)
    assert (status, told["error"]["code"]) == (409, "cell_changed")
    now = await notebook.cell(cell)
    assert told["error"]["cell"] == {"id": cell, "source": "new", "hash": now["hash"]}
    status, told = await ask(notebook.face, "DELETE", f"{CELLS}/{cell}", path=NAME, base_hash=base)
    assert (status, told["error"]["cell"]["source"]) == (409, "new")
    assert now["source"] == "new"


async def test_what_is_wrong_is_told_and_nothing_is_written(notebook: Notebook) -> None:
    (cell,) = await notebook.make("old")
    before, base = await notebook.content(), (await notebook.cell(cell))["hash"]
    text = {"type": "text", "text": "x"}
    for path, body, status, code in [
        (f"{CELLS}/gone", {"path": NAME, "base_hash": base, "change": text}, 404, "cell_gone"),
        (f"{CELLS}/{cell}", {"path": "none.ipynb", "base_hash": base, "change": text}, 404, "not_found"),
        (f"{CELLS}/{cell}", {"path": "words.txt", "base_hash": base, "change": text}, 404, "not_found"),
        (f"{CELLS}/{cell}", {"path": "", "base_hash": base, "change": text}, 400, "invalid_body"),
        (f"{CELLS}/{cell}", {"path": NAME, "base_hash": base, "change": {"type": "paint"}}, 400, "invalid_body"),
        (f"{CELLS}/{cell}", {"path": NAME, "base_hash": base, "change": {**text, "x": 1}}, 400, "invalid_body"),
        (f"{CELLS}/{cell}", {"path": NAME, "base_hash": base, "change": text, "run": "a:b"}, 400, "invalid_body"),
        (
            f"{CELLS}/{cell}",
            {"path": NAME, "base_hash": base, "change": {"type": "replace", "old": "none", "new": "x"}},
            422,
            "edit_does_not_fit",
        ),
    ]:
        found, told = await ask(notebook.face, "PATCH", path, **body)
        assert (found, told["error"]["code"]) == (status, code), body
    assert (await ask(notebook.face, "DELETE", f"{CELLS}/{cell}", path=NAME))[0] == 400
    assert await notebook.content() == before


async def test_paths_that_lead_outside(face: Face, tmp_path: Path) -> None:
    notebook = Notebook(face, "file")
    await notebook.make("marker")
    secret = tmp_path / "secret.ipynb"
    secret.write_bytes(notebook.file.read_bytes())
    root = Path(face.app.root_dir)
    (root / "link.ipynb").symlink_to(secret)
    (root / "folder").symlink_to(tmp_path)
    before = secret.read_bytes()
    up = "/".join([".."] * len(root.parts))
    for path in (
        "../secret.ipynb",
        f"{up}{secret}",
        str(secret),
        "a/../../secret.ipynb",
        "..\\secret.ipynb",
        "./../secret.ipynb",
        "%2e%2e/secret.ipynb",
        "secret.ipynb\0",
        "\0",
    ):
        for method, route in (("GET", CONTENT), ("POST", CELLS), ("POST", "lumina/api/notebooks/run")):
            body = {"path": path} | ({"source": "x"} if route == CELLS else {})
            status, told = await ask(face, method, route, **body)
            assert status in {400, 403, 404}, (path, route, told)
            assert "marker" not in str(told)
    # What Jupyter's contents manager shows through a link is shown here as well, and no more.
    for path in ("link.ipynb", "folder/secret.ipynb"):
        async with face.client() as http:
            jupyter = (await http.get(f"api/contents/{path}")).status_code
        assert (await ask(face, "GET", CONTENT, path=path))[0] == jupyter, path
    assert secret.read_bytes() == before


@pytest.mark.parametrize(
    ("lacks", "refused"),
    [
        (("read", "contents"), {"content"}),
        (("write", "contents"), {"insert", "change", "delete", "run", "interrupt"}),
        (("execute", "kernels"), {"run", "interrupt"}),
    ],
)
async def test_each_right_that_is_missing(
    face: Face, monkeypatch: pytest.MonkeyPatch, lacks: tuple[str, str], refused: set[str]
) -> None:
    class Strict(AllowAllAuthorizer):
        def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
            return (action, resource) != lacks

    notebook = Notebook(face, "file")
    (cell,) = await notebook.make("old")
    base = (await notebook.cell(cell))["hash"]
    before = notebook.file.read_bytes()
    monkeypatch.setitem(face.app.web_app.settings, "authorizer", Strict(parent=face.app))
    text = {"type": "text", "text": "new"}
    asked: dict[str, tuple[str, str, dict[str, Any]]] = {
        "content": ("GET", CONTENT, {"path": NAME}),
        "insert": ("POST", CELLS, {"path": NAME, "source": "x"}),
        "change": ("PATCH", f"{CELLS}/{cell}", {"path": NAME, "base_hash": base, "change": text}),
        "delete": ("DELETE", f"{CELLS}/{cell}", {"path": NAME, "base_hash": base}),
        "run": ("POST", "lumina/api/notebooks/run", {"path": NAME, "cells": ["gone"]}),
        "interrupt": ("POST", "lumina/api/notebooks/run/run_1/interrupt", {}),
    }
    told = {
        name: await ask(face, method, path, **body) for name, (method, path, body) in asked.items() if name in refused
    }
    assert {name: status for name, (status, _) in told.items()} == dict.fromkeys(refused, 403)
    assert notebook.file.read_bytes() == before
    for name, (method, path, body) in asked.items():
        if name not in refused:
            status, _ = await ask(face, method, path, **body)
            assert status != 403, name


async def test_no_outputs_when_none_are_wanted(face: Face) -> None:
    notebook = Notebook(face, "file")
    output = {"output_type": "stream", "name": "stdout", "text": "long"}
    shown = {"cell_type": "code", "id": "c1", "source": "1", "metadata": {}, "outputs": [output], "execution_count": 1}
    await notebook.make(shown)
    assert (await notebook.cell("c1"))["outputs"] == [output]
    _, told = await ask(face, "GET", CONTENT, path=NAME, outputs=0)
    assert told["cells"][0]["outputs"] == []
