"""Scratch folders that last from one run to the next: one for each person and notebook."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from weakref import WeakValueDictionary

KEPT_DAYS = 7.0


class Workspaces:
    """Gives out scratch folders, one run at a time each.

    Args:
        folder: Where they are; ours alone.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def of(self, *owner: str) -> AsyncIterator[Path]:
        """The folder of a person (and notebook), which nobody else has meanwhile."""
        name = hashlib.sha256("\0".join(owner).encode()).hexdigest()[:32]
        lock = self._locks.setdefault(name, asyncio.Lock())
        async with lock:
            await asyncio.to_thread(self._prepare, name)
            yield self._folder / name

    def _prepare(self, name: str) -> None:
        """Make the folder, and clear away those that nobody has used for long."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        mine = self._folder / name
        mine.mkdir(exist_ok=True, mode=0o700)
        oldest = time.time() - KEPT_DAYS * 86400
        for folder in self._folder.iterdir():
            with suppress(OSError):
                if folder != mine and folder.stat().st_mtime < oldest:
                    shutil.rmtree(folder)
