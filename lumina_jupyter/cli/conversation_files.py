"""Conversations as a list on the screen and as files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from ..errors import InvalidOption, LuminaError
from .output import print_table

if TYPE_CHECKING:
    from ..client import Client
    from ..memory import Conversation

FORMATS = {".md": "markdown", ".ipynb": "notebook", ".json": "json", ".chat": "chat"}
"""The format that a file's suffix stands for."""


def export_to(client: Client, conversation_id: str, file: str, *, replace: bool = False) -> Path:
    """Write a conversation into a file, in the format of its suffix.

    A file that is there is replaced only when `replace` says so.

    Raises:
        InvalidOption: when the suffix stands for no format, or the file is there.
        LuminaError: when it cannot be written.
    """
    path = Path(file).expanduser()
    file_format = FORMATS.get(path.suffix.lower())
    if file_format is None:
        raise InvalidOption(
            f"{file} does not say which format it shall have.", hint=f"Let its name end in {', '.join(FORMATS)}."
        )
    if path.exists() and not replace:
        raise InvalidOption(f"{path} is there already.", hint="Choose another name.")
    text = client.export_conversation(conversation_id, file_format)
    try:
        with path.open("w" if replace else "x", encoding="utf-8", errors="replace", newline="\n") as written:
            written.write(text)
    except OSError as error:
        raise LuminaError(
            f"{path} could not be written: {error.strerror}.", hint="Choose another name or folder."
        ) from error
    return path


def print_conversations(conversations: Sequence[Conversation], *, numbered: bool = False, opened: str = "") -> None:
    """Print a table; the one that is `opened`, or that a notebook goes on with, has a star."""
    rows = []
    for number, each in enumerate(conversations, start=1):
        star = " *" if (each.id == opened if numbered else each.current) else ""
        place = "terminal" if each.notebook.startswith("terminal:") else each.notebook
        label = str(number) if numbered else each.id
        rows.append([label + star, when(each.updated_at), place, each.title or "untitled"])
    print_table(["number" if numbered else "id", "changed", "notebook", "title"], rows)


def when(seconds: float) -> str:
    """A time of the past for people, in their own time zone."""
    return datetime.fromtimestamp(seconds).astimezone().strftime("%Y-%m-%d %H:%M")


def notebook_of(conversation: Conversation) -> str:
    """What a conversation is about, in a word."""
    return "terminal" if conversation.notebook.startswith("terminal:") else PurePosixPath(conversation.notebook).name
