"""Messages between a search and its workers: JSON, each behind its length in four bytes."""

from __future__ import annotations

import json
import struct
from typing import IO, Any

_LENGTH = struct.Struct(">I")
LONGEST = 64 * 1024 * 1024


def write_message(pipe: IO[bytes], message: dict[str, Any]) -> None:
    """Write a message as a whole.

    Raises:
        OSError: when nobody reads any more.
    """
    data = json.dumps(message, separators=(",", ":")).encode()
    pipe.write(_LENGTH.pack(len(data)) + data)
    pipe.flush()


def read_message(pipe: IO[bytes]) -> dict[str, Any] | None:
    """The next message, or None at the end of the stream, in the middle of a message too.

    Raises:
        ValueError: when what comes is no message.
    """
    head = _read(pipe, _LENGTH.size)
    if head is None:
        return None
    (length,) = _LENGTH.unpack(head)
    if length > LONGEST:
        raise ValueError(f"A message of {length} bytes is longer than any that is sent.")
    data = _read(pipe, length)
    if data is None:
        return None
    message = json.loads(data)
    if not isinstance(message, dict):
        raise ValueError("A message is an object.")
    return message


def _read(pipe: IO[bytes], length: int) -> bytes | None:
    data = bytearray()
    while len(data) < length:
        more = pipe.read(length - len(data))
        if not more:
            return None
        data += more
    return bytes(data)
