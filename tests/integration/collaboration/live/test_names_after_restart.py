"""A moment of a notebook's history names all who edited since the one before, also when the server died in between."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from tests.integration.server.process import Running, server

from .conftest import NAME, code
from .participant import joined, until

ROOM = {"jupyter_server_ydoc": True, "jupyter_server_fileid": True}
API = "lumina/api/notebooks/"


async def call(running: Running, method: str, path: str, **given: Any) -> Any:
    def ask() -> Any:
        with running.client() as http:
            response = http.request(method, f"{API}{path}", **given)
        assert response.status_code == 200, response.text
        return response.json()

    return await asyncio.to_thread(ask)


async def of(running: Running, reason: str) -> list[dict[str, Any]]:
    """The moments that were kept for one reason."""
    found = await call(running, "GET", "history", params={"path": NAME})
    return [each for each in found["moments"] if each["reason"] == reason]


def names(folder: Path) -> set[str]:
    """Of all whose edits no moment has named yet, as they are on the disk."""
    found: set[str] = set()
    for place in (folder / "lumina" / "contributors").glob("*.json"):
        kept = json.loads(place.read_text())
        found |= {*kept["saved"], *kept["unsaved"]}
    return found


async def test_who_edited_before_the_server_was_killed_is_named_after_it(tmp_path: Path) -> None:
    root = tmp_path / "root with spaces"
    root.mkdir()
    notebook = {"cells": [code("a", "alpha")], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (root / NAME).write_text(json.dumps(notebook))
    ids = f"--BaseFileIdManager.db_path={tmp_path / 'file_ids.db'}"
    with server(tmp_path, ids, extensions=ROOM) as first:
        cell = (await call(first, "GET", "content", params={"path": NAME}))["cells"][0]
        change = {"path": NAME, "base_hash": cell["hash"], "change": {"type": "text", "text": "beta"}, "run": "r"}
        await call(first, "PATCH", "cells/a", json={**change, "model": "lab/m"})
        (before,) = await of(first, "before_run")
        async with joined(first.url, first.token, NAME) as person:
            person.type(0, "!")
            await until(lambda: "beta!" in (root / NAME).read_text())
            await until(lambda: len(names(tmp_path)) == 2, lambda: names(tmp_path))
            first.process.kill()
            first.process.wait()
    edited = names(tmp_path)
    assert "Lumina" in edited
    with server(tmp_path, ids, extensions=ROOM) as second:
        async with joined(second.url, second.token, NAME) as person:
            await person.until(lambda: person.texts == ["beta!"])
            await call(second, "POST", "restore", json={"path": NAME, "snapshot": before["id"]})
            await person.until(lambda: person.texts == ["alpha"])
        (kept,) = await of(second, "before_restore")
        assert set(kept["changed_by"].split(", ")) == edited
