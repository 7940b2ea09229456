"""A chat request in the words of Cohere's v2 API."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...errors import InvalidRequest
from ..requests import (
    ChatRequest,
    ImagePart,
    Message,
    ReasoningPart,
    TextPart,
    ToolCallPart,
    ToolResultPart,
    ToolSpec,
)
from .base import Target


def request_body(request: ChatRequest, target: Target) -> dict[str, Any]:
    """The JSON body of the request.

    Raises:
        InvalidRequest: when `tool_choice` names a tool that the request does not have.
    """
    tools, choice = _tools(request, target)
    optional = {
        "tools": [_tool(spec) for spec in tools] or None,
        "tool_choice": choice,
        "strict_tools": True if any(spec.strict for spec in tools) else None,
        "response_format": _response_format(request),
        "max_tokens": request.max_tokens,
        "temperature": request.temperature,
        "p": request.top_p,
        "stop_sequences": list(request.stop) or None,
        "seed": request.seed,
        "thinking": _thinking(request),
    }
    return {
        "model": target.name,
        "messages": [item for message in request.messages for item in _messages(message)],
        **{name: value for name, value in optional.items() if value is not None},
        **request.extra,
        "stream": True,
    }


def _messages(message: Message) -> Iterator[dict[str, Any]]:
    """The message as Cohere has it: each tool result is a message of its own."""
    content: list[dict[str, Any]] = []
    calls: list[dict[str, Any]] = []
    plan: list[str] = []
    for part in message.content:
        match part:
            case TextPart():
                content.append({"type": "text", "text": part.text})
            case ImagePart():
                content.append({"type": "image_url", "image_url": {"url": _image_url(part)}})
            case ToolCallPart():
                function = {"name": part.name, "arguments": part.arguments}
                calls.append({"id": part.id, "type": "function", "function": function})
            case ReasoningPart():
                plan.append(part.text)
            case ToolResultPart():
                yield {"role": "tool", "tool_call_id": part.call_id, "content": part.content}
    said: dict[str, Any] = {"role": message.role}
    if content:
        said["content"] = message.text if all(part["type"] == "text" for part in content) else content
    if calls:
        said["tool_calls"] = calls
        if any(plan):
            said["tool_plan"] = "".join(plan)
    if len(said) > 1:
        yield said


def _image_url(part: ImagePart) -> str:
    if part.url is not None:
        return part.url
    return f"data:{part.media_type};base64,{part.data or ''}"


def _tools(request: ChatRequest, target: Target) -> tuple[tuple[ToolSpec, ...], str | None]:
    """The tools to offer and the mode; one tool that must be called is offered alone."""
    choice = request.tool_choice
    if choice is None or choice == "auto":
        return request.tools, None
    if choice in ("none", "required"):
        return request.tools, choice.upper()
    chosen = tuple(spec for spec in request.tools if spec.name == choice)
    if not chosen:
        raise InvalidRequest(f"`tool_choice` names {choice!r}, which is not among the tools.", provider=target.provider)
    return chosen, "REQUIRED"


def _tool(spec: ToolSpec) -> dict[str, Any]:
    return {
        "type": "function",
        "function": {"name": spec.name, "description": spec.description, "parameters": spec.parameters},
    }


def _response_format(request: ChatRequest) -> dict[str, Any] | None:
    if request.response_format is not None:
        return {"type": "json_object", "json_schema": request.response_format.schema}
    return {"type": "json_object"} if request.json_mode else None


def _thinking(request: ChatRequest) -> dict[str, str] | None:
    if request.reasoning_effort is None:
        return None
    return {"type": "disabled" if request.reasoning_effort == "none" else "enabled"}
