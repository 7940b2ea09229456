"""Speaking HTTP to a provider: one pool of connections an adapter, and every failure as one of our errors.

The adapters on httpx share this: it opens a streaming POST, turns a bad status, a time limit, a refused
connection or a dropped one into the classes of `errors`, and closes the connection when its user leaves,
for whatever reason. No error ever holds a header's value, because one of them is the key.
"""

from __future__ import annotations

import asyncio
import functools
import json
import logging
import ssl
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx

from ...errors import AuthenticationFailed, ConnectionFailed, ProviderTimeout, StreamBroken
from .base import Target
from .closing import close_answer
from .failures import failure_of
from .wire_json import encode_json

log = logging.getLogger(__name__)

ACCEPT = "text/event-stream, application/json"
ERROR_BODY_LIMIT = 256 * 1024
"""Bytes of an error's body that are read; the rest would only fill memory."""

_IDLE_CONNECTIONS = 8
"""Kept for the next call. Whenever a call ends, httpx's pool counts all connections once for each idle one:
with hundreds of calls at once, many idle ones would hold up the event loop."""

_LOOPBACK_IS_DIRECT = {f"all://{host}": None for host in ("localhost", "127.0.0.1", "[::1]")}
"""No proxy can reach this machine's own loopback, so none is asked, whatever the environment says."""


class HttpStreams:
    """The connections of one adapter.

    Made in a worker thread by the registry, because reading the CA certificates takes a moment.
    Proxies and private CAs come from the environment (`HTTPS_PROXY`, `SSL_CERT_FILE`, …) as httpx
    reads it. Redirects are not followed: they would carry the key elsewhere.
    """

    def __init__(self) -> None:
        self._client = httpx.AsyncClient(
            verify=_certificates(),
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=_IDLE_CONNECTIONS),
            follow_redirects=False,
            mounts=_LOOPBACK_IS_DIRECT,
        )
        self._opening: set[asyncio.Timeout] = set()
        """One for each request whose answer has not begun, which closing the client would leave waiting."""

    @asynccontextmanager
    async def post(
        self, url: str, body: Mapping[str, Any], headers: Mapping[str, str], target: Target
    ) -> AsyncGenerator[httpx.Response, None]:
        """Open a streaming POST of JSON; the response is good (2xx) and its body not yet read.

        What httpx raises inside the `async with`, while the body is read, is translated too.

        Raises:
            ProviderError: the subclass that fits what went wrong.
        """
        content = encode_json(body)
        if self._client.is_closed:
            raise ConnectionFailed(f"The connections to {target.provider} are closed.", provider=target.provider)
        answered = False
        try:
            request = self._client.build_request(
                "POST",
                url,
                content=content,
                headers={"accept": ACCEPT, "content-type": "application/json", **headers},
                timeout=_timeout(target),
            )
            response = await self._send(request)
            answered = True
            whole = False
            try:
                if not response.is_success:
                    body_of_error = await _error_body(response)
                    raise failure_of(response.status_code, body_of_error, response.headers, target.provider, target.key)
                yield response
                whole = True
            finally:
                await close_answer(response, whole=whole)
        except TimeoutError as error:
            raise ConnectionFailed(
                f"The connection to {target.provider} was closed.", provider=target.provider
            ) from error
        except httpx.ConnectTimeout as error:
            raise ConnectionFailed(
                f"No connection to {target.provider} within {target.connect_timeout:g} s.", provider=target.provider
            ) from error
        except httpx.TimeoutException as error:
            raise ProviderTimeout(
                f"{target.provider} sent nothing for {target.stream_timeout:g} s.", provider=target.provider
            ) from error
        except (httpx.LocalProtocolError, UnicodeEncodeError):
            # Their text quotes the header that is wrong, and that may be the key: nothing of it is kept.
            raise AuthenticationFailed(
                f"The request to {target.provider} could not be written: its key or a header holds characters "
                "that HTTP does not allow.",
                provider=target.provider,
            ) from None
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise ConnectionFailed(
                f"The address of {target.provider} is not a valid URL.",
                hint="Correct the base URL in the settings or the environment.",
                provider=target.provider,
            ) from error
        except (httpx.HTTPError, httpx.StreamError) as error:
            if answered:
                raise StreamBroken(
                    f"The connection to {target.provider} broke before the answer was complete.",
                    provider=target.provider,
                ) from error
            raise ConnectionFailed(
                f"No connection to {target.provider}: {str(error) or type(error).__name__}.", provider=target.provider
            ) from error

    async def _send(self, request: httpx.Request) -> httpx.Response:
        async with asyncio.timeout(None) as opening:
            self._opening.add(opening)
            try:
                return await self._client.send(request, stream=True)
            finally:
                self._opening.discard(opening)

    async def post_json(self, url: str, body: Mapping[str, Any], headers: Mapping[str, str], target: Target) -> Any:
        """POST JSON and read the whole JSON answer.

        Raises:
            ProviderError: the subclass that fits what went wrong.
        """
        async with self.post(url, body, headers, target) as response:
            return parse_json(await response.aread(), target.provider)

    async def close(self) -> None:
        """Close every connection; calls under way end with an error."""
        for opening in self._opening:
            opening.reschedule(0)
        await self._client.aclose()


@functools.cache
def _certificates() -> ssl.SSLContext:
    """The CA certificates, read once for all adapters.

    With a wrong SSL_CERT_FILE nobody is trusted: HTTPS fails with an error that points at the
    certificates, and the models of this machine, which need none, go on answering.
    """
    try:
        return httpx.create_ssl_context()
    except OSError as error:
        log.warning("No CA certificates: SSL_CERT_FILE or SSL_CERT_DIR cannot be read (%s).", error)
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def parse_json(body: bytes | str, provider: str) -> Any:
    """The JSON of a whole body.

    Raises:
        StreamBroken: when it is none.
    """
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise StreamBroken(f"{provider} sent an answer that is not JSON.", provider=provider) from error


def _timeout(target: Target) -> httpx.Timeout:
    return httpx.Timeout(target.stream_timeout, connect=target.connect_timeout, pool=None)


async def _error_body(response: httpx.Response) -> bytes:
    """What can be had of an error's body; a broken one still tells its status."""
    body = bytearray()
    try:
        async for piece in response.aiter_bytes():
            body += piece
            if len(body) >= ERROR_BODY_LIMIT:
                break
    except httpx.HTTPError:
        pass
    return bytes(body[:ERROR_BODY_LIMIT])
