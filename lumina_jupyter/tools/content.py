"""What a tool gives back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class TextContent:
    """Text."""

    text: str
    type: Literal["text"] = "text"


@dataclass(frozen=True, slots=True)
class ImageContent:
    """An image, base64."""

    media_type: str
    data: str
    type: Literal["image"] = "image"


@dataclass(frozen=True, slots=True)
class AudioContent:
    """A recording, base64."""

    media_type: str
    data: str
    type: Literal["audio"] = "audio"


@dataclass(frozen=True, slots=True)
class ResourceContent:
    """Something that has an address, with what is there: text, or bytes as base64."""

    uri: str
    media_type: str = "text/plain"
    text: str = ""
    data: str = ""
    type: Literal["resource"] = "resource"


@dataclass(frozen=True, slots=True)
class JsonContent:
    """A JSON value."""

    value: Any
    type: Literal["json"] = "json"


ContentPart = TextContent | ImageContent | AudioContent | ResourceContent | JsonContent
Content = tuple[ContentPart, ...]
CONTENT_KINDS: dict[str, type[Any]] = {
    "text": TextContent,
    "image": ImageContent,
    "audio": AudioContent,
    "resource": ResourceContent,
    "json": JsonContent,
}
"""The parts that content can have, by what they call themselves."""


def content_of(value: Any) -> Content:
    """A function's return value as content: text as text, parts as they are, nothing as "Done.", the rest as JSON."""
    if value is None:
        return (TextContent("Done."),)
    if isinstance(value, str):
        return (TextContent(value),)
    if isinstance(value, ContentPart):
        return (value,)
    if isinstance(value, tuple) and all(isinstance(part, ContentPart) for part in value):
        return value
    return (JsonContent(value),)


def text_of(content: Content) -> str:
    """The content as one text; images, recordings and other bytes are named, not shown."""
    return "\n".join(_text(part) for part in content)


def _text(part: ContentPart) -> str:
    if isinstance(part, TextContent):
        return part.text
    if isinstance(part, ImageContent | AudioContent):
        return f"[{part.type}, {part.media_type}]"
    if isinstance(part, ResourceContent):
        return "\n".join(filter(None, (f"[resource {part.uri}, {part.media_type}]", part.text)))
    return json.dumps(part.value, ensure_ascii=False, default=str)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolOutcome:
    """What became of a call.

    `content` has been shortened, and secrets are masked; `handle` reads on with `read_more` when `truncated`.
    `error_code` is a code of `errors`, with `is_error`. `duration` is in seconds, without the wait for an approval.
    `content` is for the model that called; `told` what people are told of an error, without advice that is for a model.
    """

    content: Content
    is_error: bool = False
    error_code: str = ""
    truncated: bool = False
    handle: str = ""
    duration: float = 0.0
    told: str = ""

    @property
    def text(self) -> str:
        """The content as one text."""
        return text_of(self.content)

    @property
    def shown(self) -> str:
        """The same as people read it."""
        return self.told or self.text
