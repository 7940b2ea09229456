"""What readers of a conversation are told, written out as server-sent events."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from ..events import to_dict
from ..memory import CaughtUp, Changed, Entries, Frame, Live, LogEntry, PresenceChanged, Removed, TurnTail
from ..memory.folding import folded

# Made once: `json.dumps` with separators makes an encoder for each of what may be tens of thousands of entries.
_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


def count(frames: Sequence[Frame]) -> int:
    """How many entries of the log are in them."""
    return sum(len(frame.entries) for frame in frames if isinstance(frame, Entries))


def written(frames: Sequence[Frame]) -> bytes:
    """The frames on the wire."""
    return "".join(_events(frames)).encode("utf-8", "replace")


def _events(frames: Sequence[Frame]) -> Iterator[str]:
    for frame in frames:
        match frame:
            case Entries():
                for entry in folded(frame.entries):
                    yield f"id: {entry.sequence}\n{_event('entry', _entry(entry))}"
            case Live():
                yield _event("live", {"turn": frame.turn, "event": to_dict(frame.event)})
            case TurnTail():
                yield _event("tail", {"turn": frame.turn, "events": [to_dict(event) for event in frame.events]})
            case CaughtUp():
                yield _event("caught_up", {"running": frame.running, "people": [asdict(one) for one in frame.people]})
            case PresenceChanged():
                yield _event("presence", {"people": [asdict(one) for one in frame.people]})
            case Changed():
                yield _event("changed", {"conversation": asdict(frame.conversation)})
            case Removed():
                yield _event("removed", {"id": frame.id})
            case _:
                yield _event("gone", {})


def _event(name: str, data: Any) -> str:
    return f"event: {name}\ndata: {_encode(data)}\n\n"


def _entry(entry: LogEntry) -> dict[str, Any]:
    return {
        "sequence": entry.sequence,
        "at": entry.at,
        "turn": entry.turn,
        "author": entry.author,
        "kind": entry.kind,
        "data": entry.data,
    }
