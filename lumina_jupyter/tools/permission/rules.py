"""The rules that people granted: kept in the database, looked up in memory."""

from __future__ import annotations

import time
from collections.abc import Callable
from secrets import token_hex
from typing import TYPE_CHECKING

from ...errors import NotFound
from ...storage import Database
from .approval import Approval
from .rule import Rule, Scope, Verdict, extent_of, place_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

FRESH = 5.0
"""Seconds after which what another process has granted or revoked is looked up again."""
CELL_SECONDS = 12 * 3600.0
RUN_SECONDS = 24 * 3600.0
_FOREVER = 1e12


class Rules:
    """All rules.

    Args:
        database: Where they are kept.
        clock: Seconds since 1970.
    """

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock
        self._known: tuple[Rule, ...] = ()
        self._read_at = float("-inf")

    async def known(self) -> tuple[Rule, ...]:
        """The rules that hold now."""
        if time.monotonic() - self._read_at > FRESH:
            await self._read()
        return self._known

    async def add(self, approval: Approval, verdict: Verdict, scope: Scope, by: str) -> Rule:
        """Make a rule of what was decided of an approval."""
        now = self._clock()
        extent = extent_of(scope, approval.target)
        lasts = {"cell": CELL_SECONDS, "run": RUN_SECONDS}.get(scope, _FOREVER)
        rule = Rule(
            id=f"rule_{token_hex(8)}",
            verdict=verdict,
            scope=scope,
            user=approval.user,
            actor_kind=approval.actor_kind,
            actor_name=approval.actor_name,
            tool=approval.tool,
            source=approval.source,
            digest=approval.tool_digest,
            target_kind=approval.target.kind,
            extent=extent,
            place=approval.run if extent == "run" else place_of(extent, approval.target, approval.notebook),
            granted_by=by,
            created_at=now,
            expires_at=now + lasts,
        )
        await self._database.run(lambda connection: _add(connection, rule, now))
        await self._read()
        return rule

    async def revoke(self, rule_id: str, user: str = "") -> None:
        """Take a rule of a person back.

        Raises:
            NotFound: when there is none of that id for them.
        """

        def revoke(connection: Connection) -> bool:
            from ...storage.tables import tool_rules as table

            mine = table.delete().where(table.c.id == rule_id, table.c.user == user)
            return connection.execute(mine).rowcount == 1

        if not await self._database.run(revoke):
            raise NotFound(f"There is no rule {rule_id[:40]!r}.", hint="`lumina approvals rules` lists them.")
        await self._read()

    async def _read(self) -> None:
        now = self._clock()
        self._known = await self._database.read(lambda connection: _all(connection, now))
        self._read_at = time.monotonic()


def _add(connection: Connection, rule: Rule, now: float) -> None:
    from dataclasses import asdict

    from sqlalchemy import insert

    from ...storage.tables import tool_rules as table

    connection.execute(table.delete().where(table.c.expires_at < now))
    connection.execute(insert(table).values(**asdict(rule)))


def _all(connection: Connection, now: float) -> tuple[Rule, ...]:
    from sqlalchemy import select

    from ...storage.tables import tool_rules as table

    rows = connection.execute(select(table).where(table.c.expires_at > now).order_by(table.c.created_at))
    return tuple(Rule(**row._mapping) for row in rows)
