"""Tools: what models, agents, MCP clients and people can have done, each call through one permission gate."""

from .actor import Actor
from .assembly import toolbox
from .autonomy import Autonomy
from .call import ToolCall
from .content import (
    CONTENT_KINDS,
    AudioContent,
    Content,
    ContentPart,
    ImageContent,
    JsonContent,
    ResourceContent,
    TextContent,
    ToolOutcome,
)
from .context import ToolContext
from .counterpart import Ask, AskFolders, AskModel, AskPerson, Counterpart, Reply
from .declaration import declared
from .effects import Effect
from .listing import ToolInfo, tool_info
from .notebook_tools import Declaration, notebook_tool
from .pages import PageRequest, Pages
from .permission import Approval, AuditEntry, Rule
from .preview import Preview
from .progress import ApprovalAsked, ApprovalDecided, Began, Progress, QuestionAsked, QuestionOver, Said
from .questions import PersonQuestion
from .registry import Registry, Trouble
from .target import Target
from .tool import Tool
from .toolbox import Toolbox

__all__ = [
    "CONTENT_KINDS",
    "Actor",
    "Approval",
    "ApprovalAsked",
    "ApprovalDecided",
    "Ask",
    "AskFolders",
    "AskModel",
    "AskPerson",
    "AudioContent",
    "AuditEntry",
    "Autonomy",
    "Began",
    "Content",
    "ContentPart",
    "Counterpart",
    "Declaration",
    "Effect",
    "ImageContent",
    "JsonContent",
    "PageRequest",
    "Pages",
    "PersonQuestion",
    "Preview",
    "Progress",
    "QuestionAsked",
    "QuestionOver",
    "Registry",
    "Reply",
    "ResourceContent",
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
