"""Server-sent events from bytes that arrive in any pieces."""

from __future__ import annotations

from ...errors import StreamBroken

MAX_EVENT_BYTES = 16 * 1024 * 1024
"""An event that is longer is no model's answer; without a limit it would fill the memory."""

_NO_EVENTS: list[bytes] = []


class EventStreamParser:
    """Splits a body into the data of its events.

    Lines may end in LF, CRLF or CR, and a piece may end anywhere, also between CR and LF or inside a
    character. Comments and all fields but `data` are left out: model APIs say everything in the data.
    """

    __slots__ = ("_after_cr", "_at_start", "_data", "_data_bytes", "_provider", "_tail", "_tail_bytes")

    def __init__(self, provider: str) -> None:
        self._provider = provider
        self._tail: list[bytes] = []
        self._tail_bytes = 0
        self._data: list[bytes] = []
        self._data_bytes = 0
        self._after_cr = False
        self._at_start = True

    def feed(self, piece: bytes) -> list[bytes]:
        """The data of every event that this piece completes.

        Raises:
            StreamBroken: when an event is longer than `MAX_EVENT_BYTES`.
        """
        if b"\r" in piece or self._after_cr:
            piece = self._with_line_feeds(piece)
        if b"\n" not in piece:
            if piece:
                self._keep(piece)
            return _NO_EVENTS
        if self._tail:
            self._tail.append(piece)
            piece = b"".join(self._tail)
        lines = piece.split(b"\n")
        rest = lines.pop()
        self._tail = [rest] if rest else []
        self._tail_bytes = len(rest)
        events: list[bytes] = []
        for line in lines:
            if line:
                self._field(line)
            elif self._data:
                events.append(self._event())
        return events

    def finish(self) -> list[bytes]:
        """The data of an event that the body's end left without its empty line, if there is one."""
        if self._tail:
            self._field(b"".join(self._tail))
            self._tail = []
        return [self._event()] if self._data else []

    def _with_line_feeds(self, piece: bytes) -> bytes:
        if self._after_cr and piece.startswith(b"\n"):
            piece = piece[1:]
            self._after_cr = False
        if piece:
            self._after_cr = piece.endswith(b"\r")
        return piece.replace(b"\r\n", b"\n").replace(b"\r", b"\n")

    def _keep(self, piece: bytes) -> None:
        self._tail.append(piece)
        self._tail_bytes += len(piece)
        if self._tail_bytes > MAX_EVENT_BYTES:
            raise self._too_long()

    def _field(self, line: bytes) -> None:
        if self._at_start:
            self._at_start = False
            line = line.removeprefix(b"\xef\xbb\xbf")
        if not line.startswith(b"data"):
            return
        if line[4:6] == b": ":
            value = line[6:]
        elif line[4:5] == b":":
            value = line[5:]
        elif len(line) == 4:
            value = b""
        else:
            return
        self._data.append(value)
        self._data_bytes += len(value) + 1
        if self._data_bytes > MAX_EVENT_BYTES:
            raise self._too_long()

    def _event(self) -> bytes:
        data = self._data
        self._data, self._data_bytes = [], 0
        return data[0] if len(data) == 1 else b"\n".join(data)

    def _too_long(self) -> StreamBroken:
        return StreamBroken(
            f"{self._provider} sent an event of more than {MAX_EVENT_BYTES // 2**20} MB.", provider=self._provider
        )
