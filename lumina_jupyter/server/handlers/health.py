"""`/lumina/api/health`: whether something can answer."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized

from ..base import LuminaHandler


class HealthHandler(LuminaHandler):
    """Tells how the engine is."""

    _track_activity = False

    @authorized
    async def get(self) -> None:
        """How it is; connects nowhere and does not keep an idle server alive."""
        engine = await self.engine()
        self.answer(await engine.health())
