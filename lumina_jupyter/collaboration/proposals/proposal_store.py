"""Where proposals are kept: a table of the database, so that a notebook holds nothing of what nobody accepted."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from ...errors import NotFound
from ...storage import Database
from .proposal import Change, Decision, Record

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

KEPT_DAYS = 30
"""Days that a proposal is kept after the last of it was decided."""
_DATA = ("run", "author", "model", "user", "reason")


class ProposalStore:
    """The proposals of all notebooks."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, record: Record) -> None:
        """Keep a new one, and forget those that were decided long ago."""
        await self._database.run(lambda connection: _add(connection, record))

    async def get(self, proposal_id: str, notebook: str) -> Record:
        """One proposal.

        Raises:
            NotFound: when the notebook has none of that id.
        """
        return await self._database.read(lambda connection: _get(connection, proposal_id, notebook))

    async def of_notebook(self, notebook: str, *, decided: bool) -> list[Record]:
        """Those of a notebook, the oldest first; with `decided`, also those that nothing is left of."""
        return await self._database.read(lambda connection: _of(connection, notebook, decided))

    async def put(self, record: Record) -> bool:
        """Keep what has become of one; False when somebody else kept a change of it meanwhile."""
        return await self._database.run(lambda connection: _put(connection, record))


def _add(connection: Connection, record: Record) -> None:
    from sqlalchemy import insert

    from ...storage.tables import proposals as table

    long_ago = time.time() - KEPT_DAYS * 86_400
    connection.execute(table.delete().where(table.c.open.is_(False), table.c.updated_at < long_ago))
    connection.execute(
        insert(table).values(
            id=record.id, notebook=record.notebook, path=record.path, created_at=record.created_at, **_changing(record)
        )
    )


def _get(connection: Connection, proposal_id: str, notebook: str) -> Record:
    from sqlalchemy import select

    from ...storage.tables import proposals as table

    mine = select(table).where(table.c.id == proposal_id, table.c.notebook == notebook)
    row = connection.execute(mine).one_or_none()
    if row is None:
        raise NotFound(
            f"This notebook has no proposal {proposal_id}.", hint="`lumina notebook proposals PATH` lists them."
        )
    return _record(row)


def _of(connection: Connection, notebook: str, decided: bool) -> list[Record]:
    from sqlalchemy import select

    from ...storage.tables import proposals as table

    wanted = select(table).where(table.c.notebook == notebook).order_by(table.c.created_at, table.c.id)
    if not decided:
        wanted = wanted.where(table.c.open.is_(True))
    return [_record(row) for row in connection.execute(wanted)]


def _put(connection: Connection, record: Record) -> bool:
    from ...storage.tables import proposals as table

    mine = table.update().where(table.c.id == record.id, table.c.version == record.version - 1)
    return connection.execute(mine.values(**_changing(record))).rowcount == 1


def _changing(record: Record) -> dict[str, Any]:
    data = {name: getattr(record, name) for name in _DATA}
    data["changes"] = [asdict(change) for change in record.changes]
    data["decisions"] = [asdict(decision) for decision in record.decisions]
    return {"open": record.is_open, "version": record.version, "updated_at": record.updated_at, "data": data}


def _record(row: Row[Any]) -> Record:
    data: Mapping[str, Any] = row.data
    return Record(
        id=row.id,
        notebook=row.notebook,
        path=row.path,
        created_at=row.created_at,
        updated_at=row.updated_at,
        version=row.version,
        changes=tuple(Change(**{**each, "anchors": tuple(each["anchors"])}) for each in _list(data, "changes")),
        decisions=tuple(Decision(**{**each, "hunks": tuple(each["hunks"])}) for each in _list(data, "decisions")),
        **{name: data[name] for name in _DATA},
    )


def _list(data: Mapping[str, Any], name: str) -> Sequence[dict[str, Any]]:
    found: Sequence[dict[str, Any]] = data[name]
    return found
