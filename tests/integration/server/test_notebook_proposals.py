"""Proposals over HTTP: handed in, decided, told to whoever has the notebook open, and closed to who may not."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import nbformat
import pytest
from jupyter_server.auth.authorizer import Authorizer
from traitlets.config import Config

from lumina_jupyter.collaboration.document.cell import Cell

from .conftest import Face
from .test_kernels import start

PROPOSALS = "lumina/api/notebooks/proposals"
EVENTS = "lumina/api/notebooks/events"
LONG = "rate = 1\nbase = 2\ntax = 3\ntotal = 4"
LONGER = "rate = 10\nbase = 2\ntax = 3\ntotal = 40"


def put(face: Face, name: str, *sources: str) -> Path:
    """Write a notebook with cells `c0`, `c1`, … into the server's folder."""
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell(source, id=f"c{at}") for at, source in enumerate(sources)]
    path = Path(face.app.contents_manager.root_dir, name)
    nbformat.write(notebook, path)
    return path


def sources(path: Path) -> list[str]:
    """What the cells of a file hold."""
    return [cell.source for cell in nbformat.read(path, as_version=4).cells]


def edit(cell: str, before: str, after: str) -> dict[str, Any]:
    """A change of a cell's text, as it is sent."""
    base_hash = Cell(id=cell, type="code", source=before).hash
    return {"kind": "edit", "cell": cell, "base_hash": base_hash, "source": after}


async def call(face: Face, method: str, route: str, status: int = 200, token: str | None = None, **sent: Any) -> Any:
    """What a route answers."""
    async with face.client(token) as http:
        response = await http.request(method, route, **sent)
    assert response.status_code == status, response.text
    return response.json()


async def propose(face: Face, path: str, *changes: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Hand a proposal in."""
    body = {"path": path, "changes": list(changes), "run": "run_1", "model": "lab/m", **more}
    found: dict[str, Any] = await call(face, "POST", PROPOSALS, json=body)
    return found


def ids(proposal: dict[str, Any], at: int = 0) -> list[str]:
    """The ids of a change's hunks."""
    return [hunk["id"] for hunk in proposal["changes"][at]["hunks"]]


async def test_a_proposal_is_accepted_by_hunk_and_the_rest_refused(face: Face) -> None:
    path = put(face, "a.ipynb", LONG)
    proposal = await propose(face, "a.ipynb", edit("c0", LONG, LONGER), reason="Ten times.")
    assert (await call(face, "GET", PROPOSALS, params={"path": "a.ipynb"}))["proposals"] == [proposal]
    route = f"{PROPOSALS}/{proposal['id']}"
    body = {"path": "a.ipynb", "cell": "c0", "hunks": ids(proposal)[:1]}
    left = await call(face, "POST", f"{route}/accept", json=body)
    assert sources(path) == [LONG.replace("rate = 1", "rate = 10")]
    assert (left["state"], ids(left)) == ("open", ids(proposal)[1:])
    again = await call(face, "POST", f"{route}/accept", 409, json=body)
    assert again["error"]["code"] == "already_decided"
    refused = await call(face, "POST", f"{route}/refuse", json={"path": "a.ipynb"})
    assert refused["state"] == "partly"
    assert (await call(face, "GET", PROPOSALS, params={"path": "a.ipynb"}))["proposals"] == []
    kept = await call(face, "GET", PROPOSALS, params={"path": "a.ipynb", "decided": 1})
    assert kept["proposals"] == [refused]
    made = nbformat.read(path, as_version=4).cells[0].metadata.lumina
    assert made.model == "lab/m"
    assert made.reviewed_by == refused["decisions"][0]["by"] != ""


async def test_a_kernel_proposes_for_its_own_notebook(face: Face) -> None:
    kernel, _ = await start(face, "sessions")
    name = (await call(face, "GET", "api/sessions"))[0]["path"]
    path = put(face, name, LONG)
    body = {"kernel_id": kernel, "changes": [edit("c0", LONG, LONGER)], "run": "r", "model": "lab/m"}
    made = await call(face, "POST", PROPOSALS, token=face.kernel_token, json=body)
    assert made["path"] == name
    done = await call(face, "POST", f"{PROPOSALS}/{made['id']}/accept", token=face.kernel_token, json={"path": name})
    assert [each["by"] for each in done["decisions"]] == ["a kernel"]
    accepted = nbformat.read(path, as_version=4).cells[0]
    assert (accepted.source, accepted.metadata["lumina"]["reviewed_by"]) == (LONGER, "a kernel")


@pytest.mark.parametrize("word", ["accept", "refuse"])
async def test_kernels_decide_only_where_they_may(face: Face, change_settings: Callable[..., None], word: str) -> None:
    change_settings(kernels_may_accept=False)
    path = put(face, "a.ipynb", LONG)
    made = await propose(face, "a.ipynb", edit("c0", LONG, LONGER))
    route, body = f"{PROPOSALS}/{made['id']}/{word}", {"path": "a.ipynb"}
    refused = await call(face, "POST", route, 403, token=face.kernel_token, json=body)
    assert (refused["error"]["code"], refused["error"]["hint"]) == ("forbidden", "Decide in JupyterLab.")
    assert sources(path) == [LONG]
    assert (await call(face, "GET", PROPOSALS, params=body))["proposals"] == [made]
    await call(face, "POST", route, json=body)
    assert sources(path) == [LONGER if word == "accept" else LONG]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"changes": []}, 400, "invalid_body"),
        ({"changes": [edit("c0", "older", LONGER)]}, 409, "cell_changed"),
        ({"changes": [edit("gone", LONG, LONGER)]}, 404, "cell_gone"),
        ({"changes": [{"kind": "explode", "cell": "c0"}]}, 400, "invalid_body"),
        ({"changes": [edit("c0", LONG, LONGER)], "path": "nowhere.ipynb"}, 404, "not_found"),
        ({"changes": [edit("c0", LONG, LONGER)], "path": "../a.ipynb"}, 403, "forbidden"),
        ({"changes": [edit("c0", LONG, LONGER)], "path": ""}, 400, "invalid_body"),
    ],
)
async def test_what_cannot_be_proposed_is_refused(face: Face, body: dict[str, Any], status: int, code: str) -> None:
    put(face, "a.ipynb", LONG)
    refused = await call(face, "POST", PROPOSALS, status, json={"path": "a.ipynb", "run": "r", **body})
    assert refused["error"]["code"] == code
    assert refused["error"]["hint"]


