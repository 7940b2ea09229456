"""Lumina's own processes write the notebooks of a folder in turn, so that none writes over what another just wrote."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

PATIENCE = 10.0
"""Seconds after which a process goes on without its turn: the other may hang, or wait for this one."""
_PAUSE = 0.005


@contextlib.asynccontextmanager
async def turn(folder: Path) -> AsyncIterator[None]:
    """Around a look at a file and its replacement.

    The folder itself is locked, so that no file of ours is left in it. Where that cannot be done, as on Windows and
    on some network file systems, nobody waits.
    """
    waiting = asyncio.ensure_future(asyncio.to_thread(_locked, folder))
    try:
        handle = await asyncio.shield(waiting)
    except asyncio.CancelledError:
        # The thread waits on all the same, and what it gets then has to be let go.
        waiting.add_done_callback(lambda done: _let_go(done.result()))
        raise
    try:
        yield
    finally:
        _let_go(handle)


def _let_go(handle: int | None) -> None:
    if handle is not None:
        os.close(handle)


def _locked(folder: Path) -> int | None:
    if sys.platform == "win32":
        return None
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return None
    try:
        _lock(handle)
    except OSError:
        _let_go(handle)
        return None
    return handle


def _lock(handle: int) -> None:
    if sys.platform == "win32":
        return
    import fcntl

    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_PAUSE)
        except OSError:
            return
        else:
            return
