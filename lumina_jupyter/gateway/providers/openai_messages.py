"""A conversation in OpenAI's chat format."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from typing import Any

from ..requests import ImagePart, Message, ReasoningPart, TextPart, ToolCallPart, ToolResultPart
from .openai_dialects import Dialect

_SHORT_CALL_ID = re.compile(r"[A-Za-z0-9]{9}")


def chat_messages(messages: Iterable[Message], dialect: Dialect) -> list[dict[str, Any]]:
    """The messages as the API takes them."""
    wire: list[dict[str, Any]] = []
    images: list[ImagePart] = []
    for message in messages:
        if message.role == "tool":
            wire.extend(_tool_results(message, dialect))
            images.extend(part for part in message.content if isinstance(part, ImagePart))
            continue
        if images:
            wire.append(_images_of_tools(images))
            images = []
        wire.append(_assistant(message, dialect) if message.role == "assistant" else _plain(message))
    if images:
        wire.append(_images_of_tools(images))
    return wire


def _plain(message: Message) -> dict[str, Any]:
    if not any(isinstance(part, ImagePart) for part in message.content):
        return {"role": message.role, "content": message.text}
    return {"role": message.role, "content": [_part(part) for part in message.content if isinstance(part, _SHOWN)]}


_SHOWN = (TextPart, ImagePart)


def _part(part: TextPart | ImagePart) -> dict[str, Any]:
    if isinstance(part, TextPart):
        return {"type": "text", "text": part.text}
    url = part.url if part.data is None else f"data:{part.media_type};base64,{part.data}"
    return {"type": "image_url", "image_url": {"url": url}}


def _assistant(message: Message, dialect: Dialect) -> dict[str, Any]:
    calls = [part for part in message.content if isinstance(part, ToolCallPart)]
    wire: dict[str, Any] = {"role": "assistant", "content": message.text or (None if calls else "")}
    if calls:
        wire["tool_calls"] = [
            {
                "id": _call_id(call.id, dialect),
                "type": "function",
                "function": {"name": call.name, "arguments": call.arguments or "{}"},
            }
            for call in calls
        ]
    reasoning = [part for part in message.content if isinstance(part, ReasoningPart)]
    if reasoning:
        _give_reasoning(wire, reasoning, dialect)
    return wire


def _give_reasoning(wire: dict[str, Any], reasoning: list[ReasoningPart], dialect: Dialect) -> None:
    text = "".join(part.text for part in reasoning)
    if dialect.give_reasoning == "reasoning_content":
        # Wanted back within a turn that calls tools; servers refuse or drop it elsewhere.
        if "tool_calls" in wire and text:
            wire["reasoning_content"] = text
    elif dialect.give_reasoning == "thinking_parts":
        thinking = {"type": "thinking", "thinking": [{"type": "text", "text": text}]}
        answer = [{"type": "text", "text": wire["content"]}] if wire["content"] else []
        wire["content"] = [thinking, *answer]
    elif dialect.give_reasoning == "reasoning_details":
        details = [detail for part in reasoning for detail in _signed_details(part.signature)]
        if details:
            wire["reasoning_details"] = details
        elif text:
            wire["reasoning"] = text


def _signed_details(signature: str | None) -> list[Any]:
    """OpenRouter's details, which `openai_reasoning` packed into a signature; another provider's is none."""
    try:
        details = json.loads(signature or "")
    except ValueError:
        return []
    return details if isinstance(details, list) else []


def _tool_results(message: Message, dialect: Dialect) -> list[dict[str, Any]]:
    return [
        {
            "role": "tool",
            "tool_call_id": _call_id(part.call_id, dialect),
            "content": f"Error: {part.content}" if part.is_error else part.content,
        }
        for part in message.content
        if isinstance(part, ToolResultPart)
    ]


def _images_of_tools(images: list[ImagePart]) -> dict[str, Any]:
    """Tool messages hold text only, so what tools have drawn follows as a message of the user's."""
    return {"role": "user", "content": [_part(image) for image in images]}


def _call_id(id: str, dialect: Dialect) -> str:
    if not dialect.short_call_ids or _SHORT_CALL_ID.fullmatch(id):
        return id
    return hashlib.sha256(id.encode(errors="replace")).hexdigest()[:9]
