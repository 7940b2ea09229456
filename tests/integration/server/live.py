"""Notebooks on a real server, in a live room or only in their file, and runs of their cells."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import nbformat

from .conftest import Face

NAME = "a b.ipynb"


@dataclass
class Notebook:
    """One notebook of a server, as tests make and see it."""

    face: Face
    way: str
    """`room` or `file`."""
    name: str = NAME

    @property
    def file(self) -> Path:
        return Path(self.face.app.root_dir) / self.name

    @property
    def room_id(self) -> str:
        ids = self.face.app.web_app.settings["file_id_manager"]
        return f"json:notebook:{ids.index(self.name)}"

    async def make(self, *cells: str | dict[str, Any], **metadata: Any) -> list[str]:
        """Write it, of code cells, and open its room if there is to be one; the cells' ids."""
        made = [
            nbformat.v4.new_code_cell(cell) if isinstance(cell, str) else nbformat.from_dict(cell) for cell in cells
        ]
        nbformat.write(nbformat.v4.new_notebook(cells=made, metadata=metadata), self.file)
        if self.way == "room":
            await self.open_room()
        return [cell.id for cell in made]

    async def open_room(self) -> Any:
        """Have a live room of it; the shared document."""
        extension = self.face.app.web_app.settings["jupyter_server_ydoc"]
        return await extension.get_document(room_id=self.room_id, copy=False, create=True)

    async def room(self) -> Any:
        """Its room."""
        rooms = self.face.app.web_app.settings["jupyter_server_ydoc"].ywebsocket_server
        return await rooms.get_room(self.room_id)

    async def close_room(self) -> None:
        """End the room, as the server does when nobody is in it any more."""
        rooms = self.face.app.web_app.settings["jupyter_server_ydoc"].ywebsocket_server
        await rooms.delete_room(room=await self.room())

    async def content(self) -> dict[str, Any]:
        """What the route says of it."""
        async with self.face.client() as http:
            answer = await http.get("lumina/api/notebooks/content", params={"path": self.name})
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def cell(self, cell_id: str) -> dict[str, Any]:
        return next(cell for cell in (await self.content())["cells"] if cell["id"] == cell_id)

    def on_disk(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.file.read_text())
        return found


def outputs_on_disk(notebook: Notebook, index: int = 0) -> list[dict[str, Any]]:
    """The outputs of a cell in the file, texts joined."""
    found = notebook.on_disk()["cells"][index]["outputs"]
    return [{**each, "text": "".join(each["text"])} if "text" in each else each for each in found]


async def run(face: Face, path: str = NAME, **body: Any) -> list[dict[str, Any]]:
    """All events of a run."""
    return [event async for event in watch(face, path, **body)]


async def watch(face: Face, path: str = NAME, **body: Any) -> AsyncGenerator[dict[str, Any], None]:
    """The events of a run as they come."""
    async with (
        face.client() as http,
        http.stream("POST", "lumina/api/notebooks/run", json={"path": path, **body}, timeout=120) as answer,
    ):
        assert answer.status_code == 200, await answer.aread()
        async for event in events(answer):
            yield event


async def events(answer: httpx.Response) -> AsyncGenerator[dict[str, Any], None]:
    async for line in answer.aiter_lines():
        if line.startswith("data:"):
            yield json.loads(line[5:])


def text_of(cell: dict[str, Any], name: str = "stdout") -> str:
    return "".join(each["text"] for each in cell["outputs"] if each.get("name") == name)
