"""What agents did is listed and undone over HTTP, and closed to who may not write."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest
from traitlets.config import Config

from .conftest import Face
from .test_notebook_proposals import LONG, LONGER, PROPOSALS, Readers, call, edit, events, propose, put, sources

RUNS, UNDO, REDO = (f"lumina/api/notebooks/{word}" for word in ("runs", "undo", "redo"))
AT = {"path": "a.ipynb"}


async def accepted(face: Face, *changes: dict[str, Any]) -> str:
    """The run of a proposal that was accepted as a whole."""
    proposal = await propose(face, "a.ipynb", *changes)
    await call(face, "POST", f"{PROPOSALS}/{proposal['id']}/accept", json=AT)
    return str(proposal["id"])


async def steps(face: Face) -> list[dict[str, Any]]:
    """What can be undone or redone."""
    found: list[dict[str, Any]] = (await call(face, "GET", RUNS, params=AT))["steps"]
    return found


def type_on(path: Path) -> None:
    """Somebody writes into the file, from elsewhere."""
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[0].source += "\nmine = 1"
    nbformat.write(notebook, path)


async def test_the_last_step_is_undone_after_people_wrote_on_and_done_again(face: Face) -> None:
    path = put(face, "a.ipynb", LONG, "b")
    run = await accepted(face, edit("c0", LONG, LONGER), edit("c1", "b", "bb"))
    type_on(path)
    (step,) = await steps(face)
    assert (step["run"], step["undone"], set(step["cells"])) == (run, False, {"c0", "c1"})
    undone = await call(face, "POST", UNDO, json=AT)
    assert (undone["run"], sorted(undone["cells"])) == (run, ["c0", "c1"])
    assert sources(path) == [f"{LONG}\nmine = 1", "b"]
    nothing = await call(face, "POST", UNDO, 404, json=AT)
    assert nothing["error"]["hint"]
    await call(face, "POST", REDO, json=AT)
    assert sources(path) == [f"{LONGER}\nmine = 1", "bb"]
    await call(face, "POST", UNDO, json={**AT, "cell": "c1"})
    assert sources(path) == [f"{LONGER}\nmine = 1", "b"]
    await call(face, "POST", UNDO, json={**AT, "run": run})
    assert sources(path) == [f"{LONG}\nmine = 1", "b"]


async def test_whoever_has_the_notebook_open_is_told_of_steps(face: Face) -> None:
    put(face, "a.ipynb", LONG)
    async with events(face, "a.ipynb") as told:

        async def next_steps() -> list[bool]:
            async for topic, data in told:
                if topic == "steps":
                    return [each["undone"] for each in data["steps"]]
            raise AssertionError("the stream ended")

        assert await next_steps() == []
        await accepted(face, edit("c0", LONG, LONGER))
        assert await next_steps() == [False]
        await call(face, "POST", UNDO, json=AT)
        assert await next_steps() == [True]


class TestReaders:
    @pytest.fixture
    def jp_server_config(self, jp_server_config: Config) -> Config:
        jp_server_config["ServerApp"]["authorizer_class"] = Readers
        return jp_server_config

    @pytest.mark.parametrize("route", [UNDO, REDO])
    async def test_who_may_not_write_may_not_undo(self, face: Face, route: str) -> None:
        put(face, "a.ipynb", LONG)
        assert await steps(face) == []
        refused = await call(face, "POST", route, 403, json=AT)
        assert refused["error"]["code"] == "forbidden"
