"""The events of a run on the wire."""

from __future__ import annotations

import json
from typing import Any

from ..agent.run_events import LoggedEvent, run_event_data

# Made once: `json.dumps` with separators makes an encoder for each event.
_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


def event_data(logged: LoggedEvent) -> dict[str, Any]:
    """An event with its place, as JSON-ready data."""
    return {"sequence": logged.sequence, "at": logged.at, "event": run_event_data(logged.event)}


def written(logged: LoggedEvent) -> bytes:
    """It as a server-sent event."""
    text = f"event: entry\nid: {logged.sequence}\ndata: {_encode(event_data(logged))}\n\n"
    return text.encode("utf-8", "replace")
