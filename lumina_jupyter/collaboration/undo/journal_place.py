"""Where a notebook's journal is, also for a process that calls the notebook by another name.

A server may give notebooks ids; a process without one knows a notebook by its place alone. A small file named after the
place leads from it to the journal.
"""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path

from ...storage.folders import storage_error, write_atomically

SUFFIX = ".journal"
LINK = ".link"
_NAME = re.compile(r"[A-Za-z0-9-]{1,80}\.journal")


def journal_place(folder: Path, key: str, other_key: str = "") -> Path:
    """The file of a notebook's journal, whether or not it exists yet; blocks.

    Args:
        folder: Where journals are.
        key: The notebook's.
        other_key: What a process without a server calls it, where that is another.

    Raises:
        StorageFailed: when it cannot be found out.
    """
    own = folder / _name(key)
    try:
        if not other_key:
            return _linked(own)
        theirs = folder / _name(other_key)
        if _linked(theirs) != own and (own.exists() or _taken_over(theirs, own)):
            write_atomically(theirs.with_suffix(LINK), own.name.encode())
    except OSError as error:
        raise storage_error(error, f"{own} cannot be used") from error
    return own


def _taken_over(theirs: Path, own: Path) -> bool:
    """Whether what was recorded without a server is the journal now; not while its writer is at work."""
    if not theirs.exists():
        return False
    from filelock import FileLock, Timeout

    try:
        with FileLock(theirs.with_suffix(".lock"), timeout=0, mode=0o600):
            theirs.rename(own)
    except Timeout:
        return False
    return True


def _linked(place: Path) -> Path:
    try:
        name = place.with_suffix(LINK).read_text(encoding="ascii")
    except (FileNotFoundError, ValueError):
        return place
    return place.with_name(name) if _NAME.fullmatch(name) else place


def _name(key: str) -> str:
    whole = re.fullmatch(r"[A-Za-z0-9-]{1,80}", key)
    return f"{key if whole else sha256(key.encode()).hexdigest()[:40]}{SUFFIX}"
