"""Keeps notebooks as they are saved: before a save writes over what the file holds, that goes into the history.

So whatever was in a file for more than `history_minutes` can be had back, and nothing is kept twice. The server only
reads the file while it saves; everything else is done in a thread.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from jupyter_server.base.call_context import CallContext
from jupyter_server.services.contents.handlers import ContentsHandler

from ..collaboration.document.size_limit import check_size
from ..collaboration.replicas.disk_file import disk_key
from ..collaboration.saved_for import saved_for
from ..errors import LuminaError, NotebookTooLarge, NotebookUnreadable

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp

    from ..collaboration.snapshots.contributors import Contributors
    from ..collaboration.snapshots.snapshots import Snapshots
    from ..settings import Lumina

SUFFIX = ".ipynb"
KNOWN = 1000
"""Notebooks of which it is remembered when they were kept last."""

log = logging.getLogger(__name__)


class SavedMoments:
    """Looks on when a server saves notebooks.

    Args:
        server: The Jupyter server; only one whose contents are files has its saves kept.
        settings: Say how often.
        contributors: Told who saves.
    """

    def __init__(self, server: ServerApp, settings: Lumina, contributors: Contributors) -> None:
        self._server = server
        self._settings = settings
        self._snapshots: Snapshots | None = None
        self._worker: ThreadPoolExecutor | None = None
        self._looked: OrderedDict[str, float] = OrderedDict()
        self._contributors = contributors

    def install(self) -> None:
        """Begin."""
        if hasattr(self._server.contents_manager, "_get_os_path"):
            hooks: Any = self._server.contents_manager
            hooks.register_pre_save_hook(self._before_save)

    def remove(self) -> None:
        """End, and write what is left to write."""
        hooks = getattr(self._server.contents_manager, "_pre_save_hooks", [])
        with suppress(ValueError):
            hooks.remove(self._before_save)
        if self._worker is not None:
            self._worker.shutdown(wait=True)

    async def follow_rename(self, old: str, new: str) -> None:
        """Let histories follow a notebook, or all in a folder, where nothing gives notebooks ids that last."""
        contents = self._server.contents_manager
        if hasattr(contents, "_get_os_path") and "file_id_manager" not in self._server.web_app.settings:
            await asyncio.to_thread(self._rename, Path(contents._get_os_path(old)), Path(contents._get_os_path(new)))

    def _rename(self, old: Path, new: Path) -> None:
        notebooks = [new] if new.suffix == SUFFIX else list(new.rglob(f"*{SUFFIX}"))
        for notebook in notebooks:
            before = old / notebook.relative_to(new)
            self._store.rename(disk_key(before.parent.resolve() / before.name), disk_key(notebook.resolve()))

    @property
    def _store(self) -> Snapshots:
        if self._snapshots is None:
            from ..collaboration.snapshots.snapshots import Snapshots

            self._snapshots = Snapshots(self._settings, self._contributors)
        return self._snapshots

    def _before_save(self, *, model: dict[str, Any], path: str, contents_manager: Any, **_others: Any) -> None:
        """What the contents manager calls, and waits for."""
        if not path.endswith(SUFFIX) or model.get("type") != "notebook":
            return
        try:
            file = Path(contents_manager._get_os_path(path.strip("/"))).resolve()
            changed = file.stat().st_mtime
        except OSError:
            return  # it is saved for the first time, or the save itself will say what is wrong
        key = self._key(path)
        last = self._looked.get(path)
        if last is None or time.monotonic() - last >= 60 * self._settings.history_minutes:
            _remember(self._looked, path, time.monotonic())
            self._keep_soon(key, file, path, changed)
        self._contributors.saved(key or disk_key(file), _savers(path))

    def _keep_soon(self, key: str, file: Path, path: str, changed: float) -> None:
        """Read what is saved over, and keep it in a thread."""
        try:
            check_size(file.stat().st_size, self._settings.notebook_mb)
            data = file.read_bytes()
        except OSError:
            return
        except NotebookTooLarge as error:
            log.warning("what %s held before it was saved is not kept: %s", path, error)
            return
        savers = self._contributors.take_saved(key or disk_key(file))
        if self._worker is None:
            self._worker = ThreadPoolExecutor(1, thread_name_prefix="lumina-history")
        with suppress(RuntimeError):  # the server is ending
            gone = self._gone(key, file)
            self._worker.submit(partial(self._keep, key, gone, file, data, savers, path, changed))

    def _key(self, path: str) -> str:
        """What the server's file ids call the notebook; empty without them."""
        ids = self._server.web_app.settings.get("file_id_manager")
        try:
            name = path.strip("/")
            return "" if ids is None else str(ids.get_id(name) or ids.index(name) or "")
        except Exception as error:  # noqa: BLE001 (ids are kept by another extension, and a save must not fail by it)
            log.debug("a notebook's id cannot be found out: %s", error)
            return ""

    def _gone(self, key: str, file: Path) -> str:
        """What the file ids called a notebook that was there before and is gone; empty when there was none."""
        if not key:
            return ""
        try:
            found = self._store.kept_as(disk_key(file))
            path = None if found is None else self._server.web_app.settings["file_id_manager"].get_path(found[0])
        except Exception as error:  # noqa: BLE001 (as with a notebook's id)
            log.debug("what was there before cannot be found out: %s", error)
            return ""
        if found is None or found[0] == key or (path is not None and Path(self._place(path)).exists()):
            return ""
        return found[0] if str(file).endswith(found[1].path) else ""

    def _place(self, path: str) -> str:
        contents: Any = self._server.contents_manager
        return str(contents._get_os_path(str(path).strip("/")))

    def _keep(self, key: str, gone: str, file: Path, data: bytes, by: str, path: str, changed: float) -> None:
        from ..collaboration.document.repair import understood

        other = disk_key(file)
        try:
            if gone:
                self._store.rename(gone, key)
            if key:
                self._store.link(key, other)
            if self._store.saved(key or other, partial(understood, data, path), by=by, path=path, at=changed) is None:
                self._contributors.give_back(key or other, by)
        except NotebookUnreadable:
            log.debug("a file is about to be saved over that is no notebook path=%s", path)
        except LuminaError as error:
            log.warning("%s could not be kept in its history as it was saved: %s", path, error)


def _savers(path: str) -> tuple[str, ...]:
    """Who saves: whose edits are saved where that is known, else the person whose own request it is."""
    names = saved_for()
    if names:
        return names
    handler = CallContext.get(CallContext.JUPYTER_HANDLER)
    if not isinstance(handler, ContentsHandler) or not unquote(handler.request.path).endswith(path.strip("/")):
        return ()
    user = handler.current_user
    name = str(getattr(user, "display_name", "") or getattr(user, "username", ""))
    return (name,) if name else ()


def _remember(known: OrderedDict[str, Any], path: str, value: Any) -> None:
    known[path] = value
    known.move_to_end(path)
    while len(known) > KNOWN:
        known.popitem(last=False)
