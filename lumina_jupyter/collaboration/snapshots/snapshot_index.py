"""Which moments of a notebook there are: a file of JSON lines for each notebook, which only grows until it is pruned."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Literal

from ...storage.folders import private_folder, storage_error, sync_folder, write_atomically

Reason = Literal["before_run", "before_reconnect", "saved", "before_restore", "recovery"]
"""Why a moment was kept: before a run of the agent, before replicas met again, as it was saved, before an earlier moment
came back, or because something was about to be lost."""
ID_LENGTH = 12
_LIST = re.compile(r"[0-9a-f]{32}\.jsonl")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A notebook at one moment. `at` is in seconds since 1970, `size` the notebook's JSON in bytes."""

    id: str
    at: float
    reason: Reason
    cells: int
    size: int
    tree: str
    """What the notebook was: equal for equal notebooks."""
    by: str = ""
    """Who brought it about: a person's or an agent's name; empty when unknown."""
    run: str = ""
    """The run that it was kept before."""
    path: str = ""
    """What the notebook was called then."""
    changed_by: str = ""
    """Whose edits it has beyond the moment before; empty when unknown."""


class SnapshotIndex:
    """The moments of every notebook, by its key.

    One process may write at a time; its callers see to that. Reading needs no lock.

    Args:
        folder: Made when something is written.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, key: str) -> list[Snapshot]:
        """A notebook's moments in the order in which they were kept; lines that a crash cut off are passed over.

        Raises:
            StorageFailed: when the file cannot be read.
        """
        return self._read(self._path(key))

    def append(self, key: str, snapshot: Snapshot) -> None:
        """Add a moment, durably; after a failure the file is as it was.

        Raises:
            DiskFull: when there is no room.
            StorageFailed: when it cannot be written for another reason.
        """
        private_folder(self._folder)
        path = self._path(key)
        line = _line(key, snapshot)
        try:
            handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                _append_whole(handle, line)
            finally:
                os.close(handle)
            sync_folder(self._folder)
        except OSError as error:
            raise storage_error(error, f"{path} cannot be written") from error

    def link(self, key: str, other: str) -> None:
        """From now on `other` names the same notebook as `key`; what it had of its own is put to the rest.

        Raises:
            StorageFailed: when it cannot be written.
        """
        link = self._file(other).with_suffix(".link")
        target = self._file(key)
        if key == other or _read_link(link) == target.name:
            return
        private_folder(self._folder)
        self.rename(other, key)
        write_atomically(link, target.name.encode())

    def rename(self, old: str, new: str) -> None:
        """Put what was kept under one key to what was kept under another; the old one is free then.

        Raises:
            StorageFailed: when it cannot be written.
        """
        own, target = self._file(old), self._file(new)
        own.with_suffix(".link").unlink(missing_ok=True)
        target.with_suffix(".link").unlink(missing_ok=True)
        if own.exists():
            both = {each.id: each for each in (*self._read(own), *self._read(target))}
            lines = sorted(both.values(), key=lambda each: each.at)
            write_atomically(target, b"".join(_line(new, each) for each in lines))
            own.unlink(missing_ok=True)

    def all(self) -> Iterator[tuple[Path, list[Snapshot]]]:
        """The file and the moments of each notebook.

        Raises:
            StorageFailed: when one cannot be read: nobody may think then that it names nothing.
        """
        for path in sorted(self._folder.glob("*.jsonl")) if self._folder.is_dir() else []:
            yield path, self._read(path)

    def notebooks(self) -> Iterator[tuple[str, list[Snapshot]]]:
        """The key and the moments of each notebook that has some.

        Raises:
            StorageFailed: when one cannot be read.
        """
        for path, moments in self.all():
            key = _key_in(path)
            if moments and key is not None:
                yield key, moments

    def kept_as(self, key: str) -> tuple[str, Snapshot] | None:
        """The key under which a notebook's moments are, and the newest of them; None when there are none.

        Raises:
            StorageFailed: when the file cannot be read.
        """
        path = self._path(key)
        newest = max(self._read(path), key=lambda each: each.at, default=None)
        found = None if newest is None else _key_in(path)
        return None if newest is None or found is None else (found, newest)

    def are_same(self, key: str, other: str) -> bool:
        """Whether both name the same notebook."""
        return self._path(key) == self._path(other)

    def keep_only(self, path: Path, kept: set[str]) -> None:
        """Forget a file's moments but those of these ids, all at once.

        Raises:
            StorageFailed: when it cannot be written.
        """
        lines = [line for line in path.read_bytes().splitlines() if (made := _parsed(line)) and made.id in kept]
        write_atomically(path, b"".join(line + b"\n" for line in lines))

    def _path(self, key: str) -> Path:
        path = self._file(key)
        linked = _read_link(path.with_suffix(".link"))
        return self._folder / linked if linked else path

    def _file(self, key: str) -> Path:
        # A key may be any text, so it does not become a file's name.
        return self._folder / f"{sha256(key.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}.jsonl"

    def _read(self, path: Path) -> list[Snapshot]:
        try:
            lines = path.read_bytes().splitlines()
        except FileNotFoundError:
            return []
        except OSError as error:
            raise storage_error(error, f"{path} cannot be read") from error
        found = [_parsed(line) for line in lines]
        if None in found:
            log.warning("%s has lines that cannot be read; they are passed over.", path)
        return [each for each in found if each is not None]


def _line(key: str, snapshot: Snapshot) -> bytes:
    return json.dumps({"key": key, **asdict(snapshot)}, separators=(",", ":")).encode() + b"\n"


def _key_in(path: Path) -> str | None:
    """The key that a list's last whole line names."""
    try:
        lines = path.read_bytes().splitlines()
    except OSError:
        return None
    for line in reversed(lines):
        try:
            key = json.loads(line)["key"]
        except (ValueError, KeyError, TypeError):
            continue
        return key if isinstance(key, str) else None
    return None


def _read_link(path: Path) -> str:
    """The name of the list that a link leads to; empty when there is none."""
    try:
        name = path.read_text(encoding="ascii")
    except (OSError, ValueError):
        return ""
    return name if _LIST.fullmatch(name) else ""


def _append_whole(handle: int, line: bytes) -> None:
    end = os.lseek(handle, 0, os.SEEK_END)
    torn = False
    if end:
        os.lseek(handle, end - 1, os.SEEK_SET)
        torn = os.read(handle, 1) != b"\n"
    try:
        data = b"\n" + line if torn else line
        while data:
            data = data[os.write(handle, data) :]
        os.fsync(handle)
    except OSError:
        with contextlib.suppress(OSError):
            os.ftruncate(handle, end)
        raise


def _parsed(line: bytes) -> Snapshot | None:
    try:
        found = json.loads(line)
        found.pop("key", None)
        return Snapshot(**found)
    except (ValueError, TypeError, AttributeError):
        return None
