"""Which formats a conversation can be exported to, and the file that comes of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...errors import InvalidBody
from ..people import Viewer
from ..transcript import transcript
from . import chat, lossless, markdown, notebook

if TYPE_CHECKING:
    from sqlalchemy import Connection

FORMATS = ("markdown", "notebook", "json", "chat")

_TEXTS = {
    "markdown": (markdown.write, "text/markdown; charset=utf-8", "md"),
    "notebook": (notebook.write, "application/x-ipynb+json", "ipynb"),
    "chat": (chat.write, "application/json", "chat"),
}
_NOT_IN_NAMES = re.compile(r"[^\w\- ]+")
NAME_LENGTH = 60


@dataclass(frozen=True, slots=True)
class File:
    """A file to be given out."""

    name: str
    media_type: str
    content: str


def export(connection: Connection, conversation_id: str, format: str, viewer: Viewer) -> File:
    """A conversation as a file, within a transaction. `json` holds all of it, the others the path to the last question.

    Raises:
        NotFound: when there is no such conversation for the viewer.
        InvalidBody: when there is no such format.
    """
    if format == "json":
        text, title = lossless.write(connection, conversation_id, viewer)
        return File(_name(title, "json"), "application/json", text)
    if format not in _TEXTS:
        raise InvalidBody(f"The format is one of {', '.join(FORMATS)}.", field="format")
    write, media_type, suffix = _TEXTS[format]
    found = transcript(connection, conversation_id, viewer)
    return File(_name(found.conversation.title, suffix), media_type, write(found))


def _name(title: str, suffix: str) -> str:
    stem = " ".join(_NOT_IN_NAMES.sub(" ", title).split())[:NAME_LENGTH].strip() or "conversation"
    return f"{stem}.{suffix}"
