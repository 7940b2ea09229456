"""A notebook's file as the server's contents manager keeps it: with its hooks, checkpoints and trust, wherever it is."""

from __future__ import annotations

import asyncio
import copy
import logging
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from hashlib import sha256
from pathlib import Path
from typing import Any

from jupyter_core.utils import ensure_async
from tornado.web import HTTPError

from ..collaboration import ChangedOnDisk, FileState
from ..collaboration.document.repair import repaired, understood
from ..collaboration.document.size_limit import check_size
from ..collaboration.document.storable import same
from ..collaboration.replicas.disk_file import Stamp, disk_key, file_status, has_changed, read_changed
from ..collaboration.replicas.renames import in_place
from ..collaboration.replicas.turn_taking import turn
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
        largest_mb: MB that it may have to be read, at most; 0: no limit.
    """

    def __init__(self, contents: Any, path: str, file_ids: Any, largest_mb: float = 0.0) -> None:
        self._contents = contents
        self._largest_mb = largest_mb
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

    @property
    def other_key(self) -> str:
        """See `NotebookFile`."""
        return ""

    async def read(self, known: object | None) -> FileState | None:
        """See `NotebookFile`."""
        if known is not None or self._largest_mb:
            model = await self._model(content=False)
            if known is not None and known == model["last_modified"]:
                return None
            check_size(model.get("size"), self._largest_mb)
        model = await self._model(content=True)
        content = await asyncio.to_thread(repaired, model["content"], self.path)
        return FileState(content, model["last_modified"])

    async def write(self, content: dict[str, Any], known: object | None) -> object | None:
        """See `NotebookFile`."""
        async with in_place(self._contents):
            if known is None or known != (await self._model(content=False))["last_modified"]:
                raise ChangedOnDisk
            saved: object = (await self._saved(content))["last_modified"]
        return saved

    def turn(self) -> AbstractAsyncContextManager[None]:
        """See `NotebookFile`; only the manager could keep others from writing."""
        return nullcontext()

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
        # Hooks may change what is saved.
        own = await asyncio.to_thread(copy.deepcopy, content)
        model = {"type": "notebook", "format": "json", "content": own}
        return await self._asked("save", model, self.path)

    async def _asked(self, name: str, *args: Any, **options: Any) -> Mapping[str, Any]:
        """What the manager answers.

        One that blocks does so here, as it does whenever the server itself asks it: its store of signatures, its hooks
        and its listeners belong to the event loop's thread.
        """
        try:
            found: Mapping[str, Any] = await ensure_async(getattr(self._contents, name)(*args, **options))
        except (HTTPError, OSError) as error:
            raise error_of(error, self.path) from error
        return found


class FolderFile(ContentsFile):
    """A notebook of a contents manager that keeps files in folders of this machine.

    It is read here and not by the manager, which would validate it in the event loop.
    """

    async def read(self, known: object | None) -> FileState | None:
        """See `NotebookFile`."""
        path, place = self._where()
        stamp = known if isinstance(known, Stamp) else None
        # Made here and not in a thread: its store of signatures belongs to the event loop's.
        notary = self._contents.notary
        found = await asyncio.to_thread(_read, path, place, stamp, notary, self._largest_mb)
        if found is None:
            return None
        state, signature = found
        if signature and _is_known(notary, signature):
            for cell in state.content["cells"]:
                if cell["cell_type"] == "code":
                    cell["metadata"] = {**cell["metadata"], TRUSTED: True}
        return state

    async def write(self, content: dict[str, Any], known: object | None) -> object | None:
        """See `NotebookFile`. The state is known only if the file holds what was written, and nothing after it."""
        async with in_place(self._contents):
            path, place = self._where()
            if not isinstance(known, Stamp) or await asyncio.to_thread(has_changed, place, known, path):
                raise ChangedOnDisk
            await self._saved(content)
            return await asyncio.to_thread(_stamp_of, path, place, content)

    def turn(self) -> AbstractAsyncContextManager[None]:
        """See `NotebookFile`."""
        return turn(self._where()[1].parent)

    @property
    def key(self) -> str:
        """See `NotebookFile`. Without an id it is what a process without a server calls it, too."""
        return str(self._id) if self._id is not None else disk_key(self._where()[1].resolve())

    @property
    def other_key(self) -> str:
        """See `NotebookFile`."""
        return "" if self._id is None else disk_key(self._where()[1].resolve())

    def _where(self) -> tuple[str, Path]:
        """The path, and the file on disk; not in a thread, for the file ids belong to the event loop's."""
        path = self.path
        return path, Path(self._contents._get_os_path(path.strip("/")))


def contents_file(contents: Any, path: str, file_ids: Any, largest_mb: float = 0.0) -> ContentsFile:
    """A notebook of the server's."""
    cls = FolderFile if hasattr(contents, "_get_os_path") else ContentsFile
    return cls(contents, path, file_ids, largest_mb)


def _read(path: str, place: Path, known: Stamp | None, notary: Any, largest_mb: float) -> tuple[FileState, str] | None:
    """What the file holds, and its signature; None while it is in the state `known`."""
    status = file_status(place, path)
    if known is None or not known.fits(status):
        # One that grew by what is written here is gone on with.
        check_size(status.st_size, largest_mb)
    found = read_changed(place, known, path)
    if found is None:
        return None
    data, stamp = found
    return FileState(understood(data, path), stamp), _signature(notary, data)


def _signature(notary: Any, data: bytes) -> str:
    """By which the manager knows a notebook whose outputs are trusted; empty where there is none."""
    import nbformat

    try:
        return str(notary.compute_signature(nbformat.v4.reads_json(data.decode("utf-8-sig"))))
    except Exception as error:  # noqa: BLE001 (what cannot be signed is not trusted, and can still be edited)
        log.debug("the signature of a notebook cannot be made: %s", error)
        return ""


def _is_known(notary: Any, signature: str) -> bool:
    try:
        return bool(notary.store.check_signature(signature, notary.algorithm))
    except Exception as error:  # noqa: BLE001 (a broken store must not keep anybody from the notebook)
        log.debug("the signature of a notebook cannot be looked up: %s", error)
        return False


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


def error_of(error: HTTPError | OSError, path: str) -> LuminaError:
    """What is told of a contents manager's refusal."""
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
