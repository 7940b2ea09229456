"""Tools: what models, agents, MCP clients and people can have done, each call through one permission gate."""

from .actor import Actor
from .content import Content, ImageContent, JsonContent, TextContent, ToolOutcome
from .context import ToolContext
from .declaration import declared
from .effects import Effect
from .preview import Preview
from .registry import Registry
from .target import Target
from .tool import Tool

__all__ = [
    "Actor",
    "Content",
    "Effect",
    "ImageContent",
    "JsonContent",
    "Preview",
    "Registry",
    "Target",
    "TextContent",
    "Tool",
    "ToolContext",
    "ToolOutcome",
    "declared",
]
