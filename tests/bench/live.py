"""Two servers with live notebooks, with Lumina and with jupyter-collaboration alone, and lean clients of them.

The servers are processes of their own, and the clients share the bench's. A client's document is built once, when it
joins; the updates that it will send are made before the clock starts, and each carries a mark that those who get it
look for in the bytes. So a client costs some 10 µs a message, and the server is what is measured: `Load` says how much
of a core the clients took and how late their own timers were.
"""

from __future__ import annotations

import asyncio
import gc
import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
from jupyter_ydoc import YNotebook
from pycrdt import Doc, TransactionEvent, create_sync_message, create_update_message, handle_sync_message

from tests.integration.server.process import Running, server

PATIENCE = 60.0
"""Seconds that anything may take."""
MARK = re.compile(rb"#(\d{7});")
_ROOT = "root with spaces"
_SYNC, _STEP2 = 0, 1
_PING, _PONG = 0x9, 0xA


@dataclass(frozen=True)
class Side:
    """One of the two servers."""

    name: str
    running: Running

    @property
    def root(self) -> Path:
        """Where its notebooks are."""
        return self.running.folder / _ROOT

    def http(self) -> httpx.AsyncClient:
        """A client of its HTTP API."""
        headers = {"Authorization": f"token {self.running.token}"}
        return httpx.AsyncClient(base_url=self.running.url, headers=headers, timeout=PATIENCE)

    def put(self, path: str, content: dict[str, Any]) -> None:
        """Write a notebook's file."""
        (self.root / path).write_text(json.dumps(content, indent=1))

    def read(self, path: str) -> str:
        """What is in a notebook's file."""
        return (self.root / path).read_text()


@contextmanager
def sides(folder: Path, *options: str) -> Iterator[tuple[Side, Side]]:
    """The server with Lumina and its guard, and the one without Lumina."""
    there = {"jupyter_server_ydoc": True, "jupyter_server_fileid": True}
    for name in ("ours", "alone"):
        (folder / name / "data").mkdir(parents=True)  # for the file ids, which are looked up in Jupyter's data folder
    with (
        server(folder / "ours", *options, lumina={"live_guard": True}, extensions=there) as ours,
        server(folder / "alone", *options, extensions={**there, "lumina_jupyter": False}) as alone,
    ):
        yield Side("lumina", ours), Side("alone", alone)


