"""The body of an answer, streamed or whole, as events: what all dialects over server-sent events share."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from typing import Protocol

import httpx

from ...errors import InvalidRequest, StreamBroken
from ...events import Event
from .sse import MAX_EVENT_BYTES, EventStreamParser

_DRAIN_SECONDS = 0.2
"""How long the end of a body is waited for after its last event, so that the connection can be used again."""
_GIVEN_AT_ONCE = 8
"""Server-sent events after which others on the event loop get their turn. One read can hold hundreds, and
with many streams at once all of their reads can be due in the same turn of the loop."""


class AnswerReader(Protocol):
    """Reads one answer of one dialect; what it raises are subclasses of `ProviderError`."""

    @property
    def done(self) -> bool:
        """Whether the provider has said that nothing more comes."""
        ...

    @property
    def finished(self) -> bool:
        """Whether the provider has said why the answer ends."""
        ...

    def read_data(self, data: bytes) -> Iterable[Event]:
        """The events of the data of one server-sent event."""
        ...

    def read_whole(self, body: bytes) -> Iterable[Event]:
        """The events of an answer that came as one object."""
        ...

    def finish(self) -> Iterable[Event]:
        """What remains when the body is over, with the end as the last."""
        ...

    def broken(self, what: str) -> StreamBroken:
        """The error that the provider did this."""
        ...


async def answer_events(response: httpx.Response, reader: AnswerReader, provider: str) -> AsyncGenerator[Event, None]:
    """The events of a response's body up to the end of the answer.

    Raises:
        ProviderError: the subclass for an error inside the answer, or an answer that breaks.
        httpx.HTTPError: when the connection fails before the answer is complete.
    """
    _refuse_web_page(response, provider)
    pieces = response.aiter_bytes()
    head = await _head(pieces)
    if head.startswith((b"{", b"[")):
        # A server (or a proxy before it) that does not stream answers with one object.
        for event in reader.read_whole(await _rest(pieces, head, reader)):
            yield event
    else:
        parser = EventStreamParser(provider)
        given = 0
        try:
            piece: bytes | None = head
            while piece is not None:
                for data in parser.feed(piece):
                    for event in reader.read_data(data):
                        yield event
                    given += 1
                    if given % _GIVEN_AT_ONCE == 0:
                        await asyncio.sleep(0)
                piece = None if reader.done else await anext(pieces, None)
            for data in parser.finish():
                for event in reader.read_data(data):
                    yield event
            await _drain(pieces)
        except httpx.HTTPError:
            if not reader.finished:
                raise
    for event in reader.finish():
        yield event


def _refuse_web_page(response: httpx.Response, provider: str) -> None:
    if response.headers.get("content-type", "").startswith("text/html"):
        raise InvalidRequest(
            f"{provider} answered with a web page.",
            hint="Check the provider's base URL, and whether a proxy asks for a login.",
            provider=provider,
        )


async def _head(pieces: AsyncIterator[bytes]) -> bytes:
    """The first pieces up to something other than white space, without that."""
    async for piece in pieces:
        if start := piece.removeprefix(b"\xef\xbb\xbf").lstrip():
            return start
    return b""


async def _rest(pieces: AsyncIterator[bytes], head: bytes, reader: AnswerReader) -> bytes:
    parts, size = [head], len(head)
    async for piece in pieces:
        parts.append(piece)
        size += len(piece)
        if size > MAX_EVENT_BYTES:
            raise reader.broken(f"sent an answer of more than {MAX_EVENT_BYTES // 2**20} MB")
    return b"".join(parts)


async def _drain(pieces: AsyncIterator[bytes]) -> None:
    try:
        async with asyncio.timeout(_DRAIN_SECONDS):
            async for _ in pieces:
                pass
    except (TimeoutError, httpx.HTTPError):
        return
