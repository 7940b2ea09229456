"""Which formats a conversation can come back from."""

from __future__ import annotations

import json

from ...errors import InvalidBody
from . import chat, lossless
from .imported import Imported

IMPORTED = ("json", "chat")

__all__ = ["IMPORTED", "Imported", "read"]


def read(format: str, content: str, *, most_mb: float) -> Imported:
    """What a file's content holds. `most_mb` bounds each image.

    Raises:
        InvalidBody: when it is not of that format, or there is no such format.
    """
    if format not in IMPORTED:
        raise InvalidBody(f"The format is one of {', '.join(IMPORTED)}.", field="format")
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        raise InvalidBody("The file is not valid JSON.", field="content") from None
    if not isinstance(document, dict):
        raise InvalidBody("The file holds no conversation.", field="content")
    return lossless.read(document, most_mb=most_mb) if format == "json" else chat.read(document)
