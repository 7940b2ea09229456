"""One call's HTTP. litellm posts through it, and it remembers what litellm would forget.

litellm turns a provider's answer into exceptions and chunks that lose information (an error's body and
headers, the type of an error inside a stream, the usage of older Bedrock models) and leaves the
connection open when its stream is dropped. So the connection is ours: the status, body and headers of a
refusal are kept, as are the last bytes of a stream, and closing is in our hand.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from ..base import Target
from ..closing import close_answer
from .arguments import family_of
from .google_calls import with_arguments

TAIL_BYTES = 16 * 1024
"""How much of a stream's end is kept: its last events say why and how it ended."""
_FAILURE_BYTES = 256 * 1024
_FRAMING = frozenset({"content-encoding", "content-length", "transfer-encoding"})


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer that is not a success."""

    status: int
    body: bytes
    headers: httpx.Headers


class Exchange:
    """The HTTP of one call, in the shape of litellm's own HTTP client.

    Args:
        client: The adapter's pool of connections.
        target: Says how long to wait.
    """

    def __init__(self, client: httpx.AsyncClient, target: Target) -> None:
        self.client = client
        self._google = family_of(target) == "google"
        self._timeout = httpx.Timeout(target.stream_timeout, connect=target.connect_timeout, pool=None)
        self._response: httpx.Response | None = None
        self._whole = False
        self.refusal: Refusal | None = None
        self.error: httpx.HTTPError | None = None
        """What broke the connection."""
        self.ended = True
        """Whether the provider said that its answer is over, where litellm does not notice that."""
        self.tail = b""
        """The last bytes of the answer's body."""

    @property
    def answered(self) -> bool:
        """Whether the provider has begun to answer this call."""
        return self._response is not None

    async def post(
        self,
        url: str,
        data: Any = None,
        json: Any = None,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: Any = None,  # noqa: ASYNC109 - litellm's signature; the target's limits hold
        stream: bool = False,
        logging_obj: Any = None,
        files: Any = None,
        content: Any = None,
    ) -> httpx.Response:
        """POST as litellm asks, once, and never to where a redirect leads.

        Raises:
            httpx.HTTPError: what went wrong; `refusal` or `error` has it too.
        """
        body = content if content is not None else data
        as_form = isinstance(body, dict)
        request = self.client.build_request(
            "POST",
            url,
            content=None if as_form else body,
            data=body if as_form else None,
            json=json,
            files=files,
            params=params,
            headers=headers,
            timeout=self._timeout,
        )
        try:
            response = self._response = await self.client.send(request, stream=True)
            if not response.is_success:
                self.refusal = Refusal(response.status_code, await _beginning(response), response.headers)
            elif not stream:
                self.tail = await response.aread()
                self._whole = True
        except httpx.HTTPError as error:
            self.error = error
            raise
        if self.refusal is not None:
            await response.aclose()
            refused = httpx.Response(response.status_code, content=self.refusal.body, request=request)
            raise httpx.HTTPStatusError(f"HTTP {response.status_code}", request=request, response=refused)
        return self._tapped(response) if stream else self._mended(response)

    def _mended(self, response: httpx.Response) -> httpx.Response:
        """The same answer, read, with what litellm cannot read put right."""
        return httpx.Response(
            response.status_code,
            headers=_content_headers(response),
            content=with_arguments(self.tail) if self._google else self.tail,
            request=response.request,
        )

    def _tapped(self, response: httpx.Response) -> httpx.Response:
        """The same answer, decompressed, with its end remembered as it passes."""
        return httpx.Response(
            response.status_code,
            headers=_content_headers(response),
            request=response.request,
            stream=_Tapped(response, self),
        )

    def end(self) -> None:
        """The provider has said that its answer is over."""
        self.ended = True

    def read_whole(self) -> None:
        """The answer was read to its end: its connection may serve the next call."""
        self._whole = True

    async def close(self) -> None:
        """Close the connection unless the answer was read to its end."""
        if self._response is not None:
            await close_answer(self._response, whole=self._whole)


class _Tapped(httpx.AsyncByteStream):
    """A body that passes through while its end is remembered."""

    def __init__(self, response: httpx.Response, exchange: Exchange) -> None:
        self._response = response
        self._exchange = exchange

    async def __aiter__(self) -> AsyncIterator[bytes]:
        exchange = self._exchange
        try:
            async for piece in self._response.aiter_bytes():
                exchange.tail = (exchange.tail + piece)[-TAIL_BYTES:]
                yield piece
            exchange.read_whole()
        except httpx.HTTPError as error:
            exchange.error = error
            raise

    async def aclose(self) -> None:
        await self._response.aclose()


def _content_headers(response: httpx.Response) -> list[tuple[str, str]]:
    """The headers that speak of the content, not of its bytes on the wire."""
    return [(name, value) for name, value in response.headers.multi_items() if name not in _FRAMING]


async def _beginning(response: httpx.Response) -> bytes:
    """As much of a refusal's body as is worth reading; a broken one still tells its status."""
    body = bytearray()
    with contextlib.suppress(httpx.HTTPError):
        async for piece in response.aiter_bytes():
            body += piece
            if len(body) >= _FAILURE_BYTES:
                break
    return bytes(body[:_FAILURE_BYTES])
