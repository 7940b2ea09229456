"""Where notebooks are to be had: the rooms where they are open, and their files. Each face hands in its own."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from ...errors import Forbidden, NotFound, StorageFailed
from ...storage.folders import storage_error, write_atomically
from .disk_file import DiskFile, file_status, serialized
from .notebook_file import NotebookFile

if TYPE_CHECKING:
    from .replica import Replica

SUFFIX = ".ipynb"


class Places(Protocol):
    """The notebooks of a server, or of this machine."""

    async def file(self, path: str) -> NotebookFile:
        """The notebook's file; it need not be open anywhere.

        Raises:
            NotFound: when there is no notebook at the path.
            Forbidden: when the path leads outside of what is shown.
        """

    async def room(self, path: str) -> Replica | None:
        """The live room in which the notebook is open; None when it is not. It never opens one."""

    async def vacant(self, path: str) -> Path | None:
        """Where the notebook's file was; None when something is there, or nothing there is shown.

        Notebooks that are on no disk of this machine have no such place.

        Raises:
            NotFound: when the path cannot be a notebook's.
            Forbidden: when it leads outside of what is shown.
        """

    async def knows(self, key: str) -> bool:
        """Whether there is a notebook of that key, wherever it is now; false where keys are made of places."""

    async def make(self, path: str, content: dict[str, Any]) -> None:
        """Write a notebook where there is none, with the folders that it needs.

        Raises:
            StorageFailed: when it cannot be written, or something is there by now.
            LuminaError: as `vacant`.
        """


class DiskPlaces:
    """The notebooks of this machine, for a process without a server.

    Args:
        root: The folder that paths are relative to and may not leave; None: the working folder, and any path goes.
        largest_mb: MB of a notebook's file that is read, at most; 0: no limit.
    """

    def __init__(self, root: Path | None = None, largest_mb: float = 0.0) -> None:
        self._root = root
        self._largest_mb = largest_mb

    async def file(self, path: str) -> NotebookFile:
        """See `Places`."""
        place = self._resolved(path)
        file_status(place, path)
        return DiskFile(place, path, self._largest_mb)

    async def room(self, path: str) -> Replica | None:
        """See `Places`; nobody else has it open, as far as this process knows."""
        return None

    async def vacant(self, path: str) -> Path | None:
        """See `Places`."""
        place = self._resolved(path)
        return None if await asyncio.to_thread(os.path.lexists, place) else place

    async def knows(self, key: str) -> bool:
        """See `Places`."""
        return False

    async def make(self, path: str, content: dict[str, Any]) -> None:
        """See `Places`."""
        await asyncio.to_thread(_made, self._resolved(path), path, content)

    def _resolved(self, path: str) -> Path:
        check_name(path)
        place = ((self._root or Path.cwd()) / path).resolve()
        if self._root is not None and not place.is_relative_to(self._root.resolve()):
            raise Forbidden(f"{path} is outside of the folder of the notebooks.", hint="Name a notebook inside of it.")
        return place


def check_name(path: str) -> None:
    """Nothing when the path can be a notebook's.

    Raises:
        NotFound: when it cannot.
    """
    if not path.endswith(SUFFIX) or "\0" in path:
        raise NotFound(f"{path!r} is no notebook.", hint=f"A notebook's name ends in {SUFFIX}.")


def taken(path: str) -> StorageFailed:
    """The error of a notebook that is made where there is something by now."""
    return StorageFailed(f"There is something at {path} by now.", hint="Look at it, then try again.")


def _made(place: Path, path: str, content: dict[str, Any]) -> None:
    def check() -> None:
        if os.path.lexists(place):
            raise taken(path)

    try:
        place.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise storage_error(error, f"{path} cannot be written") from error
    check()
    write_atomically(place, serialized(content), mode=0o644, before_replacing=check)
