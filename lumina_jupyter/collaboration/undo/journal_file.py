"""A notebook's journal on disk: records that are only ever appended, each with its length and a checksum.

What a crash left half written at the end is cut off. Room is taken before it is needed, so that a disk that is full
refuses a write before the notebook is touched.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import struct
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...errors import StorageFailed
from ...storage.folders import private_folder, storage_error, write_atomically
from .undone import Change

if TYPE_CHECKING:
    from filelock import BaseFileLock

HEADER = b"lumina journal 1\n"
_FRAME = struct.Struct(">II")
_LENGTH = struct.Struct(">I")
RESERVE = 256 * 1024
"""Bytes that are there for the next write at least."""

BASE = "base"
PERSON = "person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One update of a notebook's document, or the state with which a history begins."""

    number: int
    at: float
    """Seconds since 1970."""
    kind: str
    """`base`, `person`, or the kind of the author."""
    update: bytes
    run: str = ""
    step: int = 0
    user: str = ""
    model: str = ""
    cells: Mapping[str, str] = field(default_factory=dict)
    """Of each cell that it concerns what became of it: `inserted`, `deleted`, `moved` or `changed`; `""` stands for
    the notebook's own metadata."""
    is_echo: bool = False
    """Whether it repeats deletes that others made."""
    change: Change | None = None
    """What an undo or redo is about."""

    @property
    def is_write(self) -> bool:
        """Whether it can be undone."""
        return self.kind not in {BASE, PERSON} and self.change is None and bool(self.run)


