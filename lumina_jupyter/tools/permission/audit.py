"""The audit log: every decision about a call and every outcome, appended, never changed, and deleted by age alone.

Writing holds no call up: a task writes what has come together meanwhile. But where it cannot be written, only looking
goes on: a call that could change something waits for the log, and is denied when the log fails.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from ...errors import LuminaError, ToolDenied
from ...storage import Database
from ...telemetry.redaction import redact
from .audit_entry import AuditEntry, Moment
from .audit_pruning import DAY, oldest_kept, prune

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

__all__ = ["Audit", "AuditEntry", "Moment"]

MOST_PENDING = 10_000
"""Entries that wait for a database that does not answer, at most."""
_TEXT_LENGTH = 2_000
_NAME_LENGTH = 200

log = logging.getLogger(__name__)


class Audit:
    """The log of one engine.

    Args:
        database: Where it is kept.
        days: For how many days; 0 for ever.
    """

    def __init__(self, database: Database, days: Callable[[], int] = lambda: 0) -> None:
        self._database = database
        self._days = days
        self._pruned = 0.0
        self._pending: deque[AuditEntry] = deque(maxlen=MOST_PENDING)
        self._writing: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()
        self._trouble: LuminaError | None = None

    def add(self, entry: AuditEntry) -> None:
        """Append an entry; it is in the database soon."""
        self._pending.append(_masked(entry))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.get_running_loop().create_task(self._write())

    async def check(self) -> None:
        """Nothing while the log can be written.

        Raises:
            ToolDenied: when it cannot, now as before.
        """
        if self._trouble is not None:
            await self.flush()
        if self._trouble is not None:
            raise ToolDenied(
                f"What tools do cannot be recorded, so they do nothing. {self._trouble.message}",
                hint=self._trouble.hint,
            )

    async def flush(self) -> None:
        """Write what waits."""
        if self._writing is not None:
            await asyncio.shield(self._writing)
        if self._pending:
            await self._write()

    async def _write(self) -> None:
        # One after the other: what two wrote at the same time would be there twice.
        async with self._turn:
            await self._write_pending()
        if self._trouble is None:
            await self._prune()

    async def _write_pending(self) -> None:
        while self._pending:
            batch = list(self._pending)
            try:
                await self._database.run(partial(_append, entries=batch))
            except LuminaError as error:
                if self._trouble is None:
                    log.error("the audit log cannot be written: %s", error)
                self._trouble = error
                return
            self._trouble = None
            for _ in batch:
                self._pending.popleft()

    async def _prune(self) -> None:
        """Delete what is too old: with the first entry that a process writes, and then once a day."""
        before = oldest_kept(self._days())
        if not before or before - self._pruned < DAY:
            return
        self._pruned = before
        try:
            while await self._database.run(partial(prune, before=before)):
                continue
        except LuminaError as error:
            log.warning("old entries of the audit log cannot be deleted: %s", error)

    async def latest(
        self,
        viewer: str = "",
        *,
        limit: int = 100,
        before: int = 0,
        notebook: str = "",
        tool: str = "",
        call: str = "",
    ) -> list[AuditEntry]:
        """The latest entries that are for the viewer, the newest first; with `before`, those before that number."""
        await self.flush()

        def find(connection: Connection) -> list[AuditEntry]:
            from sqlalchemy import or_, select

            from ...storage.tables import tool_audit as table

            wanted = select(table).order_by(table.c.number.desc()).limit(limit)
            wanted = wanted.where(or_(table.c.audience == "", table.c.audience == viewer))
            if before:
                wanted = wanted.where(table.c.number < before)
            for column, value in ((table.c.notebook, notebook), (table.c.tool, tool), (table.c.call, call)):
                if value:
                    wanted = wanted.where(column == value)
            return [_entry(row) for row in connection.execute(wanted)]

        return await self._database.read(find)

    async def close(self) -> None:
        """Write what waits; what cannot be written is in the log file."""
        await self.flush()
        if self._pending:
            log.error("%d entries of the audit log could not be written", len(self._pending))


def _masked(entry: AuditEntry) -> AuditEntry:
    return replace(
        entry,
        reason=redact(entry.reason)[:_TEXT_LENGTH],
        arguments=redact(entry.arguments)[:_TEXT_LENGTH],
        target=redact(entry.target)[:_TEXT_LENGTH],
        tool=entry.tool[:_NAME_LENGTH],
        call=entry.call[:_NAME_LENGTH],
    )


def _append(connection: Connection, entries: list[AuditEntry]) -> None:
    from sqlalchemy import insert

    from ...storage.tables import tool_audit as table

    rows: list[dict[str, Any]] = []
    for entry in entries:
        row = asdict(entry)
        del row["number"]
        rows.append({**row, "effects": ",".join(entry.effects)})
    connection.execute(insert(table), rows)


def _entry(row: Row[Any]) -> AuditEntry:
    fields = dict(row._mapping)
    return AuditEntry(**{**fields, "effects": tuple(each for each in str(fields["effects"]).split(",") if each)})