def notebook(cells: int) -> dict[str, Any]:
    """Code cells of 20 lines, each with a stream of 10 lines and a small table; 500 of them are 1.3 MB."""
    table = "<table>" + "".join(f"<tr><td>{row}</td><td>{row * 3.25}</td></tr>" for row in range(20)) + "</table>"
    return {
        "cells": [
            {
                "id": f"cell-{number}",
                "cell_type": "code",
                "metadata": {},
                "source": "".join(f"value_{line} = compute({number}, {line})\n" for line in range(20)),
                "outputs": [
                    {"output_type": "stream", "name": "stdout", "text": "some output\n" * 10},
                    {
                        "output_type": "execute_result",
                        "execution_count": number,
                        "data": {"text/html": table, "text/plain": f"a table of cell {number}"},
                        "metadata": {},
                    },
                ],
                "execution_count": number,
            }
            for number in range(cells)
        ],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


class Client(asyncio.Protocol):
    """A participant in a live room, over a websocket of its own.

    Args:
        side: The server.
        path: The notebook.
    """

    def __init__(self, side: Side, path: str) -> None:
        self.side = side
        self.path = path
        self.room = ""
        self._session = ""
        self._buffer = bytearray()
        self._parts = bytearray()
        self._open = False
        self._transport: asyncio.WriteTransport | None = None
        self._synced = asyncio.Event()
        self.document: Doc[Any] = Doc()
        self.notebook = YNotebook(self.document)
        self.heard: Callable[[int, float], None] | None = None
        """Told the number of each mark that comes, and when; None as long as the document itself is kept."""

    async def join(self, http: httpx.AsyncClient | None = None) -> None:
        """Ask for the room, connect, and have all of the notebook."""
        if http is None:
            async with self.side.http() as http:
                await self.ask(http)
        else:
            await self.ask(http)
        await self.connect()

    async def ask(self, http: httpx.AsyncClient) -> None:
        """Ask for the room."""
        body = {"format": "json", "type": "notebook"}
        asked = await http.put(f"api/collaboration/session/{quote(self.path)}", json=body)
        if asked.is_error:
            raise SystemExit(f"no room for {self.path}: {asked.text}")
        found = asked.json()
        self.room = f"{found['format']}:{found['type']}:{found['fileId']}"
        self._session = found["sessionId"]

    async def connect(self) -> None:
        """Connect to the room, and have all of the notebook."""
        url = urlsplit(self.side.running.url)
        await asyncio.get_running_loop().create_connection(lambda: self, url.hostname or "", url.port or 80)
        self._raw(
            f"GET {url.path}api/collaboration/room/{self.room}?sessionId={self._session} HTTP/1.1\r\n"
            f"Host: {url.netloc}\r\nAuthorization: token {self.side.running.token}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n".encode()
        )
        self.send(create_sync_message(self.document))
        await asyncio.wait_for(self._synced.wait(), PATIENCE)

    def leave(self) -> None:
        """End the connection."""
        if self._transport is not None:
            self._transport.close()

    def send(self, message: bytes, kind: int = 0x2) -> None:
        """Send a message; its mask is zero, which leaves it as it is."""
        size = len(message)
        length = bytes([0x80 | size]) if size < 126 else b"\xfe" + size.to_bytes(2) if size < 65536 else b""
        self._raw(bytes([0x80 | kind]) + (length or b"\xff" + size.to_bytes(8)) + bytes(4) + message)

    def typing(self, cell: int, marks: list[int]) -> list[bytes]:
        """The messages that append marks to a cell's text, one each; they are sent later."""
        made: list[bytes] = []

        def take(event: TransactionEvent) -> None:
            made.append(create_update_message(event.update))

        subscription = self.document.observe(take)
        for mark in marks:
            source = self.notebook.ycells[cell]["source"]
            source += f"#{mark:07};"
        self.document.unobserve(subscription)
        return made

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        now = time.perf_counter()
        self._buffer += data
        if not self._open:
            head, found, rest = bytes(self._buffer).partition(b"\r\n\r\n")
            if not found:
                return
            assert b" 101 " in head.split(b"\r\n")[0], head
            self._open, self._buffer = True, bytearray(rest)
        while (frame := self._frame()) is not None:
            self._take(*frame, now)

    def _frame(self) -> tuple[int, bytes] | None:
        """The next frame, if it is there: its first byte and its content."""
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        size, start = buffer[1], 2
        if size >= 126:
            start = 4 if size == 126 else 10
            if len(buffer) < start:
                return None
            size = int.from_bytes(buffer[2:start])
        if len(buffer) < start + size:
            return None
        frame = buffer[0], bytes(buffer[start : start + size])
        del buffer[: start + size]
        return frame

    def _take(self, first: int, content: bytes, now: float) -> None:
        if first & 0xF == _PING:
            self.send(content, kind=_PONG)
        if first & 0xF > 0x2:
            return
        self._parts += content
        if not first & 0x80:
            return
        message = bytes(self._parts)
        self._parts.clear()
        if self.heard is not None:
            for mark in MARK.findall(message):
                self.heard(int(mark), now)
        elif message and message[0] == _SYNC:
            reply = handle_sync_message(message[1:], self.document)
            if reply is not None:
                self.send(reply)
            if message[1] == _STEP2:
                self._synced.set()

    def _raw(self, data: bytes) -> None:
        assert self._transport is not None
        self._transport.write(data)


class Load:
    """What the clients themselves need while they are looked at."""

    def __init__(self) -> None:
        self._seconds = self._cpu = 0.0
        self.late: list[float] = []
        """Milliseconds that timers of the clients fired too late."""

    def begin(self) -> None:
        """From now on."""
        self._seconds -= time.perf_counter()
        self._cpu -= time.process_time()

    def end(self) -> None:
        """Until now."""
        self._seconds += time.perf_counter()
        self._cpu += time.process_time()

    @property
    def cores(self) -> float:
        """How many cores the bench's process has used."""
        return self._cpu / self._seconds


@contextmanager
def undisturbed() -> Iterator[None]:
    """No garbage collection in the clients meanwhile."""
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()


async def until(condition: Callable[[], object], what: str) -> None:
    """Wait until something holds."""
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise SystemExit(f"it never came: {what}")
        await asyncio.sleep(0.005)


def at(fraction: float, values: list[float]) -> float:
    """The value that a fraction of all are below."""
    return sorted(values)[min(len(values) - 1, int(fraction * len(values)))]


def show(name: str, value: float, unit: str, *, most: float | None = None, alone: float | None = None) -> None:
    """One line of the results: with what it may be at most, and what jupyter-collaboration alone has."""
    notes = [] if alone is None else [f"alone {alone:.2f}"]
    if most is not None:
        notes.append(f"at most {most:g}: {'met' if value <= most else 'MISSED'}")
    print(f"{name:<42} {value:>9.2f} {unit:<6}{'  # ' if notes else ''}{', '.join(notes)}", flush=True)
