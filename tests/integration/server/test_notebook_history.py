"""A notebook's history over HTTP: listed, looked at, compared, restored; and kept as notebooks are saved."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import pytest
from jupyter_server.auth.authorizer import Authorizer
from traitlets.config import Config

from .conftest import Face

HISTORY, RESTORE = "lumina/api/notebooks/history", "lumina/api/notebooks/restore"


def notebook(*sources: str) -> dict[str, Any]:
    cells: list[dict[str, Any]] = [
        {"id": f"c{at}", "cell_type": "code", "metadata": {}, "source": source, "outputs": [], "execution_count": None}
        for at, source in enumerate(sources)
    ]
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def root(face: Face) -> Path:
    return Path(face.app.contents_manager.root_dir)


def put(face: Face, name: str, *sources: str) -> Path:
    path = root(face) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook(*sources)))
    return path


def sources(path: Path) -> list[str]:
    return ["".join(cell["source"]) for cell in json.loads(path.read_text())["cells"]]


async def call(face: Face, method: str, path: str, status: int = 200, token: str | None = None, **given: Any) -> Any:
    async with face.client(token) as http:
        response = await http.request(method, path, **given)
    assert response.status_code == status, response.text
    return response.json()


async def moments(face: Face, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await call(face, "GET", HISTORY, params={"path": name}))["moments"]
    return found


async def save(face: Face, name: str, *sources: str) -> None:
    """Save a notebook as JupyterLab does, and wait until what was there before is kept."""
    model = {"type": "notebook", "format": "json", "content": notebook(*sources)}
    await call(face, "PUT", f"api/contents/{name}", json=model)
    worker = face.extension._saved_moments._worker
    if worker is not None:
        worker.submit(lambda: None).result()


async def test_what_a_save_writes_over_is_kept_and_comes_back(face: Face) -> None:
    path = put(face, "a.ipynb", "x = 1", "print(x)")
    assert await moments(face, "a.ipynb") == []
    await save(face, "a.ipynb", "x = 2")
    (kept,) = await moments(face, "a.ipynb")
    assert (kept["kind"], kept["reason"], kept["cells"]) == ("snapshot", "saved", 2)
    whole = await call(face, "GET", f"{HISTORY}/{kept['id']}", params={"path": "a.ipynb"})
    assert [cell["source"] for cell in whole["content"]["cells"]] == ["x = 1", "print(x)"]
    changed = await call(face, "GET", f"{HISTORY}/{kept['id']}", params={"path": "a.ipynb", "against": "now"})
    assert [(each["id"], each["change"], each["lines"]) for each in changed["comparison"]["cells"]] == [
        ("c0", "changed", ["@@ -1,1 +1,1 @@", "-x = 1", "+x = 2"]),
        ("c1", "removed", ["-print(x)"]),
    ]
    done = await call(face, "POST", RESTORE, json={"path": "a.ipynb", "snapshot": kept["id"], "cell": "c1"})
    assert (done["inserted"], done["changed"]) == (["c1"], True)
    assert sources(path) == ["x = 2", "print(x)"]
    await call(face, "POST", RESTORE, json={"path": "a.ipynb", "snapshot": kept["id"][:6]})
    assert sources(path) == ["x = 1", "print(x)"]
    reasons = [each["reason"] for each in await moments(face, "a.ipynb")]
    assert reasons.count("before_restore") == 2
    await call(face, "POST", RESTORE, json={"path": "a.ipynb", "snapshot": done["undo"]})
    assert sources(path) == ["x = 2"]


async def test_quick_saves_are_one_moment_and_who_saved_is_told(face: Face, change_settings: Any) -> None:
    path = put(face, "a.ipynb", "first")
    os.utime(path, (1_000_000_000, 1_000_000_000))
    for at in range(4):
        await save(face, "a.ipynb", f"quick {at}")
    assert [(each["at"], each["by"]) for each in await moments(face, "a.ipynb")] == [(1_000_000_000, "")]
    change_settings(history_minutes=0.0)
    await save(face, "a.ipynb", "later")
    newest = (await moments(face, "a.ipynb"))[0]
    whole = await call(face, "GET", f"{HISTORY}/{newest['id']}", params={"path": "a.ipynb"})
    assert [cell["source"] for cell in whole["content"]["cells"]] == ["quick 3"]
    assert newest["by"]


async def test_a_file_that_is_no_notebook_stops_no_save(face: Face) -> None:
    path = put(face, "a.ipynb", "first")
    path.write_bytes(b"")
    await save(face, "a.ipynb", "second")
    assert sources(path) == ["second"]
    path.write_bytes(b"[1]")
    face.extension._saved_moments._looked.clear()
    await save(face, "a.ipynb", "third")
    assert sources(path) == ["third"]
    assert await moments(face, "a.ipynb") == []


async def test_what_is_too_large_is_saved_over_without_being_kept(
    face: Face, change_settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    path = put(face, "a.ipynb", "x" * 2_000)
    change_settings(notebook_mb=0.001)
    await save(face, "a.ipynb", "second")
    assert sources(path) == ["second"]
    assert await moments(face, "a.ipynb") == []
    assert "is not kept: It has 0 MB, more than notebook_mb (0.001)" in caplog.text


@pytest.mark.parametrize("folder", [False, True])
async def test_a_history_follows_a_rename(face: Face, folder: bool) -> None:
    old, new = ("work/a.ipynb", "done/a.ipynb") if folder else ("work/a.ipynb", "work/b.ipynb")
    put(face, old, "first")
    await save(face, old, "second")
    before = await moments(face, old)
    assert len(before) == 1
    moved, to = ("work", "done") if folder else (old, new)
    await call(face, "PATCH", f"api/contents/{moved}", json={"path": to})
    for _ in range(2000):  # the server tells of a rename when it is done, and waits for nobody
        if await moments(face, new) == before:
            break
        await asyncio.sleep(0.01)
    assert await moments(face, new) == before
    put(face, old, "another notebook in its old place")
    assert await moments(face, old) == []
    assert await moments(face, new) == before


# --- who may, and what may be asked ------------------------------------------------------------------------


class ReadersMayRead(Authorizer):
    """Lets nobody write contents."""

    def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        return not (resource == "contents" and action == "write")


class Strangers(Authorizer):
    """Lets nobody read contents."""

    def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        return resource != "contents"


class TestReaders:
    @pytest.fixture
    def jp_server_config(self, jp_server_config: Config) -> Config:
        jp_server_config["ServerApp"]["authorizer_class"] = ReadersMayRead
        return jp_server_config

    async def test_who_may_not_write_may_look_and_not_restore(self, face: Face) -> None:
        path = put(face, "a.ipynb", "now")
        engine = await face.extension.service.engine()
        document = await engine.notebooks.open("a.ipynb")
        kept = engine.history.snapshots.take(document.key, notebook("then"), reason="recovery")
        assert [each["id"] for each in await moments(face, "a.ipynb")] == [kept.id]
        await call(face, "GET", f"{HISTORY}/{kept.id}", params={"path": "a.ipynb"})
        refused = await call(face, "POST", RESTORE, 403, json={"path": "a.ipynb", "snapshot": kept.id})
        assert refused["error"]["code"] == "forbidden"
        assert sources(path) == ["now"]


class TestStrangers:
    @pytest.fixture
    def jp_server_config(self, jp_server_config: Config) -> Config:
        jp_server_config["ServerApp"]["authorizer_class"] = Strangers
        return jp_server_config

    async def test_who_may_not_read_sees_nothing(self, face: Face) -> None:
        put(face, "a.ipynb", "now")
        for path in (HISTORY, f"{HISTORY}/abcd"):
            refused = await call(face, "GET", path, 403, params={"path": "a.ipynb"})
            assert refused["error"]["code"] == "forbidden"
        await call(face, "POST", RESTORE, 403, json={"path": "a.ipynb", "snapshot": "abcd"})


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("", 400),
        ("../secret.ipynb", 403),
        ("x/../../secret.ipynb", 403),
        ("..%2fsecret.ipynb", 404),
        ("gone.ipynb", 404),
        ("a.txt", 404),
        ("a.ipynb\0", 404),
        ("/etc/passwd", 404),
        ("folder.ipynb", 404),
    ],
)
async def test_hostile_paths_are_refused(face: Face, path: str, status: int) -> None:
    (root(face).parent / "secret.ipynb").write_text(json.dumps(notebook("secret")))
    (root(face) / "folder.ipynb").mkdir()
    (root(face) / "a.txt").write_text("text")
    for found in (
        await call(face, "GET", HISTORY, status, params={"path": path}),
        await call(face, "GET", f"{HISTORY}/abcdef", status, params={"path": path}),
        await call(face, "POST", RESTORE, status, json={"path": path, "snapshot": "abcdef"}),
    ):
        assert found["error"]["message"]
        assert "secret" not in found["error"]["hint"]


@pytest.mark.parametrize("given", ["ffffffffffff", "..", "now", "0" * 300])
async def test_ids_that_name_no_moment_are_refused(face: Face, given: str) -> None:
    put(face, "a.ipynb", "first")
    await save(face, "a.ipynb", "second")
    if "/" not in given:
        await call(face, "POST", RESTORE, 404, json={"path": "a.ipynb", "snapshot": given})
    if given != "..":  # a client would take it for the folder above
        await call(face, "GET", f"{HISTORY}/{given}", 404, params={"path": "a.ipynb"})
    (kept,) = await moments(face, "a.ipynb")
    params = {"path": "a.ipynb", "against": given}
    if given != "now":
        await call(face, "GET", f"{HISTORY}/{kept['id']}", 404, params=params)
    gone = await call(face, "POST", RESTORE, 404, json={"path": "a.ipynb", "snapshot": kept["id"], "cell": given})
    assert gone["error"]["code"] == "cell_gone"
    other = put(face, "other.ipynb", "other")
    await call(face, "POST", RESTORE, 404, json={"path": "other.ipynb", "snapshot": kept["id"]})
    assert sources(other) == ["other"]


@pytest.mark.parametrize(
    "body", [{}, {"path": "a.ipynb"}, {"path": "a.ipynb", "snapshot": 1}, {"snapshot": "a", "x": 1}]
)
async def test_bodies_that_are_wrong_are_refused(face: Face, body: dict[str, Any]) -> None:
    refused = await call(face, "POST", RESTORE, 400, json=body)
    assert refused["error"]["code"] == "invalid_body"


async def test_a_limit_is_kept_and_checked(face: Face) -> None:
    put(face, "a.ipynb", "first")
    for limit in ("0", "-1", "x", "100000"):
        await call(face, "GET", HISTORY, 400, params={"path": "a.ipynb", "limit": limit})
    assert await call(face, "GET", HISTORY, params={"path": "a.ipynb", "limit": "1"}) == {"moments": []}
