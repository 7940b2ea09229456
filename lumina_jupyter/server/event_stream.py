"""Answers that stream: server-sent events, flushed one by one, ended when the client goes away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, ClassVar

from tornado.iostream import StreamClosedError

from .base import LuminaHandler
from .service import Answer

KEEP_ALIVE_SECONDS = 15.0
"""How long a stream may be silent (a model loads, say) before a comment shows that it lives."""


class StreamingHandler(LuminaHandler):
    """A route whose answer may be a stream of server-sent events."""

    looks_on: ClassVar[bool] = False
    """Whether its stream only follows what others do, for as long as somebody reads: a server that ends stops it."""
    _answering: asyncio.Task[Any] | None = None
    _gone = False
    _stopped = False
    _streaming = False
    _flushing: asyncio.Future[None] | None = None
    _last_write = 0.0

    def on_connection_close(self) -> None:
        """The client is gone: end the answer, and with it the provider's connection."""
        super().on_connection_close()
        self._gone = True
        self._break_off()

    def _stop(self) -> None:
        """The server ends."""
        self._stopped = True
        self._break_off()

    def _break_off(self) -> None:
        if self._answering is not None:
            self._answering.cancel()

    @asynccontextmanager
    async def while_connected(self, request_id: str = "") -> AsyncIterator[None]:
        """What runs inside is cancelled when the client goes away; nobody is told, for nobody is there.

        A stream that is stopped because the server ends is over there, as one that has told everything.

        Args:
            request_id: What a server that ends cancels, and waits for, before it closes the engine.
        """
        task = self._answering = asyncio.current_task()
        over = asyncio.get_running_loop().create_future()
        self.service.answers[over] = Answer(request_id=request_id, looks_on=self.looks_on, stop=self._stop)
        if self._gone and task is not None:
            task.cancel()
        alive = asyncio.get_running_loop().create_task(self._keep_alive())
        try:
            yield
        except asyncio.CancelledError:
            if task is None or not (self._gone or self._stopped):
                raise
            task.uncancel()
        except StreamClosedError:
            self._gone = True
        finally:
            self._answering = None
            alive.cancel()
            del self.service.answers[over]
            over.set_result(None)
            self.service.settle()

    @property
    def is_streaming(self) -> bool:
        """Whether the stream has begun, so that an error can no longer change the status."""
        return self._streaming

    def last_event(self) -> int:
        """The last event that a browser says it has when it connects again; 0 for none."""
        header = self.request.headers.get("Last-Event-ID", "").strip()
        return int(header) if header.isascii() and header.isdigit() and len(header) <= 15 else 0

    def begin_stream(self) -> None:
        """Commit to a stream: status 200 and the headers that keep proxies from holding it back."""
        if self._streaming:
            return
        self._streaming = True
        self._last_write = asyncio.get_running_loop().time()
        self.content_type = "text/event-stream; charset=utf-8"
        self.set_header("Content-Type", self.content_type)
        self.set_header("Cache-Control", "no-store")
        self.set_header("X-Accel-Buffering", "no")

    async def send(self, data: str, *, id: int | None = None) -> None:
        """Send one event and wait until the client's side has room: a slow client slows the model."""
        self.begin_stream()
        self.write(f"data: {data}\n\n" if id is None else f"id: {id}\ndata: {data}\n\n")
        await self._flush()

    async def send_frames(self, text: bytes) -> None:
        """Send events that are written out already, and wait until the client's side has room."""
        self.begin_stream()
        self.write(text)
        await self._flush()

    async def _flush(self) -> None:
        flushing = self._flushing = asyncio.ensure_future(self.flush())
        if flushing.done():
            # Where the socket has room nothing waits: without this, one read with hundreds of events in
            # it would keep the event loop from everybody else.
            await asyncio.sleep(0)
        await flushing
        self._last_write = asyncio.get_running_loop().time()

    async def _keep_alive(self) -> None:
        loop = asyncio.get_running_loop()
        self._last_write = loop.time()
        while True:
            wait = self._last_write + KEEP_ALIVE_SECONDS - loop.time()
            if wait > 0:
                await asyncio.sleep(wait)
                continue
            # A flush under way means a slow client, who has bytes to read already.
            if self._flushing is None or self._flushing.done():
                self.begin_stream()
                self.write(": keep-alive\n\n")
                try:
                    await self._flush()
                except StreamClosedError:
                    return
            self._last_write = loop.time()
