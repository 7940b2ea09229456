"""A real Jupyter server with live notebooks and their guard, in the test's own event loop."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from jupyter_server.auth import Authorizer
from jupyter_server.serverapp import ServerApp
from traitlets.config import Config

from lumina_jupyter.collaboration.notices import Notice
from lumina_jupyter.server.extension import LuminaExtension
from tests.integration.collaboration.live.participant import Participant, joined

NAME = "a.ipynb"
READER = "X-Test-Reader"
"""The header by which a test says that it may only read."""


class ReadersByHeader(Authorizer):
    """Lets everybody do everything, but for those who say that they are readers."""

    def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        return action == "read" or READER not in handler.request.headers


@dataclass
class Live:
    """The server as a test sees it."""

    url: str
    root: Path
    data: Path
    app: ServerApp

    @property
    def token(self) -> str:
        return str(self.app.identity_provider.token)

    @property
    def extension(self) -> LuminaExtension:
        found = self.app.extension_manager.extension_points["lumina"].app
        assert isinstance(found, LuminaExtension)
        return found

    @property
    def collaboration(self) -> Any:
        return self.app.web_app.settings["jupyter_server_ydoc"]

    @property
    def file(self) -> Path:
        return self.root / NAME

    def put(self, *cells: Mapping[str, Any], **others: Any) -> None:
        """Write the notebook's file, as another program does."""
        content = {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5, **others}
        self.file.write_text(json.dumps(content))

    def on_disk(self) -> list[str]:
        """The texts of the cells in the file; nothing while it is being written."""
        try:
            cells = json.loads(self.file.read_text())["cells"]
        except ValueError:
            return []
        return ["".join(cell["source"]) for cell in cells]

    def edit_file(self, change: Callable[[dict[str, Any]], object]) -> None:
        """Change the file as another program does: read, change, write."""
        content = json.loads(self.file.read_text())
        change(content)
        self.file.write_text(json.dumps(content))

    def room(self) -> Any:
        """The notebook's live room."""
        found = [room for room in self.collaboration.ywebsocket_server.rooms.values() if hasattr(room, "_file")]
        assert len(found) == 1, found
        return found[0]

    def notices(self, kind: str = "") -> list[Notice]:
        notices = self.extension.service.notices
        assert notices is not None
        return [notice for notice in notices.of(NAME) if kind in {"", notice.kind}]

    async def close_room(self) -> None:
        """End the room, as the server does when everybody has left."""
        await self.collaboration.ywebsocket_server.delete_room(room=self.room())
        file_id = self.app.web_app.settings["file_id_manager"].get_id(NAME)
        await self.collaboration.file_loaders.remove(file_id)

    def participant(self, **headers: str) -> Participant:
        return Participant(self.url, self.token, NAME, headers)

    @asynccontextmanager
    async def joined(self, **headers: str) -> AsyncIterator[Participant]:
        async with joined(self.url, self.token, NAME, headers=headers) as participant:
            yield participant


def code(id: str, source: str, **others: Any) -> dict[str, Any]:
    return {
        "id": id,
        "cell_type": "code",
        "source": source,
        "metadata": {},
        "outputs": [],
        "execution_count": None,
        **others,
    }


@pytest.fixture
def lumina_settings() -> dict[str, Any]:
    """Settings of Lumina for a test; override it."""
    return {}


@pytest.fixture
def jp_server_config(
    jp_server_config: Config, tmp_path: Path, lumina_settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> Config:
    monkeypatch.chdir(tmp_path)  # where upstream stores its rooms
    extensions = {"lumina_jupyter": True, "jupyter_server_ydoc": True, "jupyter_server_fileid": True}
    jp_server_config["ServerApp"]["jpserver_extensions"] = extensions
    jp_server_config["ServerApp"]["authorizer_class"] = ReadersByHeader
    jp_server_config["Lumina"].update({"data_dir": str(tmp_path / "lumina"), "ollama_url": ""})
    jp_server_config["Lumina"].update(lumina_settings)
    jp_server_config["BaseFileIdManager"]["db_path"] = str(tmp_path / "file_ids.db")
    jp_server_config["YDocExtension"].update({"file_poll_interval": 0.1, "document_save_delay": 0.3})
    return jp_server_config


@pytest.fixture
def live(
    jp_serverapp: ServerApp,
    http_server: Any,
    http_server_client: Any,
    jp_base_url: str,
    jp_root_dir: Path,
    tmp_path: Path,
) -> Live:
    return Live(f"{http_server_client.get_url(jp_base_url)}", jp_root_dir, tmp_path / "lumina", jp_serverapp)
