"""`/lumina/api/usage`: what the calls took."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized

from ..base import LuminaHandler

MOST_DAYS = 3660


class UsageHandler(LuminaHandler):
    """Sums up the calls."""

    @authorized
    async def get(self) -> None:
        """Calls, tokens, dollars and seconds by day and model; `?days=30&notebook=`."""
        days = self.number("days", 30, least=1, most=MOST_DAYS)
        notebook = self.get_query_argument("notebook", "") or None
        engine = await self.engine()
        self.answer({"usage": await engine.usage(days=days, notebook=notebook)})
