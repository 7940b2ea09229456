"""Servers that others wrote, as tools of ours.

`servers` is the face: it follows `mcp.json`, keeps one `link` for each server and puts their tools into the registry.
`wire/` speaks the protocol, on the official SDK: it is imported in a thread when the first server is wanted.
"""

from .config import Configured, ServerConfig, parse_config
from .config_file import ConfigFile
from .gated_host import GatedHost
from .host import Host
from .limits import Limits
from .servers import McpServers, ServerStatus

__all__ = [
    "ConfigFile",
    "Configured",
    "GatedHost",
    "Host",
    "Limits",
    "McpServers",
    "ServerConfig",
    "ServerStatus",
    "parse_config",
]
