"""Our messages in the shape that litellm takes: OpenAI's, with what each dialect needs beside it."""

from __future__ import annotations

import re
from typing import Any, Literal

from ....errors import InvalidRequest
from ...requests import ImagePart, Message, ReasoningPart, TextPart, ToolCallPart, ToolResultPart

Family = Literal["anthropic", "google", "bedrock", "other"]

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
REDACTED = "redacted_thinking:"
"""Begins the signature of reasoning that came encrypted; the rest is what the provider wants back."""


def openai_messages(messages: tuple[Message, ...], family: Family, provider: str) -> list[dict[str, Any]]:
    """The conversation as litellm takes it.

    Raises:
        InvalidRequest: when a part cannot be sent to this provider.
    """
    converted: list[dict[str, Any]] = []
    for message in messages:
        results = [part for part in message.content if isinstance(part, ToolResultPart)]
        converted.extend(_tool_result(part) for part in results)
        if len(results) < len(message.content) or not results:
            converted.append(_message(message, family, provider))
    return converted


def _tool_result(part: ToolResultPart) -> dict[str, Any]:
    result: dict[str, Any] = {"role": "tool", "tool_call_id": part.call_id, "content": _whole(part.content)}
    if part.name:
        result["name"] = part.name
    return result


def _message(message: Message, family: Family, provider: str) -> dict[str, Any]:
    if message.role == "assistant":
        return _assistant(message, family)
    if any(isinstance(part, ImagePart) for part in message.content):
        content = [
            _content_part(part, family, provider) for part in message.content if isinstance(part, ImagePart | TextPart)
        ]
        return {"role": message.role, "content": content}
    return {"role": message.role, "content": _whole(message.text)}


def _content_part(part: ImagePart | TextPart, family: Family, provider: str) -> dict[str, Any]:
    if isinstance(part, ImagePart):
        return {"type": "image_url", "image_url": {"url": _image_url(part, family, provider)}}
    return {"type": "text", "text": _whole(part.text)}


def _image_url(part: ImagePart, family: Family, provider: str) -> str:
    if part.data is not None:
        return f"data:{part.media_type};base64,{part.data}"
    url = part.url or ""
    if url.startswith("data:"):
        return url
    # litellm would fetch any other address itself, from this machine and with no limits.
    if family != "anthropic" or not url.startswith("https://"):
        raise InvalidRequest(
            f"{provider} takes no images by this kind of address.",
            hint="Send the image's bytes instead of its URL.",
            provider=provider,
        )
    return url


def _assistant(message: Message, family: Family) -> dict[str, Any]:
    calls = [_tool_call(part) for part in message.content if isinstance(part, ToolCallPart)]
    text = _whole(message.text)
    converted: dict[str, Any] = {"role": "assistant", "content": text if text or not calls else None}
    if calls:
        converted["tool_calls"] = calls
    signed = [part for part in message.content if isinstance(part, ReasoningPart) and part.signature]
    if signed and family in ("anthropic", "bedrock"):
        converted["thinking_blocks"] = [_thinking_block(part) for part in signed]
        if family == "bedrock":
            # litellm writes encrypted reasoning as an empty text here, and Bedrock refuses those.
            converted["thinking_blocks"] = [b for b in converted["thinking_blocks"] if b["type"] == "thinking"]
    elif signed and family == "google":
        # Gemini signs the part that follows; its own reasoning text is not wanted back. The signatures of
        # tool calls travel inside their ids.
        converted["provider_specific_fields"] = {"thought_signatures": [part.signature for part in signed]}
    return converted


def _tool_call(part: ToolCallPart) -> dict[str, Any]:
    return {
        "id": part.id,
        "type": "function",
        "function": {"name": part.name, "arguments": _whole(part.arguments) or "{}"},
    }


def _thinking_block(part: ReasoningPart) -> dict[str, Any]:
    signature = part.signature or ""
    if signature.startswith(REDACTED):
        return {"type": "redacted_thinking", "data": signature.removeprefix(REDACTED)}
    return {"type": "thinking", "thinking": _whole(part.text), "signature": signature}


def _whole(text: str) -> str:
    """The text with U+FFFD for each half of a character: such halves have no UTF-8, and servers refuse them."""
    return text if text.isascii() else _LONE_SURROGATE.sub("\ufffd", text)
