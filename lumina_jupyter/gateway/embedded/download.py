"""A model's file while it is being fetched: a growing prefix of the final bytes, whatever source they come from.

Its length is the whole state of a download, so a killed one goes on where it stopped, also from another source.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Literal

from ...errors import DiskFull, DownloadFailed
from .weights import KnownModel

CHUNK_BYTES = 1024 * 1024
_MARGIN_BYTES = 64 * CHUNK_BYTES
"""Room that is left to others when a download ends."""
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}

Phase = Literal["waiting", "connecting", "downloading", "verifying", "done"]


@dataclass(frozen=True, slots=True)
class PullProgress:
    """How far a pull has come, in bytes; `text` is for a person."""

    model: str
    phase: Phase
    done: int
    total: int
    text: str = ""


class Cancelled(Exception):
    """The pull was asked to stop; never leaves `pull`."""


class Download:
    """The file of one model while it grows. A context manager; what is there stays when it is left.

    Args:
        report: Called with each step's progress, in the thread that pulls.
        cancel: Set it to stop; the download then raises `Cancelled` at its next step.
    """

    def __init__(
        self, model: KnownModel, folder: Path, report: Callable[[PullProgress], None], cancel: threading.Event
    ) -> None:
        self.model = model
        self.folder = folder
        self.path = _partial(model, folder)
        self._report = report
        self._cancel = cancel
        self._file: BinaryIO | None = None

    def __enter__(self) -> Download:
        with no_room_is_disk_full(self.folder, self.model):
            self._file = self.path.open("ab")
            if self.size > self.model.bytes:
                self.truncate(0)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            try:
                self._file.close()
            except OSError as failure:
                # What a full disk did not take is not counted: the size on disk is what is true.
                if failure.errno not in _NO_ROOM:
                    raise
            self._file = None

    @property
    def size(self) -> int:
        """Bytes that are there."""
        return partial_bytes(self.model, self.folder)

    @property
    def complete(self) -> bool:
        """Whether all bytes are there (right or wrong)."""
        return self.size == self.model.bytes

    def check(self) -> None:
        """Raise `Cancelled` when the pull was asked to stop."""
        if self._cancel.is_set():
            raise Cancelled

    def progress(self, phase: Phase, done: int | None = None, text: str = "") -> None:
        """Tell how far it has come; `done` counts bytes that are on their way too."""
        reached = self.size if done is None else min(done, self.model.bytes)
        self._report(PullProgress(self.model.name, phase, reached, self.model.bytes, text))

    def write(self, piece: bytes) -> None:
        """Add the next bytes.

        Raises:
            DiskFull: when the disk does not take them; what it took is kept.
        """
        self.check()
        with no_room_is_disk_full(self.folder, self.model):
            self._open.write(piece)
            self._open.flush()

    def truncate(self, size: int) -> None:
        """Forget what comes after the first `size` bytes."""
        self._open.truncate(size)
        self._open.seek(size)

    def sync(self) -> None:
        """Make sure that what was written survives a power cut."""
        with no_room_is_disk_full(self.folder, self.model):
            self._open.flush()
            os.fsync(self._open.fileno())

    def finish(self, target: Path) -> None:
        """Check the sum and put the file where it belongs, in one step.

        Raises:
            DownloadFailed: when the bytes are wrong; they are deleted.
        """
        self.sync()
        found = self._sha256()
        if found != self.model.sha256:
            self.path.unlink(missing_ok=True)
            raise DownloadFailed(
                f"What arrived for {self.model.name} is not the right file "
                f"(sha256 {found[:12]}… instead of {self.model.sha256[:12]}…); it was deleted.",
                hint="Run the same `lumina pull` again; if it goes on, the source serves other bytes than it should.",
            )
        self.path.replace(target)
        _sync_folder(self.folder)

    @property
    def _open(self) -> BinaryIO:
        if self._file is None:
            raise RuntimeError("a Download is written inside its `with` block")
        return self._file

    def _sha256(self) -> str:
        digest, done = hashlib.sha256(), 0
        with self.path.open("rb") as file:
            while piece := file.read(8 * CHUNK_BYTES):
                self.check()
                digest.update(piece)
                done += len(piece)
                self.progress("verifying", done)
        return digest.hexdigest()


def partial_bytes(model: KnownModel, folder: Path) -> int:
    """How much of an unfinished download is there, in bytes."""
    path = _partial(model, folder)
    return path.stat().st_size if path.exists() else 0


def _partial(model: KnownModel, folder: Path) -> Path:
    return folder / f".{model.file}.{model.sha256[:12]}.partial"


class no_room_is_disk_full:  # noqa: N801 - reads as the statement that it is
    """Turns the operating system's "no room" into `DiskFull`, with figures."""

    def __init__(self, folder: Path, model: KnownModel) -> None:
        self._folder, self._model = folder, model

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, OSError) and error.errno in _NO_ROOM:
            raise disk_full(self._model, self._folder) from error


def disk_full(model: KnownModel, folder: Path) -> DiskFull:
    """The error for a disk that filled up in the middle."""
    return DiskFull(
        f"The disk of {folder} is full: {mb(shutil.disk_usage(folder).free)} are free, "
        f"and {model.name} takes {mb(model.bytes)}.",
        hint=f"Free some room and run `lumina pull {model.name}` again: it goes on where it stopped.",
    )


def require_room(model: KnownModel, folder: Path, have: int, scratch: int) -> None:
    """Refuse before anything is fetched when the disk is too small.

    Args:
        model: What is to be fetched.
        folder: Where it goes.
        have: Bytes of the file that are there already.
        scratch: Bytes that the source needs beside the file, for a while.

    Raises:
        DiskFull: with how much is needed and how much is free.
    """
    needed = model.bytes - have + scratch + _MARGIN_BYTES
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise DiskFull(
            f"{model.name} needs {mb(needed)} on the disk of {folder}, but only {mb(free)} are free.",
            hint="Free some room, or set c.Lumina.models_dir to a folder on another disk.",
        )


def mb(size: int) -> str:
    """Bytes for a person's eyes."""
    return f"{size / 1e6:,.0f} MB"


def _sync_folder(folder: Path) -> None:
    """Make a rename survive a power cut, where the system can."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return  # Windows opens no folders; its renames are journalled
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
