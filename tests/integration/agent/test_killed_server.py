"""kill -9 of a real server in the middle of a run: it is interrupted, goes on where it was, and nothing is done twice."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import nbformat
import pytest

from tests.integration.server.process import Running, server

from .conftest import PATIENCE
from .crashing_server import WAITS

API = "lumina/api/runs"
NAME = "a.ipynb"
TEXTS = ["first = 1", "second = 2", WAITS, "z"]


@contextmanager
def serving(folder: Path, crash: str = "") -> Iterator[tuple[Running, httpx.Client]]:
    ready = folder / "ready"
    ready.unlink(missing_ok=True)
    with (
        server(
            folder,
            extensions={"tests.integration.agent.crashing_server": True, "jupyter_server_fileid": True},
            lumina={
                "endpoints": {"lab": {"base_url": "http://127.0.0.1:9/v1"}},
                "models": {"lab/m": {"context": 8192}},
                "default_model": "lab/m",
                "tool_autonomy": "edits",
            },
            environment={"LUMINA_TEST_CRASH": crash, "LUMINA_TEST_READY": str(ready)},
            forked=True,
        ) as at,
        at.client() as http,
    ):
        until(ready.exists)
        yield at, http


def until(look: Callable[[], Any]) -> Any:
    end = time.monotonic() + PATIENCE
    while not (found := look()):
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.05)
    return found


def grant(http: httpx.Client) -> None:
    for each in http.get("lumina/api/approvals").json()["approvals"]:
        http.post(f"lumina/api/approvals/{each['id']}", json={"verdict": "grant", "scope": "run"})


def died(at: Running, http: httpx.Client) -> bool:
    """Whether the server is dead; as long as it is not, what it asks is granted."""
    if at.process.poll() is None:
        grant(http)
    return at.process.poll() is not None


def texts(folder: Path) -> list[str]:
    cells = json.loads((folder / "root with spaces" / NAME).read_text())["cells"]
    return ["".join(cell["source"]) for cell in cells]


@pytest.mark.slow
@pytest.mark.parametrize("crash", ["task", "called:b", "called:f", "said:r"])
def test_a_run_goes_on_after_kill_minus_nine(tmp_path: Path, crash: str) -> None:
    """`task`: nothing is known yet. `called:b`, `called:f`: an edit is made and not in the log. `said:r`: a cell runs."""
    run = ""
    with serving(tmp_path, crash) as (at, http):
        nbformat.write(nbformat.v4.new_notebook(), tmp_path / "root with spaces" / NAME)
        try:
            run = http.post(API, json={"words": "do it", "notebook": NAME, "gear": "4"}).json()["id"]
            until(lambda: died(at, http))
        except httpx.TransportError:
            at.process.wait(30)
    before = texts(tmp_path)
    (tmp_path / "root with spaces" / "go").touch()
    with serving(tmp_path) as (_, http):
        (found,) = http.get(API).json()["runs"]
        run = run or found["id"]
        assert found["state"] == "interrupted", found
        assert "server ended" in found["why"]
        assert texts(tmp_path) == before
        assert http.post(f"{API}/{run}/pause").status_code == 409
        resumed = http.post(f"{API}/{run}/resume")
        assert resumed.status_code == 200, resumed.text

        def over() -> dict[str, Any] | None:
            grant(http)
            view: dict[str, Any] = http.get(f"{API}/{run}").json()
            return view if view["state"] in ("done", "failed", "stopped") else None

        view = until(over)
        assert view["state"] == "done", view
        assert texts(tmp_path) == TEXTS
        assert (tmp_path / "root with spaces" / "made.txt").read_text() == "made"
        # The numbers of the events go on; what had ended is not done again.
        events = http.get(f"{API}/{run}/events").json()["events"]
        assert [each["sequence"] for each in events] == sorted({each["sequence"] for each in events})
        began = [each["event"]["step"] for each in events if each["event"]["type"] == "step"]
        assert began.count("a") == 1
        done = [each["event"]["step"] for each in events if each["event"]["type"] == "step_ended"]
        assert done.count("b") == 1
        if crash in ("called:b", "called:f"):
            assert began.count(crash[-1]) == 1
        if crash != "task":
            # The kernel in which the first cell ran is gone, so that it runs again.
            assert began.count("ra") == 2
        assert http.post(f"{API}/{run}/undo", json={}).json()["state"] == "undone"
        assert texts(tmp_path) == []


@pytest.mark.slow
def test_an_interrupted_run_is_stopped_or_undone_as_well(tmp_path: Path) -> None:
    with serving(tmp_path, "said:r") as (at, http):
        nbformat.write(nbformat.v4.new_notebook(), tmp_path / "root with spaces" / NAME)
        run = http.post(API, json={"words": "do it", "notebook": NAME, "gear": "4"}).json()["id"]
        try:
            until(lambda: died(at, http))
        except httpx.TransportError:
            at.process.wait(30)
    with serving(tmp_path) as (_, http):
        stopped = http.post(f"{API}/{run}/stop").json()
        assert stopped["state"] == "stopped"
        assert stopped["report"]["outcome"] == "stopped"
        assert texts(tmp_path) == TEXTS[:3]
        assert http.post(f"{API}/{run}/undo", json={}).json()["state"] == "undone"
        assert texts(tmp_path) == []
        assert not (tmp_path / "root with spaces" / "made.txt").exists()
