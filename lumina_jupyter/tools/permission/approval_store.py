"""Where approvals are kept: a table, each change of state one conditional write, so that two can never both decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from ...storage import Database
from ..preview import Preview
from ..target import Target
from .approval import Approval, State

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

_PLAIN = ("tool", "source", "user", "run", "notebook", "audience", "created_at", "expires_at")
_IN_DATA = ("title", "tool_digest", "actor_kind", "actor_name", "conversation", "arguments", "reason")


class ApprovalStore:
    """The approvals of all notebooks.

    Args:
        database: Where they are kept.
        keeper: The name of this process: it alone decides what it asked.
    """

    def __init__(self, database: Database, keeper: str) -> None:
        self._database = database
        self._keeper = keeper

    async def add(self, approval: Approval, digest: str) -> None:
        """Keep a new one."""
        await self._database.run(lambda connection: _add(connection, approval, digest, self._keeper))

    async def settle(self, approval_id: str, state: State, *, by: str, note: str, now: float) -> bool:
        """Take a pending one to its end; False when it is not pending any more, or is another process's."""

        def settle(connection: Connection) -> bool:
            from ...storage.tables import tool_approvals as table

            mine = table.update().where(
                table.c.id == approval_id, table.c.state == "pending", table.c.keeper == self._keeper
            )
            if state != "expired":
                mine = mine.where(table.c.expires_at > now)
            changed = mine.values(state=state, decided_at=now, decided_by=by, note=note)
            return connection.execute(changed).rowcount == 1

        return await self._database.run(settle)

    async def use(self, approval_id: str, digest: str, now: float) -> bool:
        """Use up a granted one for the call that it is bound to; False when it is not for that, or was used."""

        def use(connection: Connection) -> bool:
            from ...storage.tables import tool_approvals as table

            mine = table.update().where(
                table.c.id == approval_id,
                table.c.state == "granted",
                table.c.digest == digest,
                table.c.used_at.is_(None),
                table.c.keeper == self._keeper,
            )
            return connection.execute(mine.values(used_at=now)).rowcount == 1

        return await self._database.run(use)

    async def get(self, approval_id: str, now: float) -> Approval | None:
        """One of that id."""

        def get(connection: Connection) -> Approval | None:
            from sqlalchemy import select

            from ...storage.tables import tool_approvals as table

            row = connection.execute(select(table).where(table.c.id == approval_id)).one_or_none()
            return None if row is None else _approval(row, self._keeper, now)

        return await self._database.read(get)

    async def list(self, now: float, *, pending: bool, notebook: str = "", limit: int = 200) -> list[Approval]:
        """The latest, the newest first."""

        def find(connection: Connection) -> list[Approval]:
            from sqlalchemy import select

            from ...storage.tables import tool_approvals as table

            wanted = select(table).order_by(table.c.created_at.desc(), table.c.id).limit(limit)
            if pending:
                wanted = wanted.where(
                    table.c.state == "pending", table.c.keeper == self._keeper, table.c.expires_at > now
                )
            if notebook:
                wanted = wanted.where(table.c.notebook == notebook)
            return [_approval(row, self._keeper, now) for row in connection.execute(wanted)]

        return await self._database.read(find)


def _add(connection: Connection, approval: Approval, digest: str, keeper: str) -> None:
    from sqlalchemy import insert

    from ...storage.tables import tool_approvals as table

    data: dict[str, Any] = {name: getattr(approval, name) for name in _IN_DATA}
    data["effects"] = list(approval.effects)
    data["scopes"] = list(approval.scopes)
    data["target"] = asdict(approval.target)
    data["preview"] = None if approval.preview is None else asdict(approval.preview)
    plain = {name: getattr(approval, name) for name in _PLAIN}
    connection.execute(
        insert(table).values(id=approval.id, state="pending", digest=digest, keeper=keeper, data=data, **plain)
    )


def _approval(row: Row[Any], keeper: str, now: float) -> Approval:
    data: Mapping[str, Any] = row.data
    state, note = row.state, row.note
    if state == "pending" and (row.keeper != keeper or row.expires_at <= now):
        # Whoever waited for it is gone: nobody can grant it any more.
        state, note = "expired", "It was not decided in time, or the server was restarted."
    return Approval(
        id=row.id,
        state=state,
        note=note,
        decided_at=row.decided_at,
        decided_by=row.decided_by,
        effects=tuple(data["effects"]),
        scopes=tuple(data["scopes"]),
        target=Target(**data["target"]),
        preview=None if data["preview"] is None else Preview(**data["preview"]),
        **{name: getattr(row, name) for name in _PLAIN},
        **{name: data[name] for name in _IN_DATA},
    )
