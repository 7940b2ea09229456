"""Odd and broken notebooks over HTTP: a clear refusal or a repaired document, nothing lost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.integration.bad_notebooks import (
    BROKEN,
    HAND_EDITED,
    OLD,
    OLD_TEXTS,
    TWINS,
    TWINS_TEXTS,
    code,
    notebook,
    texts,
)

from .conftest import Face

NAME = "a.ipynb"
API = "lumina/api/notebooks/"


def put(face: Face, content: str) -> Path:
    file = Path(face.app.contents_manager.root_dir) / NAME
    file.write_text(content)
    return file


async def call(face: Face, method: str, path: str, status: int = 200, **given: Any) -> Any:
    async with face.client() as http:
        response = await http.request(method, f"{API}{path}", **given)
    assert response.status_code == status, response.text
    return response.json() if response.content else None


async def edit(face: Face, cell: dict[str, Any], text: str, status: int = 200, run: str = "r") -> Any:
    change = {"type": "text", "text": text}
    asked = {"path": NAME, "base_hash": cell["hash"], "change": change, "run": run, "step": 1, "model": "lab/m"}
    return await call(face, "PATCH", f"cells/{cell['id']}", status, json=asked)


async def read(face: Face) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await call(face, "GET", "content", params={"path": NAME}))["cells"]
    return found


async def test_what_is_no_notebook_is_refused_by_every_route_and_left_as_it_is(face: Face) -> None:
    asked = {"path": NAME}
    for content in BROKEN.values():
        file = put(face, content)
        for told in (
            await call(face, "GET", "content", 422, params=asked),
            await edit(face, {"id": "a", "hash": "0" * 16}, "x", 422),
            await call(face, "POST", "cells", 422, json={**asked, "source": "x"}),
            await call(face, "POST", "run", 422, json=asked),
            await call(face, "POST", "undo", 422, json=asked),
        ):
            assert told["error"]["code"] == "notebook_unreadable"
            assert NAME in told["error"]["message"]
            assert told["error"]["hint"]
        assert (await call(face, "GET", "history", params=asked))["moments"] == []
        assert file.read_text() == content


async def test_one_of_format_3_is_edited_and_keeps_its_texts_and_outputs(face: Face) -> None:
    file = put(face, OLD)
    cells = await read(face)
    assert [cell["source"] for cell in cells] == OLD_TEXTS
    await edit(face, cells[1], "c = 3")
    assert texts(file.read_text()) == [OLD_TEXTS[0], "c = 3"]
    assert "42" in file.read_text()
    assert json.loads(file.read_text())["nbformat"] == 4
    await call(face, "POST", "undo", json={"path": NAME})
    assert texts(file.read_text()) == OLD_TEXTS


async def test_double_missing_and_impossible_ids_are_repaired_and_name_one_cell_each(face: Face) -> None:
    file = put(face, TWINS)
    cells = await read(face)
    assert [cell["source"] for cell in cells] == TWINS_TEXTS
    assert len({cell["id"] for cell in cells}) == 4
    for cell in cells[1:]:
        await edit(face, cell, f"{cell['source']}!")
    assert texts(file.read_text()) == ["one", "two!", "three!", "four!"]
    assert [cell["id"] for cell in json.loads(file.read_text())["cells"]] == [cell["id"] for cell in cells]


async def test_metadata_of_ours_that_somebody_edited_by_hand_hinders_nobody(face: Face) -> None:
    asked = {"path": NAME}
    for at, kept in enumerate(HAND_EDITED):
        file = put(face, notebook(code("a", "one", kept), code("b", "two", kept), lumina=kept))
        await edit(face, (await read(face))[0], "ONE", run=f"r{at}")
        assert texts(file.read_text()) == ["ONE", "two"]
        step = (await call(face, "GET", "runs", params=asked))["steps"][-1]
        assert (step["run"], step["model"]) == (f"r{at}", "lab/m")
        assert (await call(face, "GET", "proposals", params=asked))["proposals"] == []
        await call(face, "POST", "undo", json=asked)
        now = json.loads(file.read_text())
        assert texts(file.read_text()) == ["one", "two"]
        for found in (now["metadata"], now["cells"][0]["metadata"], now["cells"][1]["metadata"]):
            assert as_a_browser_knows_it(found["lumina"]) == as_a_browser_knows_it(kept)


def as_a_browser_knows_it(value: Any) -> Any:
    """With the numbers that a shared document can hold."""
    return json.loads(json.dumps(value), parse_int=float)
