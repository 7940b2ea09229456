"""Conversations: append-only logs of what was asked and answered, sequenced by the database alone.

Whoever looks at a conversation asks for "everything after entry N"; what a reader has seen never
changes. Pieces of an answer are logged while they stream, so that a killed server keeps them.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import NotFound
from ..storage import Database, storable

if TYPE_CHECKING:
    from sqlalchemy import Connection

TITLE_LENGTH = 80


@dataclass(frozen=True, slots=True)
class Conversation:
    """One conversation of a notebook. Times are seconds since the epoch; `events` counts its entries."""

    id: str
    notebook: str
    title: str
    owner: str
    created_at: float
    updated_at: float
    current: bool
    events: int


@dataclass(frozen=True, slots=True)
class NewEntry:
    """What is to be appended: `kind` is `question` or an event's name, `data` its fields."""

    kind: str
    data: dict[str, Any]
    turn: str
    author: str = ""


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One entry of a log; `turn` ties a question to its answer."""

    sequence: int
    at: float
    turn: str
    author: str
    kind: str
    data: dict[str, Any]


class Conversations:
    """The logs in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def current(self, notebook: str, owner: str = "") -> str:
        """The id of the conversation that a notebook goes on with; begun if there is none."""
        return await self._database.run(lambda connection: _current(connection, storable(notebook), owner))

    async def append(self, conversation_id: str, entries: Sequence[NewEntry]) -> int:
        """Add entries to a log; when it returns they survive a killed process.

        Returns:
            The sequence number of the last.

        Raises:
            NotFound: when the conversation was deleted.
        """
        return await self._database.run(lambda connection: _append(connection, conversation_id, entries))

    async def after(self, conversation_id: str, sequence: int = 0, *, limit: int = 1000) -> list[LogEntry]:
        """The entries that follow `sequence`, oldest first.

        Raises:
            NotFound: when there is no such conversation.
        """
        return await self._database.run(lambda connection: _after(connection, conversation_id, sequence, limit))

    async def list(self, notebook: str | None = None) -> list[Conversation]:
        """The conversations of a notebook, or of all, the last changed first."""
        return await self._database.run(lambda connection: _list(connection, notebook))

    async def begin_anew(self, notebook: str, owner: str = "") -> str:
        """Begin a fresh conversation for a notebook; the one before stays readable."""
        return await self._database.run(lambda connection: _begin(connection, storable(notebook), owner))

    async def delete(self, conversation_id: str) -> None:
        """Delete a conversation and all of its log, really.

        Raises:
            NotFound: when there is no such conversation.
        """
        await self._database.run(lambda connection: _delete(connection, conversation_id))

    async def rename_notebook(self, old: str, new: str) -> None:
        """Let the conversations of a notebook (or of all in a folder) follow it to its new path."""
        await self._database.run(lambda connection: _rename(connection, old, new))


def _current(connection: Connection, notebook: str, owner: str) -> str:
    from sqlalchemy import select

    from ..storage.tables import conversations as table

    found = connection.execute(
        select(table.c.id)
        .where(table.c.notebook == notebook, table.c.owner == owner, table.c.current)
        .order_by(table.c.updated_at.desc())
        .limit(1)
    ).scalar()
    return found or _begin(connection, notebook, owner)


def _begin(connection: Connection, notebook: str, owner: str) -> str:
    from ..storage.tables import conversations as table

    connection.execute(
        table.update()
        .where(table.c.notebook == notebook, table.c.owner == owner, table.c.current)
        .values(current=False)
    )
    now = time.time()
    row = {
        "id": f"conv_{uuid.uuid4().hex}",
        "notebook": notebook,
        "title": "",
        "owner": owner,
        "created_at": now,
        "updated_at": now,
        "current": True,
    }
    connection.execute(table.insert().values(row))
    return str(row["id"])


def _append(connection: Connection, conversation_id: str, entries: Sequence[NewEntry]) -> int:
    from sqlalchemy import func, select

    from ..storage.tables import conversation_events as log
    from ..storage.tables import conversations as table

    now = time.time()
    # Taking the row first locks it where a database has many writers, so that numbers have no gaps.
    touched = connection.execute(table.update().where(table.c.id == conversation_id).values(updated_at=now))
    if touched.rowcount == 0:
        raise NotFound(f"There is no conversation {conversation_id}.")
    last: int = connection.execute(
        select(func.coalesce(func.max(log.c.sequence), 0)).where(log.c.conversation_id == conversation_id)
    ).scalar_one()
    rows = [
        {
            "conversation_id": conversation_id,
            "sequence": sequence,
            "at": now,
            "turn": entry.turn,
            "author": storable(entry.author),
            "kind": entry.kind,
            "data": storable(entry.data),
        }
        for sequence, entry in enumerate(entries, start=last + 1)
    ]
    if rows:
        connection.execute(log.insert(), rows)
    _set_title(connection, conversation_id, entries)
    return last + len(rows)


def _set_title(connection: Connection, conversation_id: str, entries: Sequence[NewEntry]) -> None:
    from ..storage.tables import conversations as table

    text = next((str(entry.data.get("text", "")) for entry in entries if entry.kind == "question"), "")
    title = storable(" ".join(text.split())[:TITLE_LENGTH])
    if title:
        connection.execute(table.update().where(table.c.id == conversation_id, table.c.title == "").values(title=title))


def _after(connection: Connection, conversation_id: str, sequence: int, limit: int) -> list[LogEntry]:
    from sqlalchemy import select

    from ..storage.tables import conversation_events as log
    from ..storage.tables import conversations as table

    if connection.execute(select(table.c.id).where(table.c.id == conversation_id)).scalar() is None:
        raise NotFound(f"There is no conversation {conversation_id}.")
    rows = connection.execute(
        select(log.c.sequence, log.c.at, log.c.turn, log.c.author, log.c.kind, log.c.data)
        .where(log.c.conversation_id == conversation_id, log.c.sequence > sequence)
        .order_by(log.c.sequence)
        .limit(limit)
    ).mappings()
    return [LogEntry(**row) for row in rows]


def _list(connection: Connection, notebook: str | None) -> list[Conversation]:
    from sqlalchemy import func, select

    from ..storage.tables import conversation_events as log
    from ..storage.tables import conversations as table

    count = select(func.count()).where(log.c.conversation_id == table.c.id).scalar_subquery().label("events")
    query = select(table, count).order_by(table.c.updated_at.desc())
    if notebook is not None:
        query = query.where(table.c.notebook == notebook)
    return [Conversation(**row) for row in connection.execute(query).mappings()]


def _delete(connection: Connection, conversation_id: str) -> None:
    from ..storage.tables import conversations as table

    if connection.execute(table.delete().where(table.c.id == conversation_id)).rowcount == 0:
        raise NotFound(f"There is no conversation {conversation_id}.")


def _rename(connection: Connection, old: str, new: str) -> None:
    from sqlalchemy import or_, select

    from ..storage.tables import conversations as table

    inside = f"{old.rstrip('/')}/"
    moved = connection.execute(
        select(table.c.id, table.c.notebook).where(
            or_(table.c.notebook == old, table.c.notebook.startswith(inside, autoescape=True))
        )
    ).mappings()
    for row in moved.all():
        target = new + row["notebook"][len(old.rstrip("/")) :] if row["notebook"] != old else new
        connection.execute(table.update().where(table.c.id == row["id"]).values(notebook=target))
