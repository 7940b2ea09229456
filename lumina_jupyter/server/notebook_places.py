"""Where a Jupyter server's notebooks are to be had for those who edit them: live rooms and the contents manager."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jupyter_core.utils import ensure_async
from tornado.web import HTTPError

from ..collaboration import NotebookFile, Replica
from ..collaboration.replicas.places import check_name, taken
from ..collaboration.replicas.room_replica import find_room
from ..errors import Forbidden
from .contents_file import contents_file, error_of


class ServerPlaces:
    """The notebooks of a server.

    Args:
        contents: The server's contents manager.
        web_settings: The web application's settings, where the collaboration extension keeps itself.
        largest_mb: MB of a notebook's file that is read, at most; 0: no limit.
    """

    def __init__(self, contents: Any, web_settings: Mapping[str, Any], largest_mb: float = 0.0) -> None:
        self._contents = contents
        self._largest_mb = largest_mb
        self._web_settings = web_settings

    async def file(self, path: str) -> NotebookFile:
        """See `Places`."""
        path = _checked(path)
        found = contents_file(self._contents, path, None, self._largest_mb)
        await found.check()
        ids = self._web_settings.get("file_id_manager")
        return found if ids is None else contents_file(self._contents, path, ids, self._largest_mb)

    async def room(self, path: str) -> Replica | None:
        """See `Places`."""
        collaboration = self._web_settings.get("jupyter_server_ydoc")
        ids = self._web_settings.get("file_id_manager")
        if collaboration is None or ids is None:
            return None
        return await find_room(collaboration, ids, path)

    async def vacant(self, path: str) -> Path | None:
        """See `Places`."""
        path = _checked(path)
        place = getattr(self._contents, "_get_os_path", None)
        if place is None:
            return None
        try:
            found = Path(place(path))
        except HTTPError:
            raise _outside(path) from None
        shows_hidden = bool(self._contents.allow_hidden)
        return await asyncio.to_thread(_vacant, found, Path(self._contents.root_dir), shows_hidden)

    async def knows(self, key: str) -> bool:
        """See `Places`."""
        ids = self._web_settings.get("file_id_manager")
        path = None if ids is None else ids.get_path(key)
        return path is not None and bool(await ensure_async(self._contents.file_exists(str(path))))

    async def make(self, path: str, content: dict[str, Any]) -> None:
        """See `Places`."""
        path = _checked(path)
        if await self.vacant(path) is None:
            raise taken(path)
        try:
            folders = path.split("/")[:-1]
            for depth in range(1, len(folders) + 1):
                folder = "/".join(folders[:depth])
                if not await ensure_async(self._contents.dir_exists(folder)):
                    await ensure_async(self._contents.save({"type": "directory"}, folder))
            model = {"type": "notebook", "format": "json", "content": content}
            await ensure_async(self._contents.save(model, path))
        except (HTTPError, OSError) as error:
            raise error_of(error, path) from error


def _checked(path: str) -> str:
    check_name(path)
    path = path.strip("/")
    if ".." in path.replace("\\", "/").split("/"):
        raise _outside(path)
    return path


def _outside(path: str) -> Forbidden:
    return Forbidden(f"{path} is outside of what this server shows.", hint="Name a notebook inside of it.")


def _vacant(place: Path, root: Path, shows_hidden: bool) -> Path | None:
    from jupyter_core.paths import is_hidden

    # Of what is gone only the name can be looked at, and the folders that are left.
    parts = place.relative_to(root).parts if place.is_relative_to(root) else place.parts
    left = next((each for each in place.parents if each.exists()), place)
    hidden = any(part.startswith(".") for part in parts) or is_hidden(str(left), str(root))
    return None if os.path.lexists(place) or (hidden and not shows_hidden) else place.resolve()
