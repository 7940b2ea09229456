"""A loopback HTTP server that answers with recorded bytes, as evenly or as badly as a test asks."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Any, Self

from .recording import Recording

BETWEEN = 61
"""Bytes per chunk between the edges of a body: no divisor of what anybody sends."""
_BLOCK = 65_536
"""Bytes per socket write, where pieces need not be kept apart on the wire."""


@dataclass(frozen=True, kw_only=True)
class Reply:
    """One HTTP answer.

    `cut` sends the body as HTTP chunks of so many bytes (None: with a Content-Length); with `edge` it does so for that
    many bytes at the body's beginning and at its end, and what is between comes in chunks of `BETWEEN` bytes. Several
    chunks share a socket write; `apart` gives each a write of its own and lets the reader run in between, for
    clients that join what arrives together. `delay` waits before each chunk (seconds). After
    `stall_after` bytes of the body nothing more comes; after `close_after` the socket is dropped; after
    `hold_after` the rest waits for `ReplayServer.go_on`.
    """

    status: int = 200
    content_type: str = "application/json"
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: int | None = None
    edge: int | None = None
    apart: bool = False
    delay: float = 0.0
    stall_after: int | None = None
    close_after: int | None = None
    hold_after: int | None = None

    @classmethod
    def of(cls, recording: Recording) -> Reply:
        """The answer that was recorded."""
        headers = {"Retry-After": recording.retry_after} if recording.retry_after else {}
        if recording.body.startswith(b"\x1f\x8b"):
            headers["Content-Encoding"] = "gzip"  # not recorded, but the body tells
        return cls(status=recording.status, content_type=recording.content_type, body=recording.body, headers=headers)


@dataclass(frozen=True)
class Received:
    """One request that the server got; header names are in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class ReplayServer:
    """Answers any request with the replies in order, the last one again and again.

    Use as an async context manager; `url` is `http://127.0.0.1:PORT`. The keyword arguments replace
    those fields of every reply (see `Reply`). `requests` lists what came in, `connections_open`
    counts sockets (`connections_made` those that were ever opened), `answering` the answers that are under way, `sent`
    the body bytes handed to the operating system.
    """

    def __init__(
        self,
        *answers: Recording | Reply,
        cut: int | None = None,
        edge: int | None = None,
        apart: bool | None = None,
        delay: float | None = None,
        stall_after: int | None = None,
        close_after: int | None = None,
    ) -> None:
        given = {
            "cut": cut,
            "edge": edge,
            "apart": apart,
            "delay": delay,
            "stall_after": stall_after,
            "close_after": close_after,
        }
        changes: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
        self._replies = [
            replace(answer if isinstance(answer, Reply) else Reply.of(answer), **changes) for answer in answers
        ]
        self.requests: list[Received] = []
        self.connections_open = 0
        self.connections_made = 0
        self.answering = 0
        self.sent = 0
        self._changed = asyncio.Condition()
        self._released = asyncio.Semaphore(0)
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        """Where it listens."""
        port: int = self._server.sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.close()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def until_connections(self, count: int) -> None:
        """Wait until exactly so many connections are open."""
        async with self._changed:
            await self._changed.wait_for(lambda: self.connections_open == count)

    async def until_answering(self, count: int) -> None:
        """Wait until exactly so many answers are under way: one ends when it is sent, or its reader has gone."""
        async with self._changed:
            await self._changed.wait_for(lambda: self.answering == count)

    async def until_requests(self, count: int) -> None:
        """Wait until so many requests have come in."""
        async with self._changed:
            await self._changed.wait_for(lambda: len(self.requests) >= count)

    def go_on(self) -> None:
        """Let one held answer, that is held now or will be, send its rest."""
        self._released.release()

    def choose(self, request: Received) -> Reply:
        """The reply to a request, which is not yet among `requests`."""
        return self._replies[min(len(self.requests), len(self._replies) - 1)]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        await self._count(1)
        try:
            begun: bytes | None = b""
            while begun is not None and (request := await _read_request(reader, begun)) is not None:
                reply = self.choose(request)
                self.requests.append(request)
                await self._count(0, answering=1)
                try:
                    begun = await self._answer(reply, reader, writer)
                finally:
                    await self._count(0, answering=-1)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(task)
            writer.transport.abort()
            await self._count(-1)

    async def _count(self, change: int, *, answering: int = 0) -> None:
        async with self._changed:
            self.answering += answering
            self.connections_open += change
            self.connections_made += max(change, 0)
            self._changed.notify_all()

    async def _answer(self, reply: Reply, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes | None:
        """Send the reply; None when the connection is over, else what was already read of the next request."""
        writer.write(_head(reply))
        end = min((at for at in (reply.stall_after, reply.close_after) if at is not None), default=None)
        sending = asyncio.ensure_future(self._send_body(reply, reply.body[:end], writer))
        # While an answer is under way a client sends nothing more: whatever can be read is its going away.
        more = asyncio.ensure_future(reader.read(1))
        try:
            await asyncio.wait({sending, more}, return_when=asyncio.FIRST_COMPLETED)
            # Short answers may be read, and the next request begun, before this task runs again.
            if not sending.done() and not more.result():
                return None
            await sending
            if reply.stall_after is not None:
                await more
                return None
            if reply.close_after is not None:
                await writer.drain()
                writer.close()
                with contextlib.suppress(ConnectionError):
                    await writer.wait_closed()
                return None
            if reply.cut is not None:
                writer.write(b"0\r\n\r\n")
            await writer.drain()
        finally:
            sending.cancel()
            more.cancel()
            await asyncio.gather(sending, more, return_exceptions=True)
        return b"" if more.cancelled() else more.result()

    async def _send_body(self, reply: Reply, body: bytes, writer: asyncio.StreamWriter) -> None:
        if reply.hold_after is not None:
            await self._send_pieces(reply, body[: reply.hold_after], writer)
            await self._released.acquire()
        await self._send_pieces(reply, body[reply.hold_after or 0 :], writer)

    async def _send_pieces(self, reply: Reply, body: bytes, writer: asyncio.StreamWriter) -> None:
        for piece, size in _pieces(reply, body):
            if reply.delay:
                await asyncio.sleep(reply.delay)
            writer.write(piece)
            await writer.drain()
            self.sent += size
            if reply.apart:
                for _ in range(3):  # a reader in this loop needs some turns to wake up and take it
                    await asyncio.sleep(0)


def _head(reply: Reply) -> bytes:
    headers = {"Content-Type": reply.content_type, **reply.headers}
    if reply.cut is None:
        headers["Content-Length"] = str(len(reply.body))
    else:
        headers["Transfer-Encoding"] = "chunked"
    lines = [f"HTTP/1.1 {reply.status} Replayed", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def _pieces(reply: Reply, body: bytes) -> Iterator[tuple[bytes, int]]:
    """What goes into each socket write, and how many bytes of the body that is."""
    if reply.cut is None:
        for at in range(0, len(body), _BLOCK):
            yield body[at : at + _BLOCK], len(body[at : at + _BLOCK])
        return
    for part, cut in _parts(body, reply.cut, reply.edge):
        together = 1 if reply.apart or reply.delay else max(1, _BLOCK // (cut + 6))
        step = cut * together
        for at in range(0, len(part), step):
            block = part[at : at + step]
            yield _chunked(block, cut), len(block)


def _parts(body: bytes, cut: int, edge: int | None) -> list[tuple[bytes, int]]:
    """The parts of a body, and how each is cut."""
    if edge is None or len(body) <= 2 * edge:
        return [(body, cut)]
    return [(body[:edge], cut), (body[edge:-edge], BETWEEN), (body[-edge:], cut)]


def _chunked(block: bytes, cut: int) -> bytes:
    """The block as HTTP chunks of `cut` bytes."""
    parts: list[bytes] = []
    for at in range(0, len(block), cut):
        piece = block[at : at + cut]
        parts.append(b"%x\r\n%b\r\n" % (len(piece), piece))
    return b"".join(parts)


async def _read_request(reader: asyncio.StreamReader, begun: bytes) -> Received | None:
    """The next request on a connection, of which a byte may have been read; None when the client has closed it."""
    try:
        head = begun + await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.decode("latin-1").split("\r\n")
    method, path, _ = first.split(" ", 2)
    headers = {
        name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines) if name
    }
    if headers.get("transfer-encoding") == "chunked":
        body = await _read_chunked(reader)
    else:
        body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Received(method, path, headers, body)


async def _read_chunked(reader: asyncio.StreamReader) -> bytes:
    parts: list[bytes] = []
    while size := int((await reader.readline()).split(b";")[0], 16):
        parts.append(await reader.readexactly(size))
        await reader.readexactly(2)
    await reader.readline()
    return b"".join(parts)