class JournalFile:
    """The file. Nothing here waits for an event loop: it is used in threads, by one at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: io.FileIO | None = None
        self._lock: BaseFileLock | None = None
        self._end = 0
        self._reserved = 0

    def __del__(self) -> None:
        # Whoever had the notebook open may let go of it without a word.
        self.close()

    def exists(self) -> bool:
        """Whether there is one."""
        return self._path.exists()

    @property
    def size(self) -> int:
        """Bytes of all that is recorded, while it is open."""
        return self._end

    def read(self) -> list[Entry]:
        """All that is whole.

        Raises:
            StorageFailed: when the file cannot be read or was written by a later version.
        """
        return _entries(self._content())[0]

    def open(self) -> None:
        """Make ready to append.

        Raises:
            StorageFailed: when it cannot be written, or another process writes it.
            DiskFull: when there is no room.
        """
        if self._file is not None:
            return
        from filelock import FileLock, Timeout

        private_folder(self._path.parent)
        lock = FileLock(self._path.with_suffix(".lock"), mode=0o600, thread_local=False)
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            raise StorageFailed(
                "Another process is writing the history of this notebook.",
                hint="Close the notebook there, or work through the Jupyter server that has it open.",
            ) from error
        except OSError as error:
            raise storage_error(error, f"{self._path} cannot be written") from error
        try:
            _, end = _entries(self._content())
            self._file = self._opened()
            self._file.truncate(end)
            if not end:
                _write_all(self._file, HEADER, 0)
                end = len(HEADER)
        except BaseException as error:
            self._shut()
            lock.release()
            if isinstance(error, OSError):
                raise storage_error(error, f"{self._path} cannot be written") from error
            raise
        self._lock, self._end, self._reserved = lock, end, end

    def reserve(self, room: int = RESERVE) -> None:
        """Take room for records to come.

        Raises:
            DiskFull: when there is none.
            StorageFailed: when the file cannot be written.
        """
        file = self._ready()
        missing = self._end + room - self._reserved
        if missing <= 0:
            return
        try:
            _write_all(file, bytes(missing), self._reserved)
        except OSError as error:
            raise storage_error(error, "The notebook's history cannot be kept") from error
        self._reserved = self._end + room

    def append(self, entries: Iterable[Entry]) -> None:
        """Add records, durably: all of them, or none counts.

        Raises:
            DiskFull: when there is no room.
            StorageFailed: when the file cannot be written.
        """
        file = self._ready()
        data = b"".join(map(_record, entries))
        try:
            _write_all(file, data, self._end)
        except OSError as error:
            raise storage_error(error, "The notebook's history cannot be kept") from error
        self._end += len(data)
        self._reserved = max(self._reserved, self._end)

    def replace(self, entries: Sequence[Entry]) -> None:
        """Put other records in place of all.

        Raises:
            DiskFull: when there is no room; the old ones stand.
            StorageFailed: when the file cannot be written.
        """
        self._shut()
        try:
            write_atomically(self._path, HEADER + b"".join(map(_record, entries)))
        finally:
            _, end = _entries(self._content())
            self._file, self._end, self._reserved = self._opened(), end, end

    def close(self) -> None:
        """Give back the room that was not needed."""
        if self._file is not None:
            with contextlib.suppress(OSError):  # it is cut off when the file is opened again
                self._file.truncate(self._end)
            self._shut()
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def _opened(self) -> io.FileIO:
        return io.FileIO(os.open(self._path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600), "r+")

    def _shut(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _ready(self) -> io.FileIO:
        if self._file is None:
            raise StorageFailed("The history of this notebook is closed.", hint="Open the notebook again.")
        return self._file

    def _content(self) -> bytes:
        try:
            return self._path.read_bytes()
        except FileNotFoundError:
            return b""
        except OSError as error:
            raise storage_error(error, f"{self._path} cannot be read") from error


def size_of(entry: Entry) -> int:
    """Bytes that it takes on disk."""
    return len(_record(entry))


def _write_all(file: io.FileIO, data: bytes, at: int) -> None:
    file.seek(at)
    view = memoryview(data)
    while view:
        view = view[file.write(view) :]
    os.fsync(file.fileno())


def _record(entry: Entry) -> bytes:
    about: dict[str, Any] = {"number": entry.number, "at": entry.at, "kind": entry.kind}
    for name in ("run", "step", "user", "model"):
        if value := getattr(entry, name):
            about[name] = value
    if entry.cells:
        about["cells"] = dict(entry.cells)
    if entry.is_echo:
        about["echo"] = True
    if entry.change is not None:
        about["change"] = {
            "writes": list(entry.change.writes),
            "undone": entry.change.undone,
            "cell": entry.change.cell,
        }
    head = json.dumps(about, separators=(",", ":")).encode()
    payload = _LENGTH.pack(len(head)) + head + entry.update
    return _FRAME.pack(len(payload), zlib.crc32(payload)) + payload


def _entries(data: bytes) -> tuple[list[Entry], int]:
    """The whole records, and where they end."""
    if len(data) < len(HEADER) and HEADER.startswith(data):
        return [], 0
    if not data.startswith(HEADER):
        raise StorageFailed(
            "The history of this notebook is of another version of Lumina, or is damaged.",
            hint="Move it out of the journal folder in Lumina's data folder, or update Lumina.",
        )
    found: list[Entry] = []
    at = len(HEADER)
    while at + _FRAME.size <= len(data):
        length, checksum = _FRAME.unpack_from(data, at)
        payload = data[at + _FRAME.size : at + _FRAME.size + length]
        if length < _LENGTH.size or len(payload) != length or zlib.crc32(payload) != checksum:
            break
        found.append(_entry(payload))
        at += _FRAME.size + length
    return found, at


def _entry(payload: bytes) -> Entry:
    (length,) = _LENGTH.unpack_from(payload)
    about = json.loads(payload[_LENGTH.size : _LENGTH.size + length])
    change = about.get("change")
    return Entry(
        number=about["number"],
        at=about["at"],
        kind=about["kind"],
        update=payload[_LENGTH.size + length :],
        run=about.get("run", ""),
        step=about.get("step", 0),
        user=about.get("user", ""),
        model=about.get("model", ""),
        cells=about.get("cells", {}),
        is_echo=about.get("echo", False),
        change=Change(tuple(change["writes"]), change["undone"], change["cell"]) if change else None,
    )
