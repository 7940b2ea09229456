"""`/lumina/api/commands`: the slash commands."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized

from ..base import LuminaHandler


class CommandsHandler(LuminaHandler):
    """Lists the commands."""

    @authorized
    async def get(self) -> None:
        """Every command that a question may name."""
        engine = await self.engine()
        self.answer({"commands": engine.commands()})
