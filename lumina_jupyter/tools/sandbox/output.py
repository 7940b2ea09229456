"""What a stream said, within a limit: its beginning and its end."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from typing import Literal

Stream = Literal["stdout", "stderr"]
OnOutput = Callable[[Stream, str], None]
"""Told what is printed, and on which stream."""


class Kept:
    """The first and the last half of a limit's worth of bytes; what came between is counted alone.

    Args:
        limit: Bytes that are kept.
    """

    def __init__(self, limit: int) -> None:
        self.printed = 0
        self._head_limit = limit - limit // 2
        self._tail_limit = limit // 2
        self._head = bytearray()
        self._tail = bytearray()
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")

    @property
    def truncated(self) -> bool:
        """Whether something was left out."""
        return self.printed > len(self._head) + min(len(self._tail), self._tail_limit)

    def add(self, data: bytes) -> str:
        """Take in what was printed; what of it can be shown at once, empty when the first half is full."""
        self.printed += len(data)
        room = self._head_limit - len(self._head)
        shown, rest = data[:room], data[room:]
        self._head += shown
        self._tail += rest
        if len(self._tail) > 2 * self._tail_limit + 65536:
            del self._tail[: len(self._tail) - self._tail_limit]
        return self._decoder.decode(shown) if shown else ""

    def text(self) -> str:
        """What was kept, with a note where something was left out."""
        tail = self._tail[max(len(self._tail) - self._tail_limit, 0) :]
        left_out = self.printed - len(self._head) - len(tail)
        if not left_out:
            return (self._head + tail).decode(errors="replace")
        note = f"\n[… {left_out:,} bytes left out …]\n"
        return self._head.decode(errors="replace") + note + tail.decode(errors="replace")
