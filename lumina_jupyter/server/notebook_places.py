"""Where a Jupyter server's notebooks are to be had for those who edit them: live rooms and the contents manager."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..collaboration import NotebookFile, Replica
from ..collaboration.replicas.places import check_name
from ..collaboration.replicas.room_replica import find_room
from ..errors import Forbidden
from .contents_file import contents_file


class ServerPlaces:
    """The notebooks of a server.

    Args:
        contents: The server's contents manager.
        web_settings: The web application's settings, where the collaboration extension keeps itself.
    """

    def __init__(self, contents: Any, web_settings: Mapping[str, Any]) -> None:
        self._contents = contents
        self._web_settings = web_settings

    async def file(self, path: str) -> NotebookFile:
        """See `Places`."""
        check_name(path)
        path = path.strip("/")
        if ".." in path.replace("\\", "/").split("/"):
            raise Forbidden(f"{path} is outside of what this server shows.", hint="Name a notebook inside of it.")
        found = contents_file(self._contents, path, None)
        await found.check()
        ids = self._web_settings.get("file_id_manager")
        return found if ids is None else contents_file(self._contents, path, ids)

    async def room(self, path: str) -> Replica | None:
        """See `Places`."""
        collaboration = self._web_settings.get("jupyter_server_ydoc")
        ids = self._web_settings.get("file_id_manager")
        if collaboration is None or ids is None:
            return None
        return await find_room(collaboration, ids, path)
