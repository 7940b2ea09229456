"""The experiments in the database: written when they have ended, there also when their folders are not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict

from lumina_jupyter.storage.database import Database
from lumina_jupyter.storage.text import storable

from .entry import Entry


class Register:
    """The table of experiments.

    Args:
        database: Where it is.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, entries: Iterable[Entry]) -> None:
        """Write these down; of one that is known already, what has changed since, as after it went on.

        Raises:
            DiskFull, StorageFailed: when they can't be written.
        """
        from sqlalchemy import Connection, delete, insert

        from lumina_jupyter.storage.tables import automl_experiments as table

        known = {entry.id: entry for entry in await self.all()}
        news = [storable(asdict(entry)) for entry in entries if known.get(entry.id) != entry]
        if not news:
            return

        def write(connection: Connection) -> None:
            connection.execute(delete(table).where(table.c.id.in_([row["id"] for row in news])))
            connection.execute(insert(table), news)

        await self._database.run(write)

    async def all(self) -> list[Entry]:
        """All that are kept, the newest first.

        Raises:
            StorageFailed: when they can't be read.
        """
        from sqlalchemy import select

        from lumina_jupyter.storage.tables import automl_experiments as table

        query = select(table).order_by(table.c.began_at.desc())
        rows = await self._database.read(lambda connection: connection.execute(query).mappings().all())
        return [Entry(**row) for row in rows]

    async def forget(self, name: str, owner: str) -> None:
        """Delete what is kept of somebody's experiments of this name.

        Raises:
            StorageFailed: when that can't be done.
        """
        from sqlalchemy import delete

        from lumina_jupyter.storage.tables import automl_experiments as table

        query = delete(table).where(table.c.name == name, table.c.owner.in_(["", owner]))
        await self._database.run(lambda connection: connection.execute(query))
