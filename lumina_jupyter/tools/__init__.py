"""Tools: what models, agents, MCP clients and people can have done, each call through one permission gate."""

from .actor import Actor
from .assembly import toolbox
from .autonomy import Autonomy
from .call import ToolCall
from .content import Content, ImageContent, JsonContent, TextContent, ToolOutcome
from .context import ToolContext
from .declaration import declared
from .effects import Effect
from .listing import ToolInfo, tool_info
from .notebook_tools import Declaration, notebook_tool
from .permission import Approval, AuditEntry, Rule
from .preview import Preview
from .progress import ApprovalAsked, ApprovalDecided, Began, Progress, Said
from .registry import Registry, Trouble
from .target import Target
from .tool import Tool
from .toolbox import Toolbox

__all__ = [
    "Actor",
    "Approval",
    "ApprovalAsked",
    "ApprovalDecided",
    "AuditEntry",
    "Autonomy",
    "Began",
    "Content",
    "Declaration",
    "Effect",
    "ImageContent",
    "JsonContent",
    "Preview",
    "Progress",
    "Registry",
    "Rule",
    "Said",
    "Target",
    "TextContent",
    "Tool",
    "ToolCall",
    "ToolContext",
    "ToolInfo",
    "ToolOutcome",
    "Toolbox",
    "Trouble",
    "declared",
    "notebook_tool",
    "tool_info",
    "toolbox",
]
