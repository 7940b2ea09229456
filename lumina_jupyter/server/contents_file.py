"""A notebook's file as the server's contents manager keeps it: with its hooks, checkpoints and trust, wherever it is."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from jupyter_server.services.contents.manager import AsyncContentsManager
from tornado.web import HTTPError

from ..collaboration import ChangedOnDisk, FileState
from ..collaboration.disk_file import Stamp, disk_key, has_changed, read_changed
from ..collaboration.repair import repaired, understood
from ..collaboration.storable import same
from ..errors import Forbidden, LuminaError, NotebookUnreadable, NotFound, StorageFailed
from ..storage.folders import storage_error

TRUSTED = "trusted"

log = logging.getLogger(__name__)


class ContentsFile:
    """A notebook of a contents manager of which nothing more is known.

    Args:
        contents: The manager.
        path: Of the notebook, below the server's root.
        file_ids: The server's file id manager, where it has one.
    """

    def __init__(self, contents: Any, path: str, file_ids: Any) -> None:
        self._contents = contents
        self._first_path = path
        self._file_ids = file_ids
        self._id = None if file_ids is None else file_ids.index(path)

    @property
    def path(self) -> str:
        """See `NotebookFile`."""
        found = None if self._id is None else self._file_ids.get_path(self._id)
        return self._first_path if found is None else str(found)

    @property
    def key(self) -> str:
        """See `NotebookFile`."""
        return str(self._id) if self._id is not None else sha256(self._first_path.encode()).hexdigest()[:32]

    async def read(self, known: object | None) -> FileState | None:
        """See `NotebookFile`."""
        if known is not None and known == (await self._model(content=False))["last_modified"]:
            return None
        model = await self._model(content=True)
        content = await asyncio.to_thread(repaired, model["content"], self.path)
        return FileState(content, model["last_modified"])

    async def write(self, content: dict[str, Any], known: object | None) -> object | None:
        """See `NotebookFile`."""
        if known is None or known != (await self._model(content=False))["last_modified"]:
            raise ChangedOnDisk
        saved: object = (await self._saved(content))["last_modified"]
        return saved

    async def check(self) -> None:
        """Nothing when there is a notebook that may be shown.

        Raises:
            NotFound: when there is none.
            LuminaError: when the manager does not give it out.
        """
        await self._model(content=False)

    async def _model(self, *, content: bool) -> Mapping[str, Any]:
        options = {"type": "notebook"} if content else {}
        found = await self._asked("get", self.path, content=content, **options)
        if found.get("type") != "notebook":
            raise NotFound(f"{self.path} is no notebook.", hint="Name a notebook's file.")
        return found

    async def _saved(self, content: dict[str, Any]) -> Mapping[str, Any]:
        model = {"type": "notebook", "format": "json", "content": content}
        return await self._asked("save", model, self.path)

    async def _asked(self, name: str, *args: Any, **options: Any) -> Mapping[str, Any]:
        """What the manager answers; one that blocks does so in a thread."""
        method = getattr(self._contents, name)
        try:
            if isinstance(self._contents, AsyncContentsManager) or inspect.iscoroutinefunction(method):
                found: Mapping[str, Any] = await method(*args, **options)
                return found
            return await asyncio.to_thread(_in_own_loop, method, args, options)
        except (HTTPError, OSError) as error:
            raise _error_of(error, self.path) from error


class FolderFile(ContentsFile):
    """A notebook of a contents manager that keeps files in folders of this machine.

    It is read here and not by the manager, which would validate it in the event loop.
    """

    async def read(self, known: object | None) -> FileState | None:
        """See `NotebookFile`."""
        path, place = self._where()
        return await asyncio.to_thread(self._read, path, place, known if isinstance(known, Stamp) else None)

    async def write(self, content: dict[str, Any], known: object | None) -> object | None:
        """See `NotebookFile`. The state is known only if the file holds what was written, and nothing after it."""
        path, place = self._where()
        if not isinstance(known, Stamp) or await asyncio.to_thread(has_changed, place, known, path):
            raise ChangedOnDisk
        await self._saved(content)
        return await asyncio.to_thread(_stamp_of, path, place, content)

    @property
    def key(self) -> str:
        """See `NotebookFile`. Without an id it is what a process without a server calls it, too."""
        return str(self._id) if self._id is not None else disk_key(self._where()[1].resolve())

    def _where(self) -> tuple[str, Path]:
        """The path, and the file on disk; not in a thread, for the file ids belong to the event loop's."""
        path = self.path
        return path, Path(self._contents._get_os_path(path.strip("/")))

    def _read(self, path: str, place: Path, known: Stamp | None) -> FileState | None:
        found = read_changed(place, known, path)
        if found is None:
            return None
        data, stamp = found
        content = understood(data, path)
        self._mark_trust(content, data)
        return FileState(content, stamp)

    def _mark_trust(self, content: dict[str, Any], data: bytes) -> None:
        """Mark cells as trusted where the notebook's signature is known, as the manager does on reading."""
        notary = getattr(self._contents, "notary", None)
        if notary is None:
            return
        import nbformat

        try:
            trusted = notary.check_signature(nbformat.v4.reads_json(data.decode("utf-8-sig")))
        except Exception as error:  # noqa: BLE001 (a store of signatures that fails must not keep anybody from the notebook)
            log.debug("the signature of a notebook cannot be checked: %s", error)
            trusted = False
        for cell in content["cells"]:
            if cell["cell_type"] == "code":
                cell["metadata"] = {**cell["metadata"], TRUSTED: bool(trusted)}