@asynccontextmanager
async def events(face: Face, path: str) -> AsyncIterator[AsyncIterator[tuple[str, Any]]]:
    """What is told of a notebook, as (topic, data)."""
    async with face.client() as http, http.stream("GET", EVENTS, params={"path": path}) as response:
        assert response.status_code == 200
        yield _read(response)


async def _read(response: httpx.Response) -> AsyncIterator[tuple[str, Any]]:
    topic = ""
    async for line in response.aiter_lines():
        if line.startswith("event: "):
            topic = line[7:]
        elif line.startswith("data: "):
            yield topic, json.loads(line[6:])


async def proposals_told(told: AsyncIterator[tuple[str, Any]]) -> list[dict[str, Any]]:
    """What is proposed, as it is told next."""
    async for topic, data in told:
        if topic == "proposals":
            found: list[dict[str, Any]] = data["proposals"]
            return found
    raise AssertionError("the stream ended")


async def test_whoever_has_the_notebook_open_is_told(face: Face) -> None:
    path = put(face, "a.ipynb", LONG)
    async with events(face, "a.ipynb") as told:
        assert await proposals_told(told) == []
        proposal = await propose(face, "a.ipynb", edit("c0", LONG, LONGER))
        assert await proposals_told(told) == [proposal]
        notebook = nbformat.read(path, as_version=4)
        notebook.cells[0].source = LONG.replace("total = 4", "total = 5")
        nbformat.write(notebook, path)
        (seen,) = await proposals_told(told)
        assert seen["changes"][0]["state"] == "stale"
        await call(face, "POST", f"{PROPOSALS}/{proposal['id']}/refuse", json={"path": "a.ipynb"})
        assert await proposals_told(told) == []


class Readers(Authorizer):
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
        jp_server_config["ServerApp"]["authorizer_class"] = Readers
        return jp_server_config

    async def test_who_may_not_write_may_look_and_not_decide(self, face: Face) -> None:
        path = put(face, "a.ipynb", LONG)
        body = {"path": "a.ipynb", "changes": [edit("c0", LONG, LONGER)]}
        await call(face, "POST", PROPOSALS, 403, json=body)
        made = await call(face, "POST", PROPOSALS, token=face.kernel_token, json=body)
        assert (await call(face, "GET", PROPOSALS, params={"path": "a.ipynb"}))["proposals"] == [made]
        for word in ("accept", "refuse"):
            refused = await call(face, "POST", f"{PROPOSALS}/{made['id']}/{word}", 403, json={"path": "a.ipynb"})
            assert refused["error"]["code"] == "forbidden"
        assert sources(path) == [LONG]


class TestStrangers:
    @pytest.fixture
    def jp_server_config(self, jp_server_config: Config) -> Config:
        jp_server_config["ServerApp"]["authorizer_class"] = Strangers
        return jp_server_config

    @pytest.mark.parametrize("route", [PROPOSALS, EVENTS])
    async def test_who_may_not_read_notebooks_sees_nothing(self, face: Face, route: str) -> None:
        put(face, "a.ipynb", LONG)
        await call(face, "GET", route, 403, params={"path": "a.ipynb"})


@pytest.mark.parametrize("route", [PROPOSALS, EVENTS])
async def test_nobody_in_particular_is_let_in(face: Face, route: str) -> None:
    put(face, "a.ipynb", LONG)
    await call(face, "GET", route, 403, token="", params={"path": "a.ipynb"})
