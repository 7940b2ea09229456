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
        """Write these down, in place of what was known of them.

        Raises:
            DiskFull, StorageFailed: when they can't be written.
        """
        from sqlalchemy import Connection, delete, insert

        from lumina_jupyter.storage.tables import automl_experiments as table

        news = [storable(asdict(entry)) for entry in entries]
        if not news:
            return

        def write(connection: Connection) -> None:
            connection.execute(delete(table).where(table.c.id.in_([row["id"] for row in news])))
            connection.execute(insert(table), news)

        await self._database.run(write)

    async def all(self, owner: str, origin: str) -> list[Entry]:
        """Those that are somebody's, and those that are nobody's and of this data folder; the newest first.

        Raises:
            StorageFailed: when they can't be read.
        """
        from sqlalchemy import and_, or_, select

        from lumina_jupyter.storage.tables import automl_experiments as table

        own = and_(table.c.owner == owner, table.c.owner != "")
        shared = and_(table.c.owner == "", table.c.origin == origin)
        query = select(table).where(or_(own, shared)).order_by(table.c.began_at.desc())
        rows = await self._database.read(lambda connection: connection.execute(query).mappings().all())
        return [Entry(**row) for row in rows]

    async def forget(self, name: str, origin: str) -> None:
        """Delete what is kept of the experiments of this name in a data folder.

        Raises:
            StorageFailed: when that can't be done.
        """
        from sqlalchemy import delete

        from lumina_jupyter.storage.tables import automl_experiments as table

        query = delete(table).where(table.c.name == name, table.c.origin == origin)
        await self._database.run(lambda connection: connection.execute(query))
