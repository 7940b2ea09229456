"""What servers give back, as content of ours: nothing of it is trusted, and all of it is text, JSON or an image."""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import Any

import mcp_types as types

from ....content import Content, ImageContent, JsonContent, TextContent

_IMAGE = re.compile(r"image/(?:png|jpeg|gif|webp|svg\+xml)", re.ASCII)
MOST_PARTS = 1_000
MOST_IMAGE = 8_000_000
"""Characters of an image's base64."""


def content_of_result(result: types.CallToolResult) -> Content:
    """The content of a call's result."""
    parts = [_part(block) for block in result.content[:MOST_PARTS]]
    if len(result.content) > MOST_PARTS:
        parts.append(TextContent(f"[{len(result.content) - MOST_PARTS} more parts were left out]"))
    if result.structured_content is not None and not _says_it(result):
        parts.append(JsonContent(result.structured_content))
    return tuple(parts) or (TextContent("Done."),)


def _says_it(result: types.CallToolResult) -> bool:
    """Whether the text is the structured content, as servers repeat it for older clients."""
    if len(result.content) != 1 or not isinstance(result.content[0], types.TextContent):
        return False
    text, value = result.content[0].text, result.structured_content
    # Frameworks put what is no object into one, as its only entry.
    inner = next(iter(value.values())) if isinstance(value, dict) and len(value) == 1 else value
    if inner == text:
        return True
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return bool(read in (value, inner))


def _part(block: Any) -> TextContent | ImageContent | JsonContent:
    if isinstance(block, types.TextContent):
        return TextContent(block.text)
    if isinstance(block, types.ImageContent):
        return _image(block.mime_type, block.data)
    if isinstance(block, types.AudioContent):
        return TextContent(f"[audio, {block.mime_type[:80]}, {len(block.data) * 3 // 4:,} bytes]")
    if isinstance(block, types.ResourceLink):
        told = f": {block.description}" if block.description else ""
        return TextContent(f"[resource {block.uri}, {block.name}{told}]")
    if isinstance(block, types.EmbeddedResource):
        return part_of_resource(block.resource)
    return TextContent(f"[content of an unknown kind: {type(block).__name__}]")


def part_of_resource(resource: types.TextResourceContents | types.BlobResourceContents) -> TextContent | ImageContent:
    """A resource's content: text as it is, an image as one, other bytes by their size."""
    if isinstance(resource, types.TextResourceContents):
        return TextContent(f"[resource {resource.uri}]\n{resource.text}")
    kind = resource.mime_type or "application/octet-stream"
    if _IMAGE.fullmatch(kind):
        return _image(kind, resource.blob)
    return TextContent(f"[resource {resource.uri}, {kind[:80]}, {len(resource.blob) * 3 // 4:,} bytes]")


def _image(kind: str, data: str) -> TextContent | ImageContent:
    if len(data) > MOST_IMAGE:
        return TextContent(f"[an image of {len(data) * 3 // 4:,} bytes, which is too large]")
    try:
        base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        return TextContent("[an image that is none]")
    if not _IMAGE.fullmatch(kind):
        return TextContent(f"[an image of the kind {kind[:80]}, which cannot be shown]")
    return ImageContent(kind, data)


def content_of_prompt(result: types.GetPromptResult) -> Content:
    """A prompt's messages, each with who is to say it."""
    parts: list[TextContent | ImageContent | JsonContent] = []
    for message in result.messages[:MOST_PARTS]:
        part = _part(message.content)
        if isinstance(part, TextContent):
            parts.append(TextContent(f"{message.role}: {part.text}"))
        else:
            parts += [TextContent(f"{message.role}:"), part]
    return tuple(parts) or (TextContent("The prompt is empty."),)
