"""Journals of notebooks that nobody has opened for long are given up as a whole."""

from __future__ import annotations

import contextlib
import logging
from pathlib import Path

from .journal_place import LINK, SUFFIX

log = logging.getLogger(__name__)


def prune(folder: Path, oldest: float) -> None:
    """Delete the journals that were last written before a time, in seconds since 1970; blocks.

    One that a process has open stays, whatever its age. What cannot be deleted stays, too.
    """
    from filelock import FileLock, Timeout

    for path in folder.glob(f"*{SUFFIX}"):
        with contextlib.suppress(OSError, Timeout):
            if path.stat().st_mtime < oldest:
                with FileLock(path.with_suffix(".lock"), timeout=0, mode=0o600):
                    path.unlink()
                log.info("the history of a notebook is too old to be kept file=%s", path.name)
    for path in folder.glob(f"*{LINK}"):
        with contextlib.suppress(OSError, ValueError):
            if not path.with_name(path.read_text(encoding="ascii")).exists():
                path.unlink()
