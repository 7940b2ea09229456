"""A participant in a live room: a real websocket client with a document of its own, whose cable can be cut."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any
from urllib.parse import quote

from jupyter_ydoc import YNotebook
from pycrdt import (
    Doc,
    TransactionEvent,
    create_sync_message,
    create_update_message,
    handle_sync_message,
)
from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.websocket import WebSocketClientConnection, WebSocketClosedError, websocket_connect

PATIENCE = 60.0
"""Seconds that a condition may take to come true on a busy machine."""


class Participant:
    """Somebody who has a notebook open; the document stays when the connection ends.

    Args:
        url: The server's base URL, with a slash at its end.
        token: Jupyter's token.
        path: The notebook.
        headers: Sent with every request.
    """

    def __init__(self, url: str, token: str, path: str, headers: Mapping[str, str] | None = None) -> None:
        self._url = url
        self.path = path
        self._headers = {"Authorization": f"token {token}", **(headers or {})}
        self.document: Doc[Any] = Doc()
        self.notebook = YNotebook(self.document)
        self._subscription = self.document.observe(self._send)
        self._connection: WebSocketClientConnection | None = None
        self._reading: asyncio.Task[None] | None = None
        self._taking_in = False
        self._synced = asyncio.Event()
        self.room = ""
        self.session = ""
        self.close_code: int | None = None
        self.close_reason: str | None = None
        self.asked = 0
        """How often the server has asked for what this participant has."""
        self.answers: asyncio.Semaphore | None = None
        """When set, how many of these questions are answered for now."""
        self.told: list[dict[str, Any]] = []
        """What the server said beside the document."""

    @property
    def texts(self) -> list[str]:
        """The cells' texts as this participant sees them."""
        return [str(cell["source"]) for cell in self.notebook.ycells]

    @property
    def ids(self) -> list[str]:
        """The cells' ids."""
        return [str(cell["id"]) for cell in self.notebook.ycells]

    def type(self, index: int, text: str) -> None:
        """Type at the end of a cell."""
        source = self.notebook.ycells[index]["source"]
        source += text

    def add(self, id: str, source: str, at: int | None = None) -> None:
        """Insert a code cell."""
        cell = {"cell_type": "code", "id": id, "source": source, "metadata": {}, "outputs": []}
        shared = self.notebook.create_ycell({**cell, "execution_count": None})
        self.notebook.ycells.insert(len(self.notebook.ycells) if at is None else at, shared)

    async def ask(self) -> None:
        """Ask for the room, as a frontend does before it connects."""
        body = json.dumps({"format": "json", "type": "notebook"})
        request = HTTPRequest(
            f"{self._url}api/collaboration/session/{quote(self.path)}", method="PUT", headers=self._headers, body=body
        )
        answer = json.loads((await AsyncHTTPClient().fetch(request)).body)
        self.room = f"{answer['format']}:{answer['type']}:{answer['fileId']}"
        self.session = answer["sessionId"]

    async def join(self) -> None:
        """Connect, and wait until both have what the other one has."""
        if not self.room:
            await self.ask()
        await self.connect()
        await asyncio.wait_for(self._synced.wait(), PATIENCE)

    async def connect(self) -> None:
        """Connect with what is known of the room."""
        url = f"{self._url.replace('http', 'ws', 1)}api/collaboration/room/{self.room}?sessionId={self.session}"
        self._synced.clear()
        self.asked = 0
        self.close_code = None
        self._connection = await websocket_connect(HTTPRequest(url, headers=self._headers), max_message_size=2**30)
        self._reading = asyncio.create_task(self._read(self._connection))
        await self._write(create_sync_message(self.document))

    async def leave(self) -> None:
        """End the connection; the document stays as it is, and can be edited."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
        if self._reading is not None:
            self._reading.cancel()
            with suppress(asyncio.CancelledError):
                await self._reading

    async def say(self, message: bytes) -> None:
        """Send a message as it is."""
        await self._write(message)

    async def until(self, condition: Callable[[], Any]) -> None:
        """Wait until something holds."""
        await until(condition, lambda: f"sees {self.texts}")

    async def _write(self, message: bytes) -> None:
        if self._connection is not None:
            await self._connection.write_message(message, binary=True)

    def _send(self, event: TransactionEvent) -> None:
        if self._connection is None or self._taking_in:
            return
        # The document stays as it is when the connection has ended.
        with suppress(WebSocketClosedError):
            self._connection.write_message(create_update_message(event.update), binary=True)

    async def _read(self, connection: WebSocketClientConnection) -> None:
        while (message := await connection.read_message()) is not None:
            if not isinstance(message, bytes) or not message:
                continue
            if message[0] == 2:
                self.told.append(json.loads(message[message.index(b"{") :]))
            if message[0] != 0:
                continue
            self._taking_in = True
            try:
                reply = handle_sync_message(message[1:], self.document)
            finally:
                self._taking_in = False
            if reply is not None:
                self.asked += 1
                if self.answers is not None:
                    await self.answers.acquire()
                await connection.write_message(reply, binary=True)
            if message[1] == 1:
                self._synced.set()
        self.close_code, self.close_reason = connection.close_code, connection.close_reason


async def until(condition: Callable[[], Any], describe: Callable[[], object] = lambda: "") -> None:
    """Wait until something holds, which it must within `PATIENCE`."""
    end = asyncio.get_running_loop().time() + PATIENCE
    while not condition():
        assert asyncio.get_running_loop().time() < end, f"It never held; {describe()}"
        await asyncio.sleep(0.01)


@asynccontextmanager
async def joined(url: str, token: str, path: str, **named: Any) -> AsyncIterator[Participant]:
    """A participant who is there, and leaves at the end."""
    participant = Participant(url, token, path, **named)
    await participant.join()
    try:
        yield participant
    finally:
        await participant.leave()
