"""Somebody who writes into a live notebook all the while, from a thread, whatever happens to the server."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import Any

from tornado.httpclient import HTTPClientError
from tornado.iostream import StreamClosedError
from tornado.websocket import WebSocketClosedError

from tests.integration.collaboration.live.participant import Participant

EVERY = 0.05
"""Seconds between two characters."""
JOIN_TIME = 90.0


class Typist:
    """Writes dots at the end of one cell; comes back by itself when the connection ends.

    Args:
        url: The server's base URL.
        token: Jupyter's token.
        path: The notebook.
        cell: The id of the cell to write into; empty: it only watches.
    """

    def __init__(self, url: str, token: str, path: str, cell: str) -> None:
        self._participant = Participant(url, token, path)
        self._cell = cell
        self._stopping = threading.Event()
        self._joined = threading.Event()
        self._tasks: list[Callable[[Participant], None]] = []
        self.written = 0
        """The dots that it has written."""
        self.texts: list[str] = []
        """The cells' texts as it sees them."""
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)

    def start(self) -> None:
        """Join, and begin to write."""
        self._thread.start()
        assert self._joined.wait(JOIN_TIME), "The agent could not join."

    def stop(self) -> None:
        """Write no more, see that everything has arrived, and leave."""
        self._stopping.set()
        self._thread.join(JOIN_TIME)
        assert not self._thread.is_alive(), "The agent could not come back."

    def abandon(self) -> None:
        """Write no more; whether everything has arrived is nobody's concern."""
        self._stopping.set()

    def touch(self) -> None:
        """Make an edit that nobody sees."""
        self._tasks.append(_touch)

    async def _run(self) -> None:
        while True:
            if not self._connected():
                await self._connect()
            self.texts = self._participant.texts
            if self._connected():
                self._joined.set()
                if self._stopping.is_set():
                    break
            self._work()
            await asyncio.sleep(EVERY)
        # What was sent last has arrived when the server has answered what comes after it.
        await self._participant.leave()
        await self._participant.join()
        self.texts = self._participant.texts
        await self._participant.leave()

    def _connected(self) -> bool:
        reading = self._participant._reading
        return reading is not None and not reading.done()

    async def _connect(self) -> None:
        errors = (OSError, HTTPClientError, StreamClosedError, TimeoutError, WebSocketClosedError)
        with contextlib.suppress(*errors):
            await self._participant.leave()
            await self._participant.join()

    def _work(self) -> None:
        while self._tasks:
            self._tasks.pop(0)(self._participant)
        ids = self._participant.ids
        if self._cell and self._cell in ids and not self._stopping.is_set():
            self._participant.type(ids.index(self._cell), ".")
            self.written += 1


def _touch(participant: Participant) -> None:
    state: Any = participant.notebook.ystate
    state["touched"] = float(state.get("touched") or 0) + 1
