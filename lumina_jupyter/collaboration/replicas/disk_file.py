"""A notebook's file on this machine's disk, without a server in between."""

from __future__ import annotations

import asyncio
import os
import stat
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from ...errors import Forbidden, LuminaError, NotFound, StorageFailed
from ...storage.folders import storage_error, write_atomically
from ..document.repair import understood
from ..document.size_limit import check_memory, check_size
from .notebook_file import ChangedOnDisk, FileState
from .turn_taking import turn

LIMIT = "file_notebook_mb"
"""The setting that says how large a notebook may be without a server."""
SETTLED = 2.0
"""Seconds after which a file's time of change tells of every change: clocks of file systems are coarse."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """The state of a file on disk."""

    inode: int
    size: int
    changed_ns: int
    digest: bytes
    settled: bool
    """Whether the time of change was long enough ago when it was read."""

    def fits(self, found: os.stat_result) -> bool:
        """Whether the file looks the same."""
        return (found.st_ino, found.st_size, found.st_mtime_ns) == (self.inode, self.size, self.changed_ns)


def disk_key(place: Path) -> str:
    """What names a notebook on this machine's disk where nothing gives it an id."""
    return sha256(str(place).encode("utf-8", "surrogateescape")).hexdigest()[:32]


class DiskFile:
    """A notebook at a path of this machine.

    Args:
        place: The file, absolute.
        path: How people name it.
        largest_mb: MB that it may have to be read, at most; 0: no limit, and as much memory is taken as it needs.
    """

    def __init__(self, place: Path, path: str, largest_mb: float = 0.0) -> None:
        self._place = place
        self._largest_mb = largest_mb
        self.path = path
        self.key = disk_key(place)
        self.other_key = ""

    async def read(self, known: object | None) -> FileState | None:
        """See `NotebookFile`."""
        return await asyncio.to_thread(self._read, known if isinstance(known, Stamp) else None)

    async def write(self, content: dict[str, Any], known: object | None) -> object | None:
        """See `NotebookFile`; the file's permissions stay, and a link keeps leading to it."""
        return await asyncio.to_thread(self._write, content, known if isinstance(known, Stamp) else None)

    def turn(self) -> AbstractAsyncContextManager[None]:
        """See `NotebookFile`."""
        return turn(self._place.parent)

    def _read(self, known: Stamp | None) -> FileState | None:
        self._check(known)
        found = read_changed(self._place, known, self.path)
        if found is None:
            return None
        data, stamp = found
        return FileState(understood(data, self.path), stamp)

    def _check(self, known: Stamp | None) -> None:
        status = file_status(self._place, self.path)
        # One that grew by what is written here is gone on with.
        if self._largest_mb and (known is None or not known.fits(status)):
            check_size(status.st_size, self._largest_mb, LIMIT, self.path)
            check_memory(status.st_size, LIMIT, self.path)

    def _write(self, content: dict[str, Any], known: Stamp | None) -> Stamp:
        data = serialized(content)
        target = self._place.resolve()
        found = file_status(target, self.path)
        if not found.st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH):
            raise StorageFailed(f"{self.path} may not be written.", hint="Make the file writable; nothing is lost.")
        write_atomically(
            target, data, mode=stat.S_IMODE(found.st_mode), before_replacing=self._unchanged_since(target, known)
        )
        after = file_status(target, self.path)
        digest = sha256(data).digest()
        return Stamp(after.st_ino, len(data), after.st_mtime_ns, digest, settled=False)

    def _unchanged_since(self, target: Path, known: Stamp | None) -> Callable[[], None]:
        def check() -> None:
            if known is None or has_changed(target, known, self.path):
                raise ChangedOnDisk

        return check


def serialized(content: dict[str, Any]) -> bytes:
    """The bytes of a notebook's file, as Jupyter writes them."""
    import nbformat

    notebook = nbformat.from_dict(content)
    text: str = nbformat.versions[content["nbformat"]].nbjson.writes(notebook)
    return (text if text.endswith("\n") else f"{text}\n").encode()


def file_status(place: Path, name: str) -> os.stat_result:
    """The file's status.

    Raises:
        NotFound: when there is none, or it is no file.
        LuminaError: when it cannot be looked at.
    """
    try:
        found = place.stat()
    except (FileNotFoundError, NotADirectoryError):
        raise NotFound(f"There is no notebook {name}.", hint="Check the path; it may have been moved.") from None
    except (OSError, ValueError) as error:
        raise _read_error(error, name) from None
    if not stat.S_ISREG(found.st_mode):
        raise NotFound(f"{name} is not a file.", hint="Name a notebook's file.")
    return found


def read_changed(place: Path, known: Stamp | None, name: str) -> tuple[bytes, Stamp] | None:
    """A file's bytes and its state; None while it is in the state `known`.

    Raises:
        NotFound: when there is none.
        LuminaError: when it cannot be read.
    """
    found = file_status(place, name)
    if known is not None and known.settled and known.fits(found):
        return None
    began = time.time_ns()
    try:
        with place.open("rb") as file:
            data = file.read()
            found = os.fstat(file.fileno())
    except OSError as error:
        raise _read_error(error, name) from None
    digest = sha256(data).digest()
    if known is not None and digest == known.digest and known.fits(found):
        return None
    settled = began - found.st_mtime_ns > SETTLED * 1e9
    return data, Stamp(found.st_ino, found.st_size, found.st_mtime_ns, digest, settled)


def has_changed(place: Path, known: Stamp, name: str) -> bool:
    """Whether a file is in another state than `known`."""
    return read_changed(place, known, name) is not None


def _read_error(error: OSError | ValueError, name: str) -> LuminaError:
    if isinstance(error, PermissionError):
        return Forbidden(f"{name} may not be read.", hint="Check the file's permissions.")
    if isinstance(error, OSError):
        return storage_error(error, f"{name} cannot be read")
    return NotFound(f"There is no notebook {name!r}.", hint="Check the path.")
