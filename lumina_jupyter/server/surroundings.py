"""What a Jupyter server knows of the surroundings of a question: live rooms, notebooks on disk, folders."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_core.utils import ensure_async
from tornado.web import HTTPError

from ..errors import NotebookTooLarge
from .notebooks import Notebooks

if TYPE_CHECKING:
    from ..context import NotebookView

log = logging.getLogger(__name__)


class ServerNotebooks:
    """Notebooks of a server: from the room where they are edited, unsaved edits and all, else from the file.

    Args:
        contents: The server's contents manager.
        web_settings: The web application's settings, where the collaboration extension keeps itself.
        largest_mb: MB of a notebook's file that is read, at most; 0: no limit.
    """

    def __init__(self, contents: Any, web_settings: Mapping[str, Any], largest_mb: float = 0.0) -> None:
        self._contents = contents
        self._web_settings = web_settings
        self._largest_mb = largest_mb

    async def view(self, path: str) -> NotebookView | None:
        """The notebook at a path; None when there is none. Never makes a room, and never writes."""
        if not path.endswith(".ipynb"):
            return None
        found = await self._in_room(path) or await self._on_disk(path)
        if found is None:
            return None
        from ..context.notebook_view import view_of

        return await asyncio.to_thread(view_of, found, path)

    async def _in_room(self, path: str) -> dict[str, Any] | None:
        collaboration = self._web_settings.get("jupyter_server_ydoc")
        ids = self._web_settings.get("file_id_manager")
        if collaboration is None or ids is None:
            return None
        from ..collaboration.ydoc_server.open_rooms import shared_state

        state = await shared_state(collaboration, ids, path)
        # Making Python of a large notebook takes long: a copy of it can be read in a thread.
        return None if state is None else await asyncio.to_thread(_read_copy, state)

    async def _on_disk(self, path: str) -> dict[str, Any] | None:
        from ..collaboration.document.size_limit import check_size

        place = getattr(self._contents, "_get_os_path", None)
        try:
            about = await ensure_async(self._contents.get(path, content=False))
            check_size(about.get("size"), self._largest_mb)
            if place is not None:
                # The manager itself would validate all of it, in the event loop.
                return await asyncio.to_thread(_read_file, Path(place(path)))
            model = await ensure_async(self._contents.get(path, content=True, type="notebook"))
        except (HTTPError, OSError, ValueError, NotebookTooLarge) as error:
            log.debug("the notebook of a question cannot be read: %s", error)
            return None
        content = model.get("content")
        return dict(content) if isinstance(content, Mapping) else None


class ServerFolders:
    """The folders of a server: that of the notebook, then the root."""

    def __init__(self, contents: Any, notebooks: Notebooks) -> None:
        self._contents = contents
        self._notebooks = notebooks

    async def roots(self, notebook: str, kernel_id: str) -> tuple[Path, ...]:
        """The folder of a notebook and the server's root; nothing where contents are not files."""
        top = getattr(self._contents, "root_dir", "")
        if not top or not hasattr(self._contents, "_get_os_path"):
            return ()
        path = await self._notebooks.of_kernel(kernel_id, notebook)
        root = Path(top)
        folder = root.joinpath(*[part for part in Path(path).parent.parts if part not in {"..", "/"}])
        return (folder, root) if folder != root else (root,)


def _read_copy(update: bytes) -> dict[str, Any] | None:
    from jupyter_ydoc import YNotebook
    from pycrdt import Doc

    copy: Doc[Any] = Doc()
    copy.apply_update(update)
    found: dict[str, Any] = YNotebook(copy).get()
    return found if found.get("cells") else None


def _read_file(path: Path) -> dict[str, Any] | None:
    found = json.loads(path.read_bytes())
    return found if isinstance(found, dict) else None
