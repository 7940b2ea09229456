"""Takes keys out of what tools give back, and what no text may hold."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from ...telemetry.redaction import redact
from ..content import AudioContent, Content, ContentPart, ImageContent, JsonContent, ResourceContent, TextContent


def masked(content: Content) -> Content:
    """The content without keys, and in valid Unicode."""
    return tuple(_masked(part) for part in content)


def whole(text: str) -> str:
    """The text with lone surrogates replaced, which no text may hold."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _masked(part: ContentPart) -> ContentPart:
    if isinstance(part, ImageContent | AudioContent):
        return part
    if isinstance(part, ResourceContent):
        return replace(part, uri=redact(whole(part.uri)), text=redact(whole(part.text)))
    if isinstance(part, TextContent):
        return TextContent(redact(whole(part.text)))
    # As text, so that a name and the value that it gives away are seen side by side.
    text = json.dumps(part.value, ensure_ascii=False, default=str)
    clean = redact(whole(text))
    if clean == text:
        return JsonContent(json.loads(text))
    try:
        value: Any = json.loads(clean)
    except ValueError:
        return TextContent(clean)
    return JsonContent(value)
