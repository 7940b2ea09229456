"""Following a conversation over HTTP: its stream, read on from the last entry whenever the line is lost."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from ..errors import NotFound, ServerUnreachable
from ..events import from_dict
from ..gateway.requests import ImagePart
from ..memory import (
    CaughtUp,
    Changed,
    Conversation,
    Entries,
    Frame,
    Gone,
    Live,
    LogEntry,
    PresenceChanged,
    Present,
    Question,
    Removed,
    TurnTail,
)
from .refusals import error_of

if TYPE_CHECKING:
    import httpx

FIRST_WAIT, LONGEST_WAIT = 0.5, 10.0
"""Seconds before another try when the line is lost."""

TRIES = 10
"""How often in a row it may fail before the server counts as gone."""


def turn_body(question: Question) -> dict[str, Any]:
    """The body with which a turn is begun."""
    return {
        "text": question.text,
        "parent": question.parent,
        "model": question.model,
        "command": question.command,
        "images": [
            {"data": part.data, "media_type": part.media_type}
            for part in question.prompt
            if isinstance(part, ImagePart) and part.data is not None
        ],
        "view": None if question.view is None else asdict(question.view),
        "kernel_id": question.kernel_id,
        "request_id": question.request_id,
    }


def follow(http: httpx.Client, conversation_id: str, after: int) -> Iterator[Frame]:
    """Everything after entry number `after`, and then whatever comes; ends after `Gone`.

    Raises:
        LuminaError: when the server refuses, or cannot be reached for long.
    """
    import httpx

    tries = 0
    while True:
        try:
            for frame in _read(http, conversation_id, after):
                tries = 0
                if isinstance(frame, Entries):
                    after = frame.entries[-1].sequence
                yield frame
                if isinstance(frame, Gone):
                    return
        except NotFound:
            yield Gone()
            return
        except (httpx.HTTPError, ValueError) as error:
            if tries >= TRIES:
                raise ServerUnreachable(f"The Jupyter server cannot be reached: {error}.") from error
        time.sleep(min(FIRST_WAIT * 2**tries, LONGEST_WAIT))
        tries += 1


def _read(http: httpx.Client, conversation_id: str, after: int) -> Iterator[Frame]:
    path, query = f"conversations/{conversation_id}/stream", {"after": after}
    with http.stream("GET", path, params=query) as response:
        if response.status_code != 200:
            response.read()
            raise error_of(response)
        name = ""
        for line in response.iter_lines():
            if line.startswith("event:"):
                name = line[6:].strip()
            elif line.startswith("data:"):
                frame = _frame(name, json.loads(line[5:]))
                if frame is not None:
                    yield frame


def _frame(name: str, data: dict[str, Any]) -> Frame | None:
    """A frame as it was on the server; None for one that this client does not know."""
    match name:
        case "entry":
            return Entries((LogEntry(**data),))
        case "live":
            return Live(data["turn"], from_dict(data["event"]))
        case "tail":
            return TurnTail(data["turn"], tuple(map(from_dict, data["events"])))
        case "caught_up":
            return CaughtUp(tuple(data["running"]), tuple(Present(**each) for each in data["people"]))
        case "presence":
            return PresenceChanged(tuple(Present(**each) for each in data["people"]))
        case "changed":
            return Changed(Conversation(**data["conversation"]))
        case "removed":
            return Removed(data["id"])
        case "gone":
            return Gone()
        case _:
            return None
