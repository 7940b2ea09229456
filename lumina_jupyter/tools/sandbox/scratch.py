"""What goes into the scratch folder before a program runs, and what is taken out when it has ended.

The folder exists in the sandbox's memory alone and has its size from the kernel. Both ways lead through a handle on it
and never follow a link, so that nothing in it can point elsewhere; and it is read when no process is left that could
change it meanwhile.
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ...errors import ToolFailed
from .limits import Limits
from .result import ScratchFile

DEEPEST = 16
"""Folders inside each other; what is deeper is left out."""
_ENTRIES_LISTED = 100_000

Mark = tuple[int, int, int]
"""By which an unchanged file is known: its inode, its size, its time of change."""


@dataclass(frozen=True, slots=True)
class _Found:
    name: str
    folder: int
    entry: str
    status: os.stat_result


def fill(scratch: int, source: Path, owner: int | None) -> dict[str, Mark]:
    """Copy a folder's files into the scratch folder; how each can be known again.

    Args:
        scratch: A handle on the scratch folder.
        source: The folder; one of our own, which nobody else writes.
        owner: The user that the files shall belong to, when not to us.

    Raises:
        ToolFailed: when they do not fit.
    """
    marks: dict[str, Mark] = {}
    try:
        for folder, folders, files in os.walk(source):
            relative = Path(folder).relative_to(source)
            for name in folders:
                os.mkdir(relative / name, mode=0o700, dir_fd=scratch)
                if owner is not None:
                    os.chown(relative / name, owner, owner, dir_fd=scratch, follow_symlinks=False)
            for name in files:
                marks[str(relative / name)] = _put(scratch, Path(folder) / name, relative / name, owner)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EFBIG):
            raise
        raise ToolFailed(
            "The files of earlier runs do not fit into the scratch folder.",
            hint="Raise `c.Lumina.sandbox_scratch_mb`, or begin with an empty one.",
        ) from error
    return marks


def collect(scratch: int, into: Path | None, limits: Limits, before: dict[str, Mark]) -> tuple[ScratchFile, ...]:
    """List the scratch folder's regular files and, when a folder is given, make that one hold the same.

    Args:
        scratch: A handle on the scratch folder, whose processes have all ended.
        into: A folder of our own; its files are replaced as a whole.
        limits: How many files, and bytes, are taken.
        before: How the files that `fill` put there can be known.
    """
    listed: list[ScratchFile] = []
    taken = 0
    target = Path(tempfile.mkdtemp(prefix=f".{into.name}-", dir=into.parent)) if into is not None else None
    try:
        for found in _regular_files(scratch):
            size, mark = found.status.st_size, _mark(found.status)
            fits = len(listed) < limits.scratch_files and taken + size <= limits.scratch_bytes
            kept = fits and _is_plain(found.name) and (target is None or _take(found, target / found.name))
            taken += size if kept else 0
            shown = found.name.encode(errors="replace").decode()
            listed.append(ScratchFile(shown, size, changed=before.get(found.name) != mark, kept=kept))
            if len(listed) > 2 * limits.scratch_files:
                break
        if target is not None and into is not None:
            shutil.rmtree(into)
            target.rename(into)
    except BaseException:
        if target is not None:
            shutil.rmtree(target, ignore_errors=True)
        raise
    return tuple(sorted(listed, key=lambda file: file.name))


def _regular_files(scratch: int) -> Iterator[_Found]:
    """Every regular file; the handle in it is good until the next one is asked for."""
    waiting = [("", os.dup(scratch))]
    left = _ENTRIES_LISTED
    try:
        while waiting:
            prefix, folder = waiting.pop()
            try:
                with os.scandir(folder) as entries:
                    names = [entry.name for entry, _ in zip(entries, range(left), strict=False)]
                left -= len(names)
                for name in sorted(names):
                    status = os.stat(name, dir_fd=folder, follow_symlinks=False)
                    if stat.S_ISREG(status.st_mode):
                        yield _Found(prefix + name, folder, name, status)
                    elif stat.S_ISDIR(status.st_mode) and prefix.count("/") < DEEPEST:
                        inside = _open(name, folder, os.O_DIRECTORY)
                        if inside is not None:
                            waiting.append((f"{prefix}{name}/", inside))
            finally:
                os.close(folder)
    finally:
        for _prefix, folder in waiting:
            os.close(folder)


def _open(name: str, folder: int, flags: int = 0) -> int | None:
    """A handle; None for what its owner has closed to everybody."""
    try:
        return os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | flags, dir_fd=folder)
    except OSError:
        return None


def _take(found: _Found, target: Path) -> bool:
    descriptor = _open(found.entry, found.folder)
    if descriptor is None:
        return False
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return False
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as copy:
            shutil.copyfileobj(file, copy, 1 << 20)
    return True


def _put(scratch: int, source: Path, name: Path, owner: int | None) -> Mark:
    descriptor = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600, dir_fd=scratch)
    with os.fdopen(descriptor, "wb") as copy:
        with source.open("rb") as file:
            shutil.copyfileobj(file, copy, 1 << 20)
        copy.flush()
        if owner is not None:
            os.fchown(descriptor, owner, owner)
        return _mark(os.fstat(descriptor))


def _mark(status: os.stat_result) -> Mark:
    return status.st_ino, status.st_size, status.st_mtime_ns


def _is_plain(name: str) -> bool:
    """Whether a name can be shown, and stored, as it is."""
    return name.isprintable() and all(len(part.encode(errors="replace")) <= 200 for part in name.split("/"))
