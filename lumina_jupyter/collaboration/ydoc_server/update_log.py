"""The updates of all rooms of one server, in an SQLite file, squashed and compressed when they have grown large.

What was deleted leaves its traces in a history for good, a few bytes of an output that was shown for a moment. They are
all alike, and compressed they are next to nothing.

It blocks, and belongs to one thread and one process: a second server over the same folder must take another file.
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import time
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

SQUASH_BYTES = 32_768
"""Bytes of a room's updates below which they are never squashed."""
SQUASH_GROWTH = 3
"""Squash when the updates are so many times as large as the document was at the last squashing."""
ROW_BYTES = 48
"""What an update takes on the disk beside its own bytes, about."""
COMPRESSION = 3
"""Fast, and nearly as small as it gets."""
_COMPRESSED = 2
"""How squashed updates are marked; those with a 1 are of an earlier version, and as they came."""
_SCHEMA = """
CREATE TABLE IF NOT EXISTS updates (
    number INTEGER PRIMARY KEY, room TEXT NOT NULL, data BLOB NOT NULL, at REAL NOT NULL, squashed INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS updates_by_room ON updates (room, number);
"""

log = logging.getLogger(__name__)


class InUse(Exception):
    """Another process has the file."""


class UpdateLog:
    """An open file of updates.

    Args:
        path: Made when it is not there; moved aside when it is damaged.

    Raises:
        InUse: when another process has it.
        sqlite3.Error: when it cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._sizes: dict[str, tuple[int, int]] = {}
        try:
            self._database = _opened(path)
        except sqlite3.OperationalError as error:
            raise InUse(str(error)) from error
        except sqlite3.DatabaseError as error:
            aside = path.with_name(f"{path.name}.damaged-{int(time.time())}")
            log.warning("the store of live notebooks is damaged and was moved to %s: %s", aside, error)
            path.replace(aside)
            for left in ("-wal", "-shm"):
                path.with_name(path.name + left).unlink(missing_ok=True)
            self._database = _opened(path)

    def append(self, room: str, updates: Sequence[bytes]) -> None:
        """Keep updates; they are on the disk when this returns.

        Raises:
            sqlite3.Error: when they cannot be written; none of them is kept then.
        """
        now = time.time()
        with self._database:
            self._database.executemany(
                "INSERT INTO updates (room, data, at, squashed) VALUES (?, ?, ?, 0)",
                [(room, update, now) for update in updates],
            )
        total, base = self._size(room)
        self._sizes[room] = (total + sum(map(len, updates)) + ROW_BYTES * len(updates), base)
        if self._sizes[room][0] > max(SQUASH_BYTES, SQUASH_GROWTH * base):
            self._squash(room)

    def replace(self, room: str, update: bytes) -> None:
        """Keep one update in place of all that a room has.

        Raises:
            sqlite3.Error: when it cannot be written; the others stand then.
        """
        compressed = zlib.compress(update, COMPRESSION)
        with self._database:
            self._database.execute("DELETE FROM updates WHERE room = ?", (room,))
            self._database.execute(
                "INSERT INTO updates (room, data, at, squashed) VALUES (?, ?, ?, ?)",
                (room, compressed, time.time(), _COMPRESSED),
            )
        self._sizes[room] = (len(compressed), len(compressed))

    def read(self, room: str) -> list[tuple[bytes, float]]:
        """A room's updates in their order, each with its time in seconds since 1970."""
        found = self._database.execute("SELECT data, at, squashed FROM updates WHERE room = ? ORDER BY number", (room,))
        return [(zlib.decompress(data) if how == _COMPRESSED else bytes(data), float(at)) for data, at, how in found]

    def close(self) -> None:
        """Let the file go."""
        with contextlib.suppress(sqlite3.Error):
            self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._database.close()

    def _size(self, room: str) -> tuple[int, int]:
        if room not in self._sizes:
            total, base = self._database.execute(
                "SELECT coalesce(sum(length(data) + ?), 0), coalesce(sum(length(data) * (squashed > 0)), 0) "
                "FROM updates WHERE room = ?",
                (ROW_BYTES, room),
            ).fetchone()
            return int(total), int(base)
        return self._sizes[room]

    def _squash(self, room: str) -> None:
        from pycrdt import Doc

        document: Doc[Any] = Doc()
        for update, _ in self.read(room):
            document.apply_update(update)
        self.replace(room, document.get_update())


def _opened(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=1.0, check_same_thread=False)
    try:
        # Held by this process alone; without a file of shared memory it also works on network drives.
        database.execute("PRAGMA locking_mode = EXCLUSIVE")
        database.execute("PRAGMA auto_vacuum = FULL")
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        database.execute("PRAGMA wal_autocheckpoint = 8")
        database.execute("PRAGMA journal_size_limit = 0")
        database.executescript(_SCHEMA)
        # Takes the lock at once, not with the first update.
        database.execute("BEGIN IMMEDIATE")
        database.commit()
    except sqlite3.Error:
        database.close()
        raise
    return database
