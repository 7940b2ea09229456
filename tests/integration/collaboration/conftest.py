"""The three ways in which a notebook is reached: its file, the contents manager of a real server, a live room of it."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from jupyter_server.serverapp import ServerApp
from traitlets.config import Config

from lumina_jupyter.collaboration import Author, DiskPlaces, NotebookDocument, Notebooks, Places
from lumina_jupyter.server.notebook_places import ServerPlaces

NAME = "a.ipynb"
AGENT = Author(run="run1", step=1, model="lab/m")


@dataclass
class Reached:
    """A folder with a notebook in it, reached in one of these ways."""

    way: str
    root: Path
    places: Places
    app: ServerApp | None = None

    def __post_init__(self) -> None:
        self.notebooks = Notebooks(self.places)

    @property
    def in_room(self) -> bool:
        return self.way in {"room", "guarded"}

    @property
    def file(self) -> Path:
        return self.root / NAME

    def put(self, *cells: dict[str, Any], **others: Any) -> None:
        """Write the notebook's file, as another process does."""
        content = {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5, **others}
        self.file.write_text(json.dumps(content))

    def on_disk(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.file.read_text())
        return found

    def texts_on_disk(self) -> list[str]:
        return ["".join(cell["source"]) for cell in self.on_disk()["cells"]]

    async def open(self) -> NotebookDocument:
        """Open it; in a room if that is the way."""
        if self.in_room:
            await self.open_room()
        return await self.notebooks.open(NAME)

    async def open_room(self) -> Any:
        """Have a live room opened for it; the room's document."""
        assert self.app is not None
        settings = self.app.web_app.settings
        settings["file_id_manager"].index(NAME)
        return await settings["jupyter_server_ydoc"].get_document(
            path=NAME, content_type="notebook", file_format="json", copy=False, create=True
        )

    async def close_room(self) -> None:
        """End the room, as the server does when nobody is in it any more."""
        assert self.app is not None
        settings = self.app.web_app.settings
        rooms = settings["jupyter_server_ydoc"].ywebsocket_server
        name = f"json:notebook:{settings['file_id_manager'].get_id(NAME)}"
        await rooms.delete_room(room=await rooms.get_room(name))


def code(id: str, source: str, outputs: list[dict[str, Any]] | None = None, **others: Any) -> dict[str, Any]:
    cell = {"id": id, "cell_type": "code", "source": source, "metadata": {}, "outputs": outputs or []}
    return {**cell, "execution_count": 1 if outputs else None, **others}


def text(id: str, source: str, **others: Any) -> dict[str, Any]:
    return {"id": id, "cell_type": "markdown", "source": source, "metadata": {}, **others}


def stream(words: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": "stdout", "text": words}


@pytest.fixture
def jp_server_config(jp_server_config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    monkeypatch.chdir(tmp_path)  # where rooms are stored
    jp_server_config["ServerApp"]["jpserver_extensions"] |= {"jupyter_server_ydoc": True, "jupyter_server_fileid": True}
    return jp_server_config


def reach(way: str, request: pytest.FixtureRequest) -> Reached:
    if way == "file":
        root = request.getfixturevalue("tmp_path") / "notebooks"
        root.mkdir()
        return Reached(way, root, DiskPlaces(root))
    config: Config = request.getfixturevalue("jp_server_config")
    if way == "guarded":
        config["ServerApp"]["jpserver_extensions"]["lumina_jupyter"] = True
        config["Lumina"]["data_dir"] = str(request.getfixturevalue("tmp_path") / "lumina")
    if way == "blocking":
        manager = "jupyter_server.services.contents.largefilemanager.LargeFileManager"
        config["ServerApp"]["contents_manager_class"] = manager
    app: ServerApp = request.getfixturevalue("jp_serverapp")
    root = request.getfixturevalue("jp_root_dir")
    return Reached(way, root, ServerPlaces(app.contents_manager, app.web_app.settings), app)


@pytest.fixture(params=["file", "contents", "room", "guarded"])
def reached(request: pytest.FixtureRequest, jp_asyncio_loop: asyncio.AbstractEventLoop) -> Reached:
    """A notebook, reached in each way."""
    return reach(request.param, request)


@pytest.fixture(params=["file", "contents", "blocking"])
def closed(request: pytest.FixtureRequest, jp_asyncio_loop: asyncio.AbstractEventLoop) -> Reached:
    """A notebook that nobody has open."""
    return reach(request.param, request)


@pytest.fixture
def on_server(request: pytest.FixtureRequest, jp_asyncio_loop: asyncio.AbstractEventLoop) -> Reached:
    """A notebook of a real server."""
    return reach("contents", request)