def contents_file(contents: Any, path: str, file_ids: Any) -> ContentsFile:
    """A notebook of the server's."""
    cls = FolderFile if hasattr(contents, "_get_os_path") else ContentsFile
    return cls(contents, path, file_ids)


def _stamp_of(path: str, place: Path, content: dict[str, Any]) -> Stamp | None:
    try:
        found = read_changed(place, None, path)
        if found is not None and same(_without_trust(understood(found[0], path)), _without_trust(content)):
            return found[1]
    except LuminaError as error:
        log.debug("a notebook that was just written cannot be read: %s", error)
    return None


def _without_trust(content: dict[str, Any]) -> dict[str, Any]:
    return {**content, "cells": [_without_trusted(cell) for cell in content["cells"]]}


def _without_trusted(cell: dict[str, Any]) -> dict[str, Any]:
    return {**cell, "metadata": {name: value for name, value in cell["metadata"].items() if name != TRUSTED}}


def _in_own_loop(method: Any, args: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """Call a blocking manager where there is an event loop: it tells listeners by tasks, which are waited for."""

    async def called() -> Any:
        found = method(*args, **options)
        if inspect.isawaitable(found):
            found = await found
        others = asyncio.all_tasks() - {asyncio.current_task()}
        if others:
            await asyncio.wait(others)
        return found

    return asyncio.run(called())


def _error_of(error: HTTPError | OSError, path: str) -> LuminaError:
    cause = error if isinstance(error, OSError) else error.__cause__
    if isinstance(cause, OSError) and not isinstance(cause, FileNotFoundError | PermissionError):
        return storage_error(cause, f"{path} cannot be written")
    status = error.status_code if isinstance(error, HTTPError) else 0
    if status == 404 or isinstance(cause, FileNotFoundError):
        return NotFound(f"There is no notebook {path}.", hint="Check the path; it may have been moved.")
    if status in {401, 403} or isinstance(cause, PermissionError):
        return Forbidden(f"{path} may not be read or written.", hint="Check the file's permissions.")
    if status == 400:
        return NotebookUnreadable(f"{path} is no notebook that the server can read.")
    return StorageFailed(f"{path} cannot be read or written by the server.", hint="The server's log says why.")
