"""`/lumina/api/providers`: which providers are here, and what the others lack."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized

from ..base import LuminaHandler


class ProvidersHandler(LuminaHandler):
    """Lists the providers."""

    @authorized
    async def get(self) -> None:
        """Every provider that Lumina knows; `?refresh=1` looks again."""
        engine = await self.engine()
        self.answer({"providers": await engine.providers(refresh=self.flag("refresh"))})
