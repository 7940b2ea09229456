"""Fixtures that hold one JSON event a line, framed the way that their provider sends them."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from typing import Any
from zlib import crc32


def json_lines(text: str) -> Iterator[Any]:
    """The JSON values of a text that holds one on each line."""
    for line in text.split("\n"):
        if line.strip():
            yield json.loads(line)


def as_server_sent_events(text: str, *, done: bool) -> bytes:
    """Each line as one `data:` event (named, where the JSON names its type); `[DONE]` last when asked for."""
    frames: list[str] = []
    for line in text.split("\n"):
        if line.strip():
            name = _type_of(line)
            frames.append((f"event: {name}\n" if name else "") + f"data: {line}\n\n")
    if done:
        frames.append("data: [DONE]\n\n")
    return "".join(frames).encode()


def _type_of(line: str) -> str | None:
    try:
        name = json.loads(line).get("type")
    except ValueError:
        return None  # a fixture may hold a broken line on purpose: it is sent as it is
    return name if isinstance(name, str) else None


def as_amazon_event_stream(text: str) -> bytes:
    """Each line `{event: payload}` as one message of AWS's binary event stream."""
    frames: list[bytes] = []
    for event in json_lines(text):
        for name, payload in event.items():
            frames.append(_amazon_message(name, json.dumps(payload).encode()))
    return b"".join(frames)


def _amazon_message(event_type: str, payload: bytes) -> bytes:
    headers = b"".join(
        _amazon_header(name, value)
        for name, value in (
            (":event-type", event_type),
            (":content-type", "application/json"),
            (":message-type", "event"),
        )
    )
    prelude = struct.pack(">II", 16 + len(headers) + len(payload), len(headers))
    message = prelude + struct.pack(">I", crc32(prelude)) + headers + payload
    return message + struct.pack(">I", crc32(message))


def _amazon_header(name: str, value: str) -> bytes:
    string_type = 7
    return struct.pack(">B", len(name)) + name.encode() + struct.pack(">BH", string_type, len(value)) + value.encode()
