"""`/lumina/mcp`: MCP for outside agents, on Jupyter's port and under its authentication."""

from __future__ import annotations

from typing import ClassVar

from jupyter_server.auth.decorator import authorized

from ...errors import BodyTooLarge, Forbidden
from ..asgi import Exchange
from ..tool_base import ToolBase, rights_of


class McpHandler(ToolBase):
    """Passes requests on to the endpoint."""

    kernels_allowed: ClassVar[bool] = False
    _exchange: Exchange | None = None

    @authorized
    async def post(self) -> None:
        """A message of a client's."""
        await self._pass_on()

    @authorized
    async def get(self) -> None:
        """The stream of a session's messages to its client."""
        await self._pass_on()

    @authorized
    async def delete(self) -> None:
        """The end of a session."""
        await self._pass_on()

    def skip_check_origin(self) -> bool:
        """Never: the protocol wants the origin looked at whatever token comes with it."""
        return False

    async def _pass_on(self) -> None:
        settings = self.service.settings
        if not settings.mcp_server:
            raise Forbidden("MCP is switched off on this server.", hint="`c.Lumina.mcp_server = True` switches it on.")
        if len(self.request.body or b"") > settings.max_body_mb * 1_000_000:
            raise BodyTooLarge(f"The body is larger than {settings.max_body_mb:g} MB.")
        engine = await self.engine()
        from ...tools.mcp.server import CALLER, Caller

        caller = Caller(self.asker, frozenset(await rights_of(self)))
        exchange = self._exchange = Exchange(self, {CALLER: caller})
        if self._gone:
            return
        await exchange.run(engine.mcp.endpoint)

    _gone = False

    def on_connection_close(self) -> None:
        """The client is gone."""
        super().on_connection_close()
        self._gone = True
        if self._exchange is not None:
            self._exchange.leave()
