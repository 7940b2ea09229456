"""`/lumina/api/streams`: all streams that a page reads, over one WebSocket.

A browser keeps six HTTP connections to a server, for all its windows together, and each stream of events takes one:
two windows would leave none for anything else. WebSockets do not count among them.
"""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any

from jupyter_server.base.websocket import WebSocketMixin
from jupyter_server.utils import url_path_join
from tornado.iostream import StreamClosedError
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from ..base import LuminaHandler
from ..inner_request import InnerRequest

MOST_STREAMS = 32
"""Streams that one page reads at the same time at most."""
MOST_BYTES = 16 * 1024
"""Bytes that a message of a page may have."""
_STREAM = re.compile(
    r"((conversations|runs)/[\w.-]+/stream|automl/experiments/[\w.%+-]+/stream|approvals/stream|notebooks/events)"
    r"(\?[^#\s]*)?",
    re.ASCII,
)


class StreamsHandler(WebSocketMixin, WebSocketHandler, LuminaHandler):
    """Opens streams for a page. Each is asked for as if the page had asked for it alone.

    The page sends `{"open": 1, "path": "runs/run_1/stream?after=5"}` and `{"close": 1}`. It is told
    `{"id": 1, "status": 200}`, then `{"id": 1, "data": "event: …"}` for each piece, and `{"id": 1, "end": true}`.
    """

    def initialize(self) -> None:
        """Nothing is open."""
        super().initialize()
        self._streams: dict[int, InnerRequest | None] = {}

    @property
    def max_message_size(self) -> int:
        """What a page may send at once."""
        return MOST_BYTES

    def set_default_headers(self) -> None:
        """Nothing: the answer is no page."""

    async def get(self, *args: Any, **kwargs: Any) -> None:
        """Become a WebSocket; who asks has been let in."""
        await WebSocketHandler.get(self, *args, **kwargs)

    def on_message(self, message: str | bytes) -> None:
        """Open a stream, or close it."""
        try:
            told = json.loads(message)
        except ValueError:
            told = None
        if not isinstance(told, dict):
            self.close(1003, "no JSON object")
            return
        match told:
            case {"close": int(number)}:
                stream = self._streams.pop(number, None)
                if stream is not None:
                    stream.close()
            case {"open": int(number), "path": str(path)} if number not in self._streams:
                self._ask(number, path)
            case _:
                self.close(1003, "neither open nor close")

    def _ask(self, number: int, path: str) -> None:
        reader = _Reader(self, number)
        if not _STREAM.fullmatch(path) or len(self._streams) >= MOST_STREAMS:
            reader.status(404 if len(self._streams) < MOST_STREAMS else 429)
            reader.end()
            return
        self._streams[number] = None
        uri = url_path_join(self.base_url, "lumina/api", path)
        token = self.get_query_argument("token", "")
        stream = InnerRequest(self.application, uri, self.request, reader, token)
        if number in self._streams:
            self._streams[number] = stream

    def on_close(self) -> None:
        """The page is gone, and wants no stream any more."""
        streams, self._streams = list(self._streams.values()), {}
        for stream in streams:
            if stream is not None:
                stream.close()
        super().on_close()

    def tell(self, number: int, told: dict[str, Any]) -> asyncio.Future[None]:
        """Send something of a stream; done when there is room for more.

        Raises:
            StreamClosedError: when the page is gone.
        """
        if "end" in told:
            self._streams.pop(number, None)
        try:
            return asyncio.ensure_future(self.write_message(json.dumps({"id": number, **told})))
        except WebSocketClosedError:
            raise StreamClosedError from None


class _Reader:
    """Passes one answer on to the page."""

    def __init__(self, page: StreamsHandler, number: int) -> None:
        self._page = page
        self._number = number

    def status(self, code: int) -> asyncio.Future[None]:
        return self._page.tell(self._number, {"status": code})

    def piece(self, data: bytes) -> asyncio.Future[None]:
        return self._page.tell(self._number, {"data": data.decode("utf-8", "replace")})

    def end(self) -> None:
        self._page.tell(self._number, {"end": True})
