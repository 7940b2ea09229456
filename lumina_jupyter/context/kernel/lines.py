"""Where kernels connect to be looked at: one socket for all of them, closed to other users of the machine."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

LONGEST = 4_000_000
"""Bytes of a kernel's answer at most; the probe keeps far below."""
GREETING = 5.0
"""Seconds within which a connection says whose it is."""


class LineClosed(Exception):
    """The kernel at the other end is gone."""


class Line:
    """A connection to the probe in one kernel."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._numbers = count(1)
        self._ended = False
        self.executed: Callable[[], None] | None = None
        """Called each time when a cell has run to its end."""

    @property
    def is_open(self) -> bool:
        """Whether the kernel is still there, as far as is known."""
        return not self._ended

    async def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """The probe's answer; takes as long as the kernel does.

        Raises:
            LineClosed: when the kernel goes away meanwhile.
        """
        if self._ended:
            raise LineClosed
        number = next(self._numbers)
        future: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[number] = future
        try:
            self._writer.write(json.dumps({**request, "id": number}).encode() + b"\n")
            return await future
        finally:
            self._waiting.pop(number, None)

    async def listen(self) -> None:
        """Hand answers to who waits for them, until the connection ends."""
        try:
            while text := await self._reader.readline():
                answer = json.loads(text)
                if answer.get("event") == "executed" and self.executed is not None:
                    self.executed()
                future = self._waiting.pop(answer.pop("id", None), None)
                if future is not None and not future.done():
                    future.set_result(answer)
        except (OSError, ValueError, AttributeError):
            pass  # a line that breaks or speaks nonsense has ended
        finally:
            self.close()

    def close(self) -> None:
        """End it."""
        self._ended = True
        self._writer.close()
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(LineClosed())


class Lines:
    """The socket at which probes call. A kernel is known by the token that it was given."""

    def __init__(self) -> None:
        self._server: asyncio.Server | None = None
        self._folder: Path | None = None
        self._address: str | list[object] | None = None
        self._expected: dict[str, Callable[[Line], None]] = {}
        self._open: set[Line] = set()
        self._opening = asyncio.Lock()

    async def address(self) -> str | list[object] | None:
        """Where to connect to: a path, or a host and port; None when there can be no socket."""
        async with self._opening:
            if self._server is None:
                with contextlib.suppress(OSError):
                    await self._listen()
        return self._address

    def expect(self, connected: Callable[[Line], None]) -> str:
        """A new token; `connected` gets the line of the kernel that calls with it."""
        token = secrets.token_urlsafe(24)
        self._expected[token] = connected
        return token

    def forget(self, token: str) -> None:
        """Nobody may call with that token any more."""
        self._expected.pop(token, None)

    async def close(self) -> None:
        """Hang up and leave nothing behind."""
        self._expected.clear()
        for line in list(self._open):
            line.close()
        if self._server is not None:
            self._server.close()
            self._server = None
        if self._folder is not None:
            await asyncio.to_thread(shutil.rmtree, self._folder, True)

    async def _listen(self) -> None:
        if os.name == "nt":
            self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, limit=LONGEST)
            self._address = list(self._server.sockets[0].getsockname()[:2])
            return
        self._folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="lumina-eyes-"))
        path = str(self._folder / "line")
        self._server = await asyncio.start_unix_server(self._accept, path, limit=LONGEST)
        self._address = path

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(GREETING):
                token = (await reader.readline()).decode("ascii", "replace").strip()
        except (TimeoutError, OSError, ValueError):
            writer.close()
            return
        connected = self._expected.get(token)
        if connected is None:
            writer.close()
            return
        line = Line(reader, writer)
        self._open.add(line)
        connected(line)
        try:
            await line.listen()
        finally:
            self._open.discard(line)
