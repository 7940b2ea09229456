"""`/lumina/api/embedded`: the embedded models, and fetching one."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized

from ..base import LuminaHandler
from ..progress import ProgressHandler


class EmbeddedHandler(LuminaHandler):
    """Lists the embedded models."""

    @authorized
    async def get(self) -> None:
        """Those on disk and those that could be fetched."""
        engine = await self.engine()
        self.answer({"models": await engine.embedded_models()})


class PullHandler(ProgressHandler):
    """Fetches an embedded model."""

    @authorized
    async def post(self, name: str) -> None:
        """Tell how far it has come; ends with the phase `done`, and stops when the client goes away."""
        engine = await self.engine()
        await self.stream(engine.pull(name))
