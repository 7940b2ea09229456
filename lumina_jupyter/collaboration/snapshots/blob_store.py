"""Blobs named by what they hold: stored once, checked whenever they are read."""

from __future__ import annotations

import contextlib
import os
import tempfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path

from ...errors import SnapshotDamaged
from ...storage.folders import private_folder, storage_error, sync_folder

LEVEL = 6
"""zlib's level: its default."""
_TEMPORARY = ".new-"
_NAME_LENGTH = 64


def name_of(data: bytes) -> str:
    """The name under which these bytes are stored."""
    return sha256(data).hexdigest()


class BlobStore:
    """A folder of compressed files for their owner's eyes alone; each one is whole, or not there.

    One process may write or delete at a time; its callers see to that. Reading needs no lock.

    Args:
        folder: Made when something is written.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._whole: set[str] = set()

    def write(self, blobs: Mapping[str, bytes]) -> int:
        """Store blobs by their names, durably, all of them or none.

        One that is there already is left as it is, unless it turns out to be damaged.

        Returns:
            The bytes that this takes on the disk.

        Raises:
            DiskFull: when there is no room.
            StorageFailed: when they cannot be written for another reason.
        """
        written: dict[str, Path] = {}
        folders = set()
        size = 0
        private_folder(self._folder)
        try:
            for name, data in blobs.items():
                if self._is_whole(name):
                    continue
                folder = private_folder(self._path(name).parent)
                folders.add(folder)
                packed = zlib.compress(data, LEVEL)
                written[name] = _write_temporary(folder, packed)
                size += len(packed)
            for name, temporary in written.items():
                temporary.replace(self._path(name))
                self._whole.add(name)
            for folder in folders:
                sync_folder(folder)
        except OSError as error:
            for temporary in written.values():
                with contextlib.suppress(OSError):
                    temporary.unlink(missing_ok=True)
            raise storage_error(error, f"A notebook's history cannot be written to {self._folder}") from error
        return size

    def read(self, name: str) -> bytes:
        """What a blob holds.

        Raises:
            SnapshotDamaged: when it is gone, cannot be read, or does not hold what its name says.
        """
        try:
            data = zlib.decompress(self._path(name).read_bytes())
        except (OSError, zlib.error) as error:
            self._whole.discard(name)
            raise SnapshotDamaged(f"A part of this moment cannot be read ({error}).") from error
        if name_of(data) != name:
            self._whole.discard(name)
            raise SnapshotDamaged("A part of this moment is not what was stored.")
        self._whole.add(name)
        return data

    def sizes(self) -> dict[str, int]:
        """The bytes that each blob takes on the disk."""
        found = {}
        for path in self._files():
            if len(path.name) == _NAME_LENGTH:
                with contextlib.suppress(OSError):
                    found[path.name] = path.stat().st_size
        return found

    def delete(self, names: Iterable[str]) -> None:
        """Delete blobs; what cannot be deleted now is left for the next time."""
        for name in names:
            self._whole.discard(name)
            with contextlib.suppress(OSError):
                self._path(name).unlink(missing_ok=True)

    def sweep(self) -> None:
        """Delete what writers that were killed left behind; nobody may be writing meanwhile."""
        for path in self._files():
            if path.name.startswith(_TEMPORARY):
                with contextlib.suppress(OSError):
                    path.unlink(missing_ok=True)

    def _is_whole(self, name: str) -> bool:
        """Whether a blob is there and sound; its content is looked at once in a process."""
        if name in self._whole:
            return self._path(name).exists()
        try:
            self.read(name)
        except SnapshotDamaged:
            return False
        return True

    def _path(self, name: str) -> Path:
        return self._folder / name[:2] / name

    def _files(self) -> Iterator[Path]:
        return self._folder.glob("??/*") if self._folder.is_dir() else iter(())


def _write_temporary(folder: Path, data: bytes) -> Path:
    handle, name = tempfile.mkstemp(dir=folder, prefix=_TEMPORARY)  # mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
    return Path(name)
