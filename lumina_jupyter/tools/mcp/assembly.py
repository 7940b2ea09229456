"""Puts both ways of MCP together, for an engine. Building it reads, imports and starts nothing."""

from __future__ import annotations

from collections.abc import Mapping

from ...gateway import KeyStore
from ...settings import Lumina
from ..toolbox import Toolbox
from .client.config_file import ConfigFile
from .client.gated_host import GatedHost
from .client.limits import Limits
from .client.servers import McpServers
from .server.endpoint import McpEndpoint
from .server.lumina_offers import NotebookChanges, lumina_offers


class Mcp:
    """MCP for one engine: servers that others wrote as tools of ours, and our tools for outside agents.

    Args:
        settings: The settings.
        toolbox: Whose tools and gate they are.
        environment: What `${NAME}` in `mcp.json` stands for.
        changes: Yields whenever the notebook at a path has changed.
    """

    def __init__(
        self,
        settings: Lumina,
        toolbox: Toolbox,
        environment: Mapping[str, str],
        changes: NotebookChanges,
    ) -> None:
        self.servers = McpServers(
            ConfigFile(settings.mcp_path),
            toolbox.registry,
            GatedHost(toolbox),
            limits_of(settings),
            lambda: environment,
            tokens_of(settings),
        )
        self.endpoint = McpEndpoint(
            toolbox,
            lumina_offers(changes),
            lambda: settings.mcp_server_scopes,
            int(settings.max_body_mb * 1_000_000),
        )
        toolbox.registry.prepare(self.servers.ready)

    async def close(self) -> None:
        """End the sessions of outside agents, and every server's process."""
        await self.endpoint.close()
        await self.servers.close()


def limits_of(settings: Lumina) -> Limits:
    """What a server may do, as it is set."""
    return Limits(start=settings.mcp_start_timeout, call=settings.mcp_call_timeout)


def tokens_of(settings: Lumina) -> KeyStore:
    """Where the tokens of sign-ins to servers are kept: beside providers' keys, not among them."""
    return KeyStore(settings.data_path / "mcp")
