"""`/lumina/api/mcp/servers`: how the MCP servers are."""

from __future__ import annotations

from dataclasses import asdict

from jupyter_server.auth.decorator import authorized

from .questions import PeopleOnly


class McpServersHandler(PeopleOnly):
    """Lists the servers."""

    @authorized
    async def get(self) -> None:
        """How every server of mcp.json is; starts them when they were not yet."""
        engine = await self.engine()
        await engine.mcp.servers.ready()
        self.answer({"servers": [asdict(each) for each in engine.mcp.servers.statuses()]})


class McpRestartHandler(PeopleOnly):
    """Restarts a server."""

    @authorized
    async def post(self, name: str) -> None:
        """End it and start it anew; how it is then."""
        await self.check_rights(["execute"])
        engine = await self.engine()
        await engine.mcp.servers.restart(name)
        self.answer(next(asdict(each) for each in engine.mcp.servers.statuses() if each.name == name))
