"""The description of the routes over MCP, in both directions."""

from __future__ import annotations

from ..tools.mcp.client import ServerStatus
from .operation import Operation

_MESSAGE = {"type": "object", "description": "MCP's streamable HTTP: a JSON-RPC message."}

MCP_OPERATIONS = (
    Operation(
        method="get",
        path="/lumina/api/mcp/servers",
        summary="How the servers of mcp.json are; starts them. Closed to kernels.",
        lists={"servers": ServerStatus},
    ),
    Operation(
        method="post",
        path="/lumina/api/mcp/servers/{name}/restart",
        summary="End a server and start it anew. Closed to kernels.",
        answer=ServerStatus,
    ),
    Operation(
        method="post",
        path="/lumina/mcp",
        summary="Lumina's tools for outside agents, over MCP (streamable HTTP). Closed to kernels.",
        schema=_MESSAGE,
    ),
)
