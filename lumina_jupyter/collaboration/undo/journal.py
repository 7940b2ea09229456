"""Notebooks' histories since an agent first wrote into them, each in a file of its own in the data folder."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from ...errors import LuminaError
from ..replicas.replica import Replica
from .compaction import compacted
from .journal_file import BASE, Entry, JournalFile
from .journal_place import journal_place
from .journal_pruning import prune
from .journal_recorder import JournalRecorder

if TYPE_CHECKING:
    from pycrdt import Doc

FLUSH_SECONDS = 0.4
"""How long what people write waits for the disk at most."""
RETRY_SECONDS = 5.0
"""The same after the disk refused it."""
MOST_WAITING = 64 * 2**20
"""Bytes of edits that wait for a disk that refuses them; of more, the history has a gap."""
DAY = 86_400.0

log = logging.getLogger(__name__)


class Journals:
    """The journals of all notebooks.

    Args:
        folder: Where they are.
        days: For how long an agent's writes can be undone; 0: for ever.
        megabytes: How much of a notebook's history is kept at most, beside the notebook itself; 0: no limit.
    """

    def __init__(self, folder: Path, *, days: float = 30.0, megabytes: float = 64.0) -> None:
        self._folder = folder
        self._days = days
        self._bytes = int(megabytes * 1_000_000) if megabytes else None
        self._recorders: WeakValueDictionary[str, JournalRecorder] = WeakValueDictionary()
        self._is_pruned = False

    def recorder(self, replica: Replica) -> JournalRecorder:
        """What records a notebook's history."""
        found = self._recorders.get(replica.key)
        if found is None:
            journal = Journal(self._folder, replica.key, self._days, self._bytes, self._prune)
            found = self._recorders[replica.key] = JournalRecorder(journal, replica)
        else:
            found.follow(replica)
        return found

    def _prune(self) -> None:
        """Once in a process, when a journal is written for the first time."""
        if not self._is_pruned and self._days:
            self._is_pruned = True
            prune(self._folder, time.time() - self._days * DAY)

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
    """One notebook's. Entries wait here for the disk, in order; the event loop never does.

    Args:
        folder: Where journals are.
        key: The notebook's.
        days: See `Journals`.
        most_bytes: How large it may be beside its beginning; None: no limit.
        opening: Called in a thread before it is opened to be written.
    """

    def __init__(
        self, folder: Path, key: str, days: float, most_bytes: int | None, opening: Callable[[], None] | None = None
    ) -> None:
        self._folder = folder
        self._key = key
        self._found: JournalFile | None = None
        self._days = days
        self._most_bytes = most_bytes
        self._compact_at = 0
        """The size at which it is compacted."""
        self._opening = opening
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

    async def exists(self, other_key: str = "") -> bool:
        """Whether anything was ever recorded.

        Args:
            other_key: See `Replica`; only the first one counts.

        Raises:
            StorageFailed: when it cannot be found out.
        """
        if self._is_open:
            return True
        async with self._lock:
            return await asyncio.to_thread(self._exists, other_key)

    async def open(self, other_key: str = "") -> list[Entry]:
        """All that is recorded, compacted where that is due. From now on it can be added to.

        Raises:
            LuminaError: when it cannot be read or written.
        """
        async with self._lock:
            entries = await asyncio.to_thread(self._opened, other_key)
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

    async def keep_only(self, entries: Sequence[Entry]) -> None:
        """Forget all others of what is on disk.

        Raises:
            DiskFull: when there is no room; all stand then.
            StorageFailed: when the file cannot be written.
        """
        async with self._lock:
            await asyncio.to_thread(self._file.replace, entries)

    def add(self, entry: Entry) -> None:
        """Record it soon."""
        self._next = entry.number + 1
        self._bytes += _edited(entry)
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
            await asyncio.to_thread(self._append, batch)
            self._waiting = self._waiting[len(batch) :]
            self._bytes = sum(map(_edited, self._waiting))
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
            if self._found is not None:
                await asyncio.to_thread(self._found.close)

    @property
    def _file(self) -> JournalFile:
        return self._at()

    def _at(self, other_key: str = "") -> JournalFile:
        if self._found is None:
            self._found = JournalFile(journal_place(self._folder, self._key, other_key))
        return self._found

    def _exists(self, other_key: str) -> bool:
        return self._at(other_key).exists()

    def _opened(self, other_key: str) -> list[Entry]:
        if self._opening is not None:
            self._opening()
        self._at(other_key).open()
        if other_key:
            # Now that there is a journal, it can be found by that name, too.
            journal_place(self._folder, self._key, other_key)
        return self._compacted()

    def _append(self, batch: Sequence[Entry]) -> None:
        self._file.append(batch)
        if self._most_bytes is not None and self._file.size > self._compact_at:
            try:
                self._compacted(goes_on=True)
            except LuminaError as error:
                # What was to be kept is kept; the disk is tidied up another time.
                log.warning("a notebook's history could not be made smaller: %s", error)
                self._compact_at = self._file.size + self._most_bytes

    def _compacted(self, *, goes_on: bool = False) -> list[Entry]:
        entries = self._file.read()
        oldest = time.time() - self._days * DAY if self._days else 0.0
        left = compacted(entries, oldest, self._most_bytes, goes_on=goes_on)
        if left is not None:
            self._file.replace(left)
            entries = left
        # By so much it can grow before it is looked at again: its beginning is the notebook, which may be large.
        self._compact_at = self._file.size + (self._most_bytes or 0)
        return entries

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


def _edited(entry: Entry) -> int:
    """Bytes of an edit; what a history begins with is the notebook, however large that is."""
    return 0 if entry.kind == BASE else len(entry.update)
