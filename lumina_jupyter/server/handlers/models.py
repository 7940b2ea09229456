"""`/lumina/api/models`: which models can answer."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized

from ..base import LuminaHandler


class ModelsHandler(LuminaHandler):
    """Lists the models."""

    @authorized
    async def get(self) -> None:
        """The models that can answer now; `?refresh=1` looks again."""
        engine = await self.engine()
        self.answer({"models": await engine.models(refresh=self.flag("refresh"))})
