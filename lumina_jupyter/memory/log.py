"""The logs of conversations: entries that are only ever added, sequenced by the database alone.

Whoever looks at a conversation asks for "everything after entry N"; what a reader has seen never
changes. Pieces of an answer are logged while they stream, so that a killed server keeps them.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..storage import Database, storable
from .access import not_there

if TYPE_CHECKING:
    from sqlalchemy import Connection

TITLE_LENGTH = 80
TURN_LENGTH = 40
"""Characters of a turn's id at most."""


@dataclass(frozen=True, slots=True)
class NewEntry:
    """What is to be appended: `kind` is `question`, `context` or an event's name, `data` its fields.

    `at` is None for now; entries that come from elsewhere keep their time.
    """

    kind: str
    data: dict[str, Any]
    turn: str
    author: str = ""
    at: float | None = None


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One entry of a log; `turn` ties a question to its answer. `at` is seconds since the epoch."""

    sequence: int
    at: float
    turn: str
    author: str
    kind: str
    data: dict[str, Any]


class Log:
    """The logs in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def append(self, conversation_id: str, entries: Sequence[NewEntry]) -> list[LogEntry]:
        """Add entries to a log; when it returns they survive a killed process.

        Raises:
            NotFound: when the conversation was deleted.
            DiskFull: when there is no room; none of them is kept.
        """
        return await self._database.run(lambda connection: append(connection, conversation_id, entries))

    async def after(self, conversation_id: str, sequence: int = 0, *, limit: int = 1000) -> list[LogEntry]:
        """The entries that follow `sequence`, oldest first.

        Raises:
            NotFound: when there is no such conversation.
        """
        return await self._database.read(lambda connection: _after(connection, conversation_id, sequence, limit))

    async def answered(self, conversation_id: str, turns: Sequence[str], upto: int) -> dict[str, int]:
        """The last entry of each turn's answer that is not after entry `upto`."""
        return await self._database.read(lambda connection: _answered(connection, conversation_id, turns, upto))


def append(connection: Connection, conversation_id: str, entries: Sequence[NewEntry]) -> list[LogEntry]:
    """Add entries within a transaction.

    Raises:
        NotFound: when there is no such conversation.
    """
    from ..storage.tables import conversation_events as log

    now = time.time()
    first = take(connection, conversation_id, now) + 1
    added = [
        LogEntry(
            sequence,
            now if entry.at is None else entry.at,
            entry.turn,
            storable(entry.author),
            entry.kind,
            storable(entry.data),
        )
        for sequence, entry in enumerate(entries, start=first)
    ]
    if added:
        rows = [
            {
                "conversation_id": conversation_id,
                "sequence": entry.sequence,
                "at": entry.at,
                "turn": entry.turn,
                "author": entry.author,
                "kind": entry.kind,
                "data": entry.data,
            }
            for entry in added
        ]
        connection.execute(log.insert(), rows)
    _set_title(connection, conversation_id, added)
    return added


def take(connection: Connection, conversation_id: str, now: float) -> int:
    """Take a conversation's row, so that nobody else adds to its log before this transaction ends; its last number.

    Raises:
        NotFound: when there is no such conversation.
    """
    from sqlalchemy import func, select

    from ..storage.tables import conversation_events as log
    from ..storage.tables import conversations as table

    # Writing to the row locks it where a database has many writers, so that numbers have no gaps.
    touched = connection.execute(table.update().where(table.c.id == conversation_id).values(updated_at=now))
    if touched.rowcount == 0:
        raise not_there(conversation_id)
    last = select(func.coalesce(func.max(log.c.sequence), 0)).where(log.c.conversation_id == conversation_id)
    return int(connection.execute(last).scalar_one())


def _set_title(connection: Connection, conversation_id: str, entries: Sequence[LogEntry]) -> None:
    from ..storage.tables import conversations as table

    text = next((str(entry.data.get("text", "")) for entry in entries if entry.kind == "question"), "")
    title = " ".join(text.split())[:TITLE_LENGTH]
    if title:
        connection.execute(table.update().where(table.c.id == conversation_id, table.c.title == "").values(title=title))


def _after(connection: Connection, conversation_id: str, sequence: int, limit: int) -> list[LogEntry]:
    from sqlalchemy import select

    from ..storage.tables import conversation_events as log
    from ..storage.tables import conversations as table

    if connection.execute(select(table.c.id).where(table.c.id == conversation_id)).scalar() is None:
        raise not_there(conversation_id)
    rows = connection.execute(
        select(log.c.sequence, log.c.at, log.c.turn, log.c.author, log.c.kind, log.c.data)
        .where(log.c.conversation_id == conversation_id, log.c.sequence > sequence)
        .order_by(log.c.sequence)
        .limit(limit)
    )
    return [LogEntry(*row) for row in rows]


def _answered(connection: Connection, conversation_id: str, turns: Sequence[str], upto: int) -> dict[str, int]:
    from sqlalchemy import func, select

    from ..storage.tables import conversation_events as log

    rows = connection.execute(
        select(log.c.turn, func.max(log.c.sequence))
        .where(log.c.conversation_id == conversation_id, log.c.turn.in_(turns), log.c.sequence <= upto)
        .where(log.c.kind.not_in(["question", "context"]))
        .group_by(log.c.turn)
    )
    return {str(row[0]): int(row[1]) for row in rows}
