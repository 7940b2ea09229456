"""A conversation as JSON that holds all of it: every entry of its log, every branch, every image."""

from __future__ import annotations

import base64
import binascii
import json
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ...errors import InvalidBody
from ...events import event_classes, from_dict
from ...gateway.requests import new_request_id
from ..attachments import Image, media_type_of
from ..conversations import get
from ..log import NewEntry
from ..people import Viewer
from .imported import Imported

if TYPE_CHECKING:
    from sqlalchemy import Connection

FORMAT, VERSION = "lumina-conversation", 1


def write(connection: Connection, conversation_id: str, viewer: Viewer) -> tuple[str, str]:
    """The JSON and the conversation's title, within a transaction.

    Raises:
        NotFound: when there is no such conversation for the viewer.
    """
    from sqlalchemy import select

    from ...storage.tables import conversation_attachments as attachments
    from ...storage.tables import conversation_events as log

    conversation = get(connection, conversation_id, viewer)
    events = connection.execute(
        select(log.c.sequence, log.c.at, log.c.turn, log.c.author, log.c.kind, log.c.data)
        .where(log.c.conversation_id == conversation_id)
        .order_by(log.c.sequence)
    )
    images = connection.execute(
        select(attachments.c.sha256, attachments.c.media_type, attachments.c.data)
        .where(attachments.c.conversation_id == conversation_id)
        .order_by(attachments.c.sha256)
    )
    document = {
        "format": FORMAT,
        "version": VERSION,
        "title": conversation.title,
        "notebook": conversation.notebook,
        "created_at": conversation.created_at,
        "events": [dict(row) for row in events.mappings()],
        "attachments": [
            {"sha256": row.sha256, "media_type": row.media_type, "data": base64.b64encode(row.data).decode()}
            for row in images
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=1), conversation.title


def read(document: dict[str, Any], *, most_mb: float) -> Imported:
    """What such a file holds. Turns get ids of their own, so that nothing here can be taken for another's.

    Raises:
        InvalidBody: when it is no such file.
    """
    if document.get("format") != FORMAT:
        raise InvalidBody("This is no conversation that Lumina has exported.", field="content")
    if document.get("version") != VERSION:
        raise InvalidBody("This conversation was exported by a newer Lumina.", field="content")
    turns: dict[str, str] = {"": ""}

    def turn(given: Any) -> str:
        return turns.setdefault(str(given), new_request_id()) if given != "" else ""

    events = [_entry(each, number, turn) for number, each in enumerate(_list(document, "events"))]
    images = [_image(each, number, most_mb) for number, each in enumerate(_list(document, "attachments"))]
    return Imported(title=str(document.get("title", "")), entries=events, images=images)


def _entry(given: Any, number: int, turn: Callable[[Any], str]) -> NewEntry:
    place = f"content.events[{number}]"
    if not isinstance(given, dict) or not isinstance(given.get("data"), dict):
        raise InvalidBody(f"{place} is no entry of a log.", field="content")
    kind, data = str(given.get("kind")), dict(given["data"])
    if kind in event_classes():
        try:
            from_dict({**data, "type": kind})
        except ValueError as error:
            raise InvalidBody(f"{place} is {error}.", field="content") from None
        if not isinstance(data.get("text", ""), str):
            raise InvalidBody(f"{place} holds a text that is none.", field="content")
    elif kind == "question":
        data = _question(data, turn)
    elif kind != "context":
        raise InvalidBody(f"{place} is of a kind that does not exist.", field="content")
    at = given.get("at")
    when = float(at) if isinstance(at, int | float) and math.isfinite(at) else None
    return NewEntry(kind, data, turn(given.get("turn", "")), str(given.get("author", ""))[:200], when)


def _question(data: dict[str, Any], turn: Callable[[Any], str]) -> dict[str, Any]:
    by = data.get("by")
    images = data.get("images")
    kept: dict[str, Any] = {
        "text": str(data.get("text", "")),
        "model": str(data.get("model", "")),
        "command": str(data.get("command", "")),
        "persona": str(data.get("persona", "")),
        "images": [
            {"sha256": str(each.get("sha256", "")), "media_type": str(each.get("media_type", ""))}
            for each in (images if isinstance(images, list) else ())
            if isinstance(each, dict)
        ],
        "by": {name: str((by if isinstance(by, dict) else {}).get(name, "")) for name in ("name", "initials", "color")},
    }
    if "prompt" in data:
        kept["prompt"] = str(data["prompt"])
    if data.get("parent") is not None:
        kept["parent"] = turn(data["parent"])
    return kept


def _image(given: Any, number: int, most_mb: float) -> Image:
    place = f"content.attachments[{number}]"
    try:
        data = base64.b64decode(given["data"], validate=True)
    except (KeyError, TypeError, ValueError, binascii.Error):
        raise InvalidBody(f"{place} is not valid base64.", field="content") from None
    media_type = media_type_of(data)
    if not media_type or len(data) > most_mb * 1e6:
        raise InvalidBody(f"{place} is no image, or larger than {most_mb:g} MB.", field="content")
    return Image(media_type, data)


def _list(document: dict[str, Any], name: str) -> list[Any]:
    value = document.get(name, [])
    if not isinstance(value, list):
        raise InvalidBody(f"content.{name} is no list.", field="content")
    return value
