"""Conversations: which there are, whose they are and who may see them. Their logs are in `log`."""

from __future__ import annotations

import time
import uuid
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..errors import Forbidden
from ..storage import Database, storable
from .access import may_see, not_there, visible_to
from .people import NOBODY, Viewer

if TYPE_CHECKING:
    from sqlalchemy import Connection, RowMapping, Select

TITLE_LIMIT = 300
"""Characters of a title that somebody gives."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """One conversation of a notebook, as somebody sees it.

    Times are seconds since the epoch; `events` is the number of its last entry; `current` is the one that
    the notebook's cells go on with; `mine` says that whoever looks owns it.
    """

    id: str
    notebook: str
    title: str
    owner: str
    created_at: float
    updated_at: float
    current: bool
    events: int
    shared: bool = True
    mine: bool = False

    @property
    def settings(self) -> tuple[object, ...]:
        """What people change about a conversation."""
        return self.notebook, self.title, self.shared, self.owner

    def seen_by(self, viewer: Viewer) -> Conversation:
        """The same for another viewer, who may see it."""
        return replace(self, mine=self.owner != "" and self.owner == viewer.name)


class Conversations:
    """The conversations in the database. What a viewer may not see does not exist for them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def current(self, notebook: str) -> str:
        """The id of the shared conversation that a notebook goes on with; begun if there is none."""
        return await self._database.run(lambda connection: current(connection, storable(notebook)))

    async def get(self, conversation_id: str, viewer: Viewer = NOBODY) -> Conversation:
        """One conversation.

        Raises:
            NotFound: when there is none of that id for the viewer.
        """
        return await self._database.read(lambda connection: get(connection, conversation_id, viewer))

    async def audience(self, conversation_id: str) -> str:
        """The owner of a private conversation; empty for a shared one, which is for all.

        Raises:
            NotFound: when there is none of that id.
        """
        return await self._database.read(lambda connection: _audience(connection, conversation_id))

    async def list(self, notebook: str | None = None, viewer: Viewer = NOBODY) -> list[Conversation]:
        """The conversations of a notebook, or of all, that the viewer may see; the last changed first."""
        return await self._database.read(lambda connection: _list(connection, notebook, viewer))

    async def begin(self, notebook: str, *, title: str = "", shared: bool = True, viewer: Viewer) -> Conversation:
        """Begin a conversation. The first shared one of a notebook is what its cells go on with.

        Raises:
            Forbidden: when who has no name wants a private one.
        """
        return await self._database.run(
            lambda connection: begin(connection, storable(notebook), storable(title), shared, viewer)
        )

    async def begin_anew(self, notebook: str) -> str:
        """Begin a fresh conversation for a notebook's cells to go on with; the one before stays readable."""
        return await self._database.run(lambda connection: _begin_current(connection, storable(notebook)))

    async def change(
        self, conversation_id: str, viewer: Viewer, *, title: str | None = None, shared: bool | None = None
    ) -> Conversation:
        """Give it another title, or change who may see it.

        Raises:
            NotFound: when there is none of that id for the viewer.
            Forbidden: when it would become private and is somebody else's.
        """
        return await self._database.run(lambda connection: _change(connection, conversation_id, viewer, title, shared))

    async def delete(self, conversation_id: str, viewer: Viewer = NOBODY) -> None:
        """Delete a conversation with its log and its images; nothing of it stays in the database's files.

        Raises:
            NotFound: when there is none of that id for the viewer.
        """
        await self._database.run(lambda connection: _delete(connection, conversation_id, viewer))
        await self._database.erase()

    async def rename_notebook(self, old: str, new: str) -> None:
        """Let the conversations of a notebook (or of all in a folder) follow it to its new path."""
        await self._database.run(lambda connection: _rename(connection, old, new))


def moved(notebook: str, old: str, new: str) -> str:
    """Where a notebook is after `old`, the notebook itself or a folder around it, became `new`."""
    old = old.rstrip("/")
    if notebook == old:
        return new
    return new + notebook[len(old) :] if notebook.startswith(f"{old}/") else notebook


def get(connection: Connection, conversation_id: str, viewer: Viewer) -> Conversation:
    """One conversation, within a transaction.

    Raises:
        NotFound: when there is none of that id for the viewer.
    """
    from ..storage.tables import conversations as table

    row = connection.execute(_select().where(table.c.id == conversation_id)).mappings().first()
    if row is None or not may_see(viewer, shared=row["shared"], owner=row["owner"]):
        raise not_there(conversation_id)
    return _seen(row, viewer)


def _audience(connection: Connection, conversation_id: str) -> str:
    from sqlalchemy import select

    from ..storage.tables import conversations as table

    row = connection.execute(select(table.c.shared, table.c.owner).where(table.c.id == conversation_id)).one_or_none()
    if row is None:
        raise not_there(conversation_id)
    return "" if row.shared else str(row.owner)


