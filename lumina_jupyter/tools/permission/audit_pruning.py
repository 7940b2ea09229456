"""Takes what is old out of the audit log."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection

DAY = 24 * 3600.0
LEAST_DAYS = 30
"""Days for which the database itself keeps every entry."""
AT_ONCE = 5_000
"""Entries that one transaction deletes, so that others can write in between."""
_MARGIN = 60.0
"""Seconds, for clocks that are set while it is deleted."""


def oldest_kept(days: int) -> float:
    """The time of the oldest entry that stays; 0 where all of them do."""
    return time.time() - max(days, LEAST_DAYS) * DAY - _MARGIN if days > 0 else 0.0


def prune(connection: Connection, before: float) -> bool:
    """Delete the oldest entries from before a time; whether there may be more of them."""
    from sqlalchemy import delete, select

    from ...storage.tables import tool_audit as table

    oldest = select(table.c.number, table.c.at).order_by(table.c.number).limit(AT_ONCE)
    found = connection.execute(oldest).all()
    # In the order in which they were written: a clock that was wrong for a while does not leave gaps.
    old = next((place for place, entry in enumerate(found) if entry.at >= before), len(found))
    if old:
        connection.execute(delete(table).where(table.c.number <= found[old - 1].number))
    return bool(old) and old == len(found)
