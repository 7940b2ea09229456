"""Notebooks' histories since an agent first wrote into them, each in a file of its own in the data folder."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from ...errors import LuminaError
from ..replicas.replica import Replica
from .compaction import compacted
from .journal_file import Entry, JournalFile
from .journal_recorder import JournalRecorder

if TYPE_CHECKING:
    from pycrdt import Doc

FLUSH_SECONDS = 0.4
"""How long what people write waits for the disk at most."""
RETRY_SECONDS = 5.0
"""The same after the disk refused it."""
MOST_WAITING = 64 * 2**20
"""Bytes that wait for a disk that refuses them; of more, the history has a gap."""
DAY = 86_400.0

log = logging.getLogger(__name__)


class Journals:
    """The journals of all notebooks.

    Args:
        folder: Where they are.
        days: For how long an agent's writes can be undone.
        megabytes: How much of a notebook's history is kept at most, beside the notebook itself.
    """

    def __init__(self, folder: Path, *, days: float = 30.0, megabytes: float = 64.0) -> None:
        self._folder = folder
        self._days = days
        self._bytes = int(megabytes * 1_000_000)
        self._recorders: WeakValueDictionary[str, JournalRecorder] = WeakValueDictionary()

    def recorder(self, replica: Replica) -> JournalRecorder:
        """What records a notebook's history."""
        found = self._recorders.get(replica.key)
        if found is None:
            journal = Journal(self._folder / f"{_file_name(replica.key)}.journal", self._days, self._bytes)
            found = self._recorders[replica.key] = JournalRecorder(journal, replica)
        else:
            found.follow(replica)
        return found

    def received(self, document: Doc[Any], update: bytes, *, user: str = "", is_state: bool = False) -> None:
        """What `JournalRecorder.received` says, for whichever notebook has that document; nothing where none has."""
        for recorder in list(self._recorders.values()):
            if recorder.records(document):
                recorder.received(update, user=user, is_state=is_state)

    async def close(self) -> None:
        """Bring everything to disk that is not there yet."""
        for recorder in list(self._recorders.values()):
            await recorder.close()


class Journal:
    """One notebook's. Entries wait here for the disk, in order; the event loop never does."""

    def __init__(self, path: Path, days: float, most_bytes: int) -> None:
        self._file = JournalFile(path)
        self._days = days
        self._most_bytes = most_bytes
        self._waiting: list[Entry] = []
        self._bytes = 0
        self._next = 0
        self._lock = asyncio.Lock()
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None
        self._is_open = False
        self._is_full = False

    @property
    def next_number(self) -> int:
        """That of the next entry."""
        return self._next

    @property
    def has_gap(self) -> bool:
        """Whether the disk refused so much that some of it was given up."""
        return self._bytes > MOST_WAITING

    def exists(self) -> bool:
        """Whether anything was ever recorded."""
        return self._is_open or self._file.exists()

    async def open(self) -> list[Entry]:
        """All that is recorded, compacted where that is due. From now on it can be added to.

        Raises:
            LuminaError: when it cannot be read or written.
        """
        async with self._lock:
            entries = await asyncio.to_thread(self._opened)
            self._next = max((entry.number for entry in entries), default=-1) + 1
            self._is_open = True
            self._waiting, self._bytes = [], 0
            return entries

    async def entries(self) -> list[Entry]:
        """All that is recorded, whether it can be added to or not.

        Raises:
            LuminaError: when it cannot be read or brought to disk.
        """
        await self.flush()
        async with self._lock:
            return await asyncio.to_thread(self._file.read)

    def add(self, entry: Entry) -> None:
        """Record it soon."""
        self._next = entry.number + 1
        self._bytes += len(entry.update)
        if self.has_gap:
            self._waiting = []
            return
        self._waiting.append(entry)
        self._later(FLUSH_SECONDS)

    async def reserve(self) -> None:
        """Take room for a write to come.

        Raises:
            DiskFull: when there is none.
            StorageFailed: when the file cannot be written.
        """
        async with self._lock:
            await asyncio.to_thread(self._file.reserve)

    async def flush(self) -> None:
        """Bring to disk what waits.

        Raises:
            DiskFull: when there is no room; it goes on waiting.
            StorageFailed: when the file cannot be written; the same.
        """
        async with self._lock:
            batch = list(self._waiting)
            if not batch:
                return
            await asyncio.to_thread(self._file.append, batch)
            self._waiting = self._waiting[len(batch) :]
            self._bytes = sum(len(entry.update) for entry in self._waiting)
            self._is_full = False

    async def close(self) -> None:
        """Bring to disk what waits, and let go of the file."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        try:
            await self.flush()
        except LuminaError as error:
            log.error("the end of a notebook's history could not be kept: %s", error)
        async with self._lock:
            self._is_open = False
            await asyncio.to_thread(self._file.close)

    def _opened(self) -> list[Entry]:
        self._file.open()
        entries = self._file.read()
        left = compacted(entries, time.time() - self._days * DAY, self._most_bytes)
        if left is None:
            return entries
        self._file.replace(left)
        return left

    def _later(self, seconds: float) -> None:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(seconds, self._flush_soon)

    def _flush_soon(self) -> None:
        self._timer = None
        self._task = asyncio.get_running_loop().create_task(self._try())

    async def _try(self) -> None:
        try:
            await self.flush()
        except LuminaError as error:
            if not self._is_full:
                log.warning("what people write into a notebook is not recorded for now: %s", error)
            self._is_full = True
            self._later(RETRY_SECONDS)


def _file_name(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9-]{1,80}", key) else sha256(key.encode()).hexdigest()[:40]
