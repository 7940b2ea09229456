"""`/lumina/api/personas`: who can be asked, and who can work as the agent."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized

from ..base import LuminaHandler


class PersonasHandler(LuminaHandler):
    """Lists the personas."""

    @authorized
    async def get(self) -> None:
        """All of them, and the files that are no personas."""
        self.answer(await (await self.engine()).personas.known())