def current(connection: Connection, notebook: str) -> str:
    """The shared conversation that a notebook goes on with, within a transaction; begun if there is none."""
    return _current(connection, notebook) or _begin_current(connection, notebook)


def begin(connection: Connection, notebook: str, title: str, shared: bool, viewer: Viewer) -> Conversation:
    """Begin a conversation, within a transaction.

    Raises:
        Forbidden: when who has no name wants a private one.
    """
    if not shared and not viewer.name:
        raise Forbidden(
            "A private conversation needs an owner, and Jupyter does not know who asks.",
            hint="Begin it in JupyterLab, or share it.",
        )
    is_current = shared and _current(connection, notebook) is None
    conversation_id = _insert(
        connection, notebook, title=title[:TITLE_LIMIT], shared=shared, owner=viewer.name, current=is_current
    )
    return get(connection, conversation_id, viewer)


def _seen(row: RowMapping, viewer: Viewer) -> Conversation:
    return Conversation(**row).seen_by(viewer)


def states(connection: Connection, ids: Collection[str]) -> dict[str, Conversation]:
    """Conversations by their ids, as nobody in particular sees them, within a transaction."""
    from ..storage.tables import conversations as table

    rows = connection.execute(_select().where(table.c.id.in_(ids))).mappings()
    return {row["id"]: Conversation(**row) for row in rows}


def _select() -> Select[Any]:
    from sqlalchemy import func, select

    from ..storage.tables import conversation_events as log
    from ..storage.tables import conversations as table

    last = select(func.coalesce(func.max(log.c.sequence), 0)).where(log.c.conversation_id == table.c.id)
    return select(table, last.scalar_subquery().label("events"))


def _current(connection: Connection, notebook: str) -> str | None:
    from sqlalchemy import select

    from ..storage.tables import conversations as table

    found: str | None = connection.execute(
        select(table.c.id)
        .where(table.c.notebook == notebook, table.c.current, table.c.shared)
        .order_by(table.c.updated_at.desc())
        .limit(1)
    ).scalar()
    return found


def _begin_current(connection: Connection, notebook: str) -> str:
    from ..storage.tables import conversations as table

    connection.execute(
        table.update().where(table.c.notebook == notebook, table.c.current, table.c.shared).values(current=False)
    )
    return _insert(connection, notebook, title="", shared=True, owner="", current=True)


def _insert(connection: Connection, notebook: str, **values: Any) -> str:
    from ..storage.tables import conversations as table

    now = time.time()
    conversation_id = f"conv_{uuid.uuid4().hex[:32]}"
    connection.execute(
        table.insert().values(id=conversation_id, notebook=notebook, created_at=now, updated_at=now, **values)
    )
    return conversation_id


def _list(connection: Connection, notebook: str | None, viewer: Viewer) -> list[Conversation]:
    from ..storage.tables import conversations as table

    query = _select().where(visible_to(viewer)).order_by(table.c.updated_at.desc())
    if notebook is not None:
        query = query.where(table.c.notebook == notebook)
    return [_seen(row, viewer) for row in connection.execute(query).mappings()]


def _change(
    connection: Connection, conversation_id: str, viewer: Viewer, title: str | None, shared: bool | None
) -> Conversation:
    from ..storage.tables import conversations as table

    before = get(connection, conversation_id, viewer)
    values: dict[str, Any] = {}
    if title is not None:
        values["title"] = storable(" ".join(title.split())[:TITLE_LIMIT])
    if shared is False and before.shared:
        if not viewer.name or before.owner not in {"", viewer.name}:
            raise Forbidden(
                "Only who began this conversation can make it private.",
                hint="Begin a private conversation of your own.",
            )
        values.update(shared=False, owner=viewer.name, current=False)
    elif shared and not before.shared:
        values.update(shared=True, current=_current(connection, before.notebook) is None)
    if values:
        connection.execute(table.update().where(table.c.id == conversation_id).values(values))
    return get(connection, conversation_id, viewer)


def _delete(connection: Connection, conversation_id: str, viewer: Viewer) -> None:
    from ..storage.tables import conversations as table

    get(connection, conversation_id, viewer)
    connection.execute(table.delete().where(table.c.id == conversation_id))


def _rename(connection: Connection, old: str, new: str) -> None:
    from sqlalchemy import or_, select

    from ..storage.tables import conversations as table

    inside = f"{old.rstrip('/')}/"
    found = connection.execute(
        select(table.c.id, table.c.notebook).where(
            or_(table.c.notebook == old, table.c.notebook.startswith(inside, autoescape=True))
        )
    ).mappings()
    for row in found.all():
        target = moved(row["notebook"], old, new)
        connection.execute(table.update().where(table.c.id == row["id"]).values(notebook=target))
