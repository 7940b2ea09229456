"""`/lumina/api/preferences`: what the person chose; kernels may not read or change it."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized

from ..base import LuminaHandler


class PreferencesHandler(LuminaHandler):
    """Reads and keeps the choices."""

    kernels_allowed = False

    @authorized
    async def get(self) -> None:
        """What is chosen, configured, in force and locked."""
        engine = await self.engine()
        self.answer(engine.preferences())

    @authorized
    async def put(self) -> None:
        """Keep these choices in place of all earlier ones."""
        from ...storage import Preferences

        chosen = await self.body(Preferences)
        engine = await self.engine()
        self.answer(await engine.set_preferences(chosen))
