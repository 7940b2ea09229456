"""Tools called for an outside agent: by itself, or through what is offered beside them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import aclosing
from typing import Any

import mcp_types as types
from mcp.shared.exceptions import MCPError

from .....errors import ToolFailed, UnknownTool
from ....actor import Actor
from ....call import ToolCall
from ....content import AudioContent, Content, ContentPart, ImageContent, ResourceContent, TextContent, ToolOutcome
from ....context import ToolContext
from ....counterpart import NOBODY, Counterpart
from ....progress import ApprovalAsked, ApprovalDecided, Began, Progress, Said
from ....tool import Tool
from ....toolbox import Toolbox
from ...client.tools import seen
from ..endpoint import Scopes
from ..offers import Call
from ..scopes import within_scope
from .rounds import Context, Round, caller_of


class Calling:
    """Calls of tools by agents.

    Args:
        toolbox: Whose tools they are.
        scopes: The effects that they may have.
    """

    def __init__(self, toolbox: Toolbox, scopes: Scopes) -> None:
        self.toolbox = toolbox
        self._scopes = scopes

    async def offered(self, context: Context) -> list[Tool]:
        """The tools that the caller's scopes and rights allow, and no policy forbids."""
        scopes = self._scopes()
        offered = await self.toolbox.offered(tool_context(context))
        return [tool for tool, _decision in offered if within_scope(tool, scopes)]

    async def run(
        self, context: Context, name: str, arguments: Mapping[str, Any], current: Round[Any] | None = None
    ) -> ToolOutcome:
        """Run a call through the toolbox; cancelling it stops the tool.

        Raises:
            UnknownTool: when there is no such tool for agents.
        """
        await self._check(name)
        call = ToolCall(str(context.request_id), name, dict(arguments))
        counterpart: Counterpart = current or NOBODY
        outcome: ToolOutcome | None = None
        async with aclosing(self.toolbox.watch(call, tool_context(context, counterpart))) as progress:
            async for each in progress:
                if isinstance(each, ToolOutcome):
                    outcome = each
                elif current is not None:
                    current.tell(_sentence(each))
        if outcome is None:
            raise ToolFailed("The call ended without an outcome.")
        return outcome

    async def _check(self, name: str) -> None:
        tool = self._named(name)
        if tool is None:
            await self.toolbox.registry.ready()
            tool = self._named(name)
        if tool is None or not within_scope(tool, self._scopes()):
            raise UnknownTool(f"There is no tool {name[:64]!r} for you.")

    def _named(self, name: str) -> Tool | None:
        return next((each for each in self.toolbox.registry.list() if each.name == name), None)

    def caller(self, context: Context, current: Round[Any] | None = None) -> Call:
        """Calls tools for what is offered beside them."""

        async def call(name: str, arguments: Mapping[str, Any]) -> Content:
            outcome = await self.run(context, name, arguments, current)
            if outcome.is_error:
                # The text is message and hint together, as whoever calls a tool is told them.
                raise ToolFailed(outcome.text, hint="")
            return outcome.content

        return call


def tool_context(context: Context, counterpart: Counterpart = NOBODY) -> ToolContext:
    """The surroundings of a request's calls."""
    caller = caller_of(context)
    client = context.session.client_params
    # The name is the client's own word: it tells people who asks, and decides nothing.
    name = seen(client.client_info.name, 60) if client is not None else ""
    return ToolContext(
        actor=Actor("mcp", caller.user, name=name),
        allowed=caller.allowed,
        audience=caller.user,
        call_id=str(context.request_id),
        counterpart=counterpart,
    )


def _sentence(progress: Progress) -> str:
    if isinstance(progress, ApprovalAsked):
        return f"It waits until a person approves it ({progress.approval.reason})."
    if isinstance(progress, ApprovalDecided):
        return f"The approval is {progress.approval.state}."
    if isinstance(progress, Began):
        return f"{progress.tool} runs."
    if isinstance(progress, Said):
        return progress.text
    return f"{progress.question.who} asks a person."


def block(part: ContentPart) -> types.ContentBlock:
    """A part as a block of a tool's result or of a prompt."""
    match part:
        case TextContent():
            return types.TextContent(text=part.text)
        case ImageContent():
            return types.ImageContent(data=part.data, mime_type=part.media_type)
        case AudioContent():
            return types.AudioContent(data=part.data, mime_type=part.media_type)
        case ResourceContent():
            return types.EmbeddedResource(resource=contents(part, part.uri, part.media_type))
    return types.TextContent(text=json.dumps(part.value, ensure_ascii=False, default=str))


def contents(part: ContentPart, uri: str, media_type: str) -> types.TextResourceContents | types.BlobResourceContents:
    """A part as what stands at an address."""
    match part:
        case ImageContent() | AudioContent():
            return types.BlobResourceContents(uri=uri, mime_type=part.media_type, blob=part.data)
        case ResourceContent():
            if part.data:
                return types.BlobResourceContents(uri=part.uri, mime_type=part.media_type, blob=part.data)
            return types.TextResourceContents(uri=part.uri, mime_type=part.media_type, text=part.text)
        case TextContent():
            return types.TextResourceContents(uri=uri, mime_type=media_type, text=part.text)
    text = json.dumps(part.value, ensure_ascii=False, default=str)
    return types.TextResourceContents(uri=uri, mime_type="application/json", text=text)


def invalid(message: str, **data: Any) -> MCPError:
    """The refusal of a request as it stands."""
    return MCPError(types.INVALID_PARAMS, message, data or None)
