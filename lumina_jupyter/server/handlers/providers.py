"""`/lumina/api/providers`: which providers are here, what the others lack, and trying one out."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized

from ..base import LuminaHandler
from ..progress import ProgressHandler


class ProvidersHandler(LuminaHandler):
    """Lists the providers."""

    @authorized
    async def get(self) -> None:
        """Every provider that Lumina knows; `?refresh=1` looks again."""
        engine = await self.engine()
        self.answer({"providers": await engine.providers(refresh=self.flag("refresh"))})


class ProbeHandler(ProgressHandler):
    """Tries a provider out."""

    @authorized
    async def post(self, provider: str) -> None:
        """Tell how a streamed answer and a tool call go; costs a few tokens."""
        engine = await self.engine()
        await self.stream(engine.watch_probe(provider))
