"""A cable between a browser and a server, which can be cut and mended."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Cable:
    """Passes TCP connections on to another port of this machine, as long as it is whole.

    Args:
        to: The port of the server.
    """

    def __init__(self, to: int) -> None:
        self._to = to
        self._whole = True
        self._ends: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._done: asyncio.Event | None = None
        self.port = 0
        """Where it listens."""
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._serve(),), daemon=True)

    def start(self) -> None:
        """Listen."""
        self._thread.start()
        self._ready.wait()

    def stop(self) -> None:
        """End, and every connection with it."""
        self.cut()
        if self._done is not None:
            self._loop.call_soon_threadsafe(self._done.set)
        self._thread.join()

    def cut(self) -> None:
        """End every connection and let none through."""
        self._whole = False
        ended = threading.Event()
        self._loop.call_soon_threadsafe(self._abort, ended)
        ended.wait()

    def mend(self) -> None:
        """Let connections through again."""
        self._whole = True

    def _abort(self, ended: threading.Event) -> None:
        for end in list(self._ends):
            end.transport.abort()
        ended.set()

    async def _serve(self) -> None:
        self._done = asyncio.Event()
        server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._done.wait()
        server.close()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._whole:
            writer.transport.abort()
            return
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self._to)
        except OSError:
            writer.transport.abort()
            return
        self._ends |= {writer, back}
        await asyncio.gather(_pass(reader, back), _pass(there, writer))
        self._ends -= {writer, back}


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    with contextlib.suppress(OSError):
        writer.close()


@contextmanager
def cable(to: int) -> Iterator[Cable]:
    """A whole cable to a port."""
    made = Cable(to)
    made.start()
    try:
        yield made
    finally:
        made.stop()
