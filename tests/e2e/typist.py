"""Somebody who writes into a live notebook all the while, from a thread, whatever happens to the server."""

from __future__ import annotations

import asyncio
import contextlib
import threading

from tornado.httpclient import HTTPClientError
from tornado.iostream import StreamClosedError
from tornado.websocket import WebSocketClosedError

from tests.integration.collaboration.live.participant import Participant

EVERY = 0.1
"""Seconds between two characters."""
JOIN_TIME = 90.0


class Typist:
    """Writes dots at the end of one cell; comes back by itself when the connection ends.

    Args:
        url: The server's base URL.
        token: Jupyter's token.
        path: The notebook.
        cell: The id of the cell to write into.
    """

    def __init__(self, url: str, token: str, path: str, cell: str) -> None:
        self._participant = Participant(url, token, path)
        self._cell = cell
        self._resting = threading.Event()
        self._rests = threading.Event()
        self._leaving = threading.Event()
        self._joined = threading.Event()
        self.written = 0
        """The dots that it has written."""
        self.texts: list[str] = []
        """The cells' texts as it sees them."""
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)

    def start(self) -> None:
        """Join, and begin to write."""
        self._thread.start()
        assert self._joined.wait(JOIN_TIME), "The agent could not join."

    def rest(self) -> None:
        """Write no more, and stay; from then on `written` is what it is."""
        self._resting.set()
        assert self._rests.wait(JOIN_TIME), "The agent could not come back."

    def leave(self) -> None:
        """Leave, whether everything has arrived or not."""
        self._leaving.set()
        self._thread.join(JOIN_TIME)
        assert not self._thread.is_alive(), "The agent does not leave."

    async def _run(self) -> None:
        while not self._leaving.is_set():
            if self._connected():
                self._joined.set()
            else:
                await self._come_back()
            if self._resting.is_set():
                self._rests.set()
            else:
                self._work()
            self.texts = self._participant.texts
            await asyncio.sleep(EVERY)
        await self._go()

    def _connected(self) -> bool:
        reading = self._participant._reading
        return reading is not None and not reading.done()

    async def _come_back(self) -> None:
        await self._go()
        with contextlib.suppress(OSError, HTTPClientError, StreamClosedError, TimeoutError, WebSocketClosedError):
            await self._participant.join()

    async def _go(self) -> None:
        # How the connection has ended is nobody's concern.
        with contextlib.suppress(OSError, StreamClosedError, WebSocketClosedError):
            await self._participant.leave()

    def _work(self) -> None:
        ids = self._participant.ids
        if self._cell in ids:
            self._participant.type(ids.index(self._cell), ".")
            self.written += 1
