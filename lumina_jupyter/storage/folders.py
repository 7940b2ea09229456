"""Folders for one user's eyes, and files that are whole or not there."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from ..errors import DiskFull, StorageFailed


def private_folder(path: Path) -> Path:
    """Make the folder, readable by its owner alone.

    Raises:
        StorageFailed: when it cannot be made.
    """
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        if path.stat().st_mode & 0o077:
            path.chmod(0o700)
    except OSError as error:
        raise storage_error(error, f"The folder {path} cannot be used") from error
    return path


def write_atomically(
    path: Path, data: bytes, *, mode: int = 0o600, before_replacing: Callable[[], None] | None = None
) -> None:
    """Replace the file's content such that a crash leaves the old or the new, never half of it.

    Args:
        path: The file.
        data: Its new content.
        mode: Its permissions.
        before_replacing: Called last of all; what it raises leaves the old file as it is.

    Raises:
        DiskFull: when there is no room; the old file stands.
        StorageFailed: when the file cannot be written for another reason.
    """
    temporary: str | None = None
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(mode)
        if before_replacing is not None:
            before_replacing()
        Path(temporary).replace(path)
        temporary = None
        sync_folder(path.parent)
    except OSError as error:
        raise storage_error(error, f"{path} cannot be written", _what_to_do(path)) from error
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()


def storage_error(error: OSError, what: str, hint: str | None = None) -> StorageFailed | DiskFull:
    """The error of ours for an operating system's error.

    Args:
        error: It.
        what: What could not be done, without a full stop.
        hint: What to do about it, unless the disk is full.
    """
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return DiskFull(f"{what}: the disk is full.")
    return StorageFailed(f"{what}: {error.strerror or error}.", hint=hint)


def _what_to_do(path: Path) -> str:
    """About a file that can't be written where it is to be."""
    folder = path.parent
    with contextlib.suppress(PermissionError):
        if path.is_dir():
            return "It is a folder: give the path of a file."
        if not folder.is_dir():
            return f"There is no folder {folder}: make it first, or choose one that is there."
    return f"Check the permissions of {folder}."


def sync_folder(folder: Path) -> None:
    """Make a rename durable; Windows cannot open folders and needs no such step."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
