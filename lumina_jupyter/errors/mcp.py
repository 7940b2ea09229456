"""Servers that speak MCP."""

from __future__ import annotations

from lumina_jupyter.errors.base import LuminaError


class McpConfigInvalid(LuminaError):
    """`mcp.json`, or an entry of it, cannot be understood."""

    code = "mcp_config_invalid"
    http_status = 400
    default_hint = "`lumina mcp list` names the file; docs/mcp.md shows what can stand in it."


class McpServerUnavailable(LuminaError):
    """An MCP server does not start, does not answer, or is not there any more."""

    code = "mcp_server_unavailable"
    http_status = 502
    default_hint = "`lumina mcp test NAME` tries it out and shows what it printed."


class McpServerMisbehaved(McpServerUnavailable):
    """An MCP server broke the protocol or went beyond its limits, and was cut off."""

    code = "mcp_server_misbehaved"
    default_hint = "Do not use it until its author has mended it; `lumina mcp remove NAME` takes it out."


class McpCallFailed(LuminaError):
    """A call of an MCP server's tool ended in an error; the message quotes the server, which is not trusted."""

    code = "mcp_call_failed"
    http_status = 502
    default_hint = "Change the arguments as the message says, or do without this tool."
