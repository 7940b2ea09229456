"""What each model call took: tokens, dollars, seconds; written once per call, summed up for people."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass

from .database import Database
from .text import storable


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageRecord:
    """One call. `usd` is None when the model's price is unknown; `status` is the finish reason or error code."""

    request_id: str
    user: str
    notebook: str
    provider: str
    model: str
    input_tokens: int
    output_tokens: int
    cached_input_tokens: int
    reasoning_tokens: int
    usd: float | None
    seconds: float
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageRow:
    """The calls of one model on one day (UTC, `YYYY-MM-DD`) together.

    `usd` sums the calls with a known price; `unpriced` counts the others.
    """

    day: str
    model: str
    calls: int
    failed: int
    input_tokens: int
    output_tokens: int
    usd: float
    unpriced: int
    seconds: float


class UsageLog:
    """The table of calls."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def record(self, record: UsageRecord) -> None:
        """Add a call."""
        from .tables import usage

        now = time.time()
        row = {**storable(asdict(record)), "at": now, "day": _day(now)}
        await self._database.run(lambda connection: connection.execute(usage.insert().values(row)))

    async def summary(self, *, days: int = 30, user: str | None = None, notebook: str | None = None) -> list[UsageRow]:
        """The calls of the last `days` days by day and model, newest first."""
        from sqlalchemy import case, func, select

        from .tables import usage

        answered = usage.c.status.in_(["stop", "length", "tool_calls", "content_filter", "cancelled"])
        query = (
            select(
                usage.c.day,
                usage.c.model,
                func.count().label("calls"),
                func.sum(case((answered, 0), else_=1)).label("failed"),
                func.sum(usage.c.input_tokens).label("input_tokens"),
                func.sum(usage.c.output_tokens).label("output_tokens"),
                func.coalesce(func.sum(usage.c.usd), 0.0).label("usd"),
                func.sum(case((usage.c.usd.is_(None), 1), else_=0)).label("unpriced"),
                func.sum(usage.c.seconds).label("seconds"),
            )
            .where(usage.c.at >= time.time() - days * 86_400.0)
            .group_by(usage.c.day, usage.c.model)
            .order_by(usage.c.day.desc(), usage.c.model)
        )
        if user is not None:
            query = query.where(usage.c.user == user)
        if notebook is not None:
            query = query.where(usage.c.notebook == notebook)
        rows = await self._database.run(lambda connection: connection.execute(query).mappings().all())
        return [UsageRow(**row) for row in rows]


def _day(seconds: float) -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(seconds))
