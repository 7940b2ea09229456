"""The transport to a server that has an address: streamable HTTP, as the SDK does it, within limits."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
from mcp.client.streamable_http import streamable_http_client

from .....errors import McpServerMisbehaved
from ..config import ServerConfig
from ..limits import Limits
from .guard import Fate

CONNECT_SECONDS = 30.0
SILENCE_SECONDS = 300.0
"""How long a stream may be silent; calls have limits of their own."""


class Answered:
    """What the server's last refusal was, which the SDK does not tell."""

    status: int = 0


@asynccontextmanager
async def address(
    config: ServerConfig, limits: Limits, fate: Fate, answered: Answered, auth: httpx2.Auth | None
) -> AsyncGenerator[tuple[Any, Any], None]:
    """Connect to a server's address; its streams for the SDK."""

    async def look(response: httpx2.Response) -> None:
        if response.status_code >= 400:
            answered.status = response.status_code
        if response.headers.get("content-encoding", "identity").lower() != "identity":
            fate.end(McpServerMisbehaved("It compressed an answer though it was asked not to."))
            raise httpx2.RemoteProtocolError("compressed answer", request=response.request)
        if not response.headers.get("content-type", "").lower().startswith("text/event-stream"):
            response.stream = _Capped(response.stream, limits.message, fate)

    timeout = httpx2.Timeout(CONNECT_SECONDS, read=SILENCE_SECONDS)
    # What is not compressed cannot unfold into more than was counted.
    headers = {"Accept-Encoding": "identity", **dict(config.headers)}
    async with (
        httpx2.AsyncClient(headers=headers, timeout=timeout, auth=auth, event_hooks={"response": [look]}) as client,
        streamable_http_client(config.url, http_client=client, max_sse_event_size=limits.message) as streams,
    ):
        yield streams


class _Capped(httpx2.AsyncByteStream):
    """An answer's body that is given up when it is longer than allowed."""

    def __init__(self, inner: Any, most: int, fate: Fate) -> None:
        self._inner = inner
        self._most = most
        self._fate = fate

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for chunk in self._inner:
            size += len(chunk)
            if size > self._most:
                self._fate.end(McpServerMisbehaved(f"It sent a message of more than {self._most / 1e6:g} MB."))
                raise httpx2.ReadError("answer too large")
            yield chunk

    async def aclose(self) -> None:
        await self._inner.aclose()
