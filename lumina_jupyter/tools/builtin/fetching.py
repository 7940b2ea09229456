"""Fetches one page: every step of the way is checked before it is taken, and nothing is taken in without limit."""

from __future__ import annotations

import asyncio
import ssl
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from ...errors import FetchFailed, FetchRefused, InvalidArguments
from .addresses import Address, IsPublic, Place, Resolve, allowed_addresses, is_public, place_of, resolve

if TYPE_CHECKING:
    import httpx

MOST_REDIRECTS = 5
CONNECT_SECONDS = 5.0
"""After which a host's next address is tried."""
_REDIRECTS = {301, 302, 303, 307, 308}
_IMAGES = {"image/png", "image/jpeg", "image/gif", "image/webp"}
_TEXTS = {"application/json", "application/xml", "application/javascript", "application/x-ndjson", "application/yaml"}
_HEADERS = {
    "Accept": "text/html, text/*;q=0.9, application/json;q=0.9, image/png;q=0.5, */*;q=0.1",
    "Accept-Encoding": "gzip",
    "User-Agent": "lumina-jupyter",
}


@dataclass(frozen=True, slots=True)
class Page:
    """What was fetched, from where in the end; `media_type` in small letters, `charset` as the server has it."""

    url: str
    status: int
    media_type: str
    charset: str
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetcher:
    """Fetches pages from listed hosts.

    `hosts` is the list, `seconds` the most that a page may take and `size` the most bytes that it may have, unpacked.
    `resolve`, `is_public` and `trusted` (certificates) stand for the system's own and let others take their place.
    """

    hosts: Sequence[str]
    seconds: float
    size: int
    resolve: Resolve = resolve
    is_public: IsPublic = is_public
    trusted: ssl.SSLContext | None = None

    async def fetch(self, url: str) -> Page:
        """GET a page, and what it redirects to.

        Raises:
            InvalidArguments: for what is no http or https URL.
            FetchRefused: when the host is not listed, leads into a private network, or sends what is no page.
            FetchFailed: when it cannot be had within the limits.
        """
        import httpx

        try:
            async with asyncio.timeout(self.seconds):
                return await self._follow(url)
        except TimeoutError as error:
            raise FetchFailed(f"{url[:200]} took longer than {self.seconds:g} seconds.") from error
        except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError, OSError, zlib.error) as error:
            raise FetchFailed(
                f"{url[:200]} could not be fetched: {str(error)[:200] or type(error).__name__}."
            ) from error

    async def _follow(self, url: str) -> Page:
        for _ in range(MOST_REDIRECTS + 1):
            place = place_of(url)
            addresses = await allowed_addresses(place, self.hosts, resolve=self.resolve, is_public=self.is_public)
            found = await self._get_from_any(place, addresses)
            if isinstance(found, Page):
                return found
            try:
                url = urljoin(place.url, found)
            except ValueError as error:
                raise InvalidArguments(f"{place.authority} redirects to what is no URL.") from error
        raise FetchFailed(f"{url[:200]} redirects more than {MOST_REDIRECTS} times.")

    async def _get_from_any(self, place: Place, addresses: Sequence[Address]) -> Page | str:
        """Ask the first address that takes the connection."""
        import httpx

        refused: httpx.TransportError | None = None
        for address in addresses:
            try:
                return await self._get(place, address)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                refused = refused or error
        raise refused or FetchFailed(f"The host {place.host} has no address.")

    async def _get(self, place: Place, address: Address) -> Page | str:
        """One request to one address; the page, or where it redirects to."""
        import httpx

        host = f"[{address}]" if address.version == 6 else str(address)
        request = httpx.Request(
            "GET",
            f"{place.scheme}://{host}:{place.port}{place.rest}",
            headers=_HEADERS | {"Host": place.authority},
            # The name is what the certificate must be for; the address is the one that was checked.
            extensions={"sni_hostname": place.host, "timeout": self._timeouts()},
        )
        # No proxy and no cookies: what was checked is what is connected to, and nothing is told that was not asked for.
        trusted = await asyncio.to_thread(httpx.create_ssl_context) if self.trusted is None else self.trusted
        transport = httpx.AsyncHTTPTransport(verify=trusted, trust_env=False)
        async with transport:
            response = await transport.handle_async_request(request)
            response.request = request
            try:
                location = response.headers.get("location")
                if response.status_code in _REDIRECTS and location:
                    return str(location)
                return await self._page(place, response)
            finally:
                await response.aclose()

    def _timeouts(self) -> dict[str, float]:
        return dict.fromkeys(("read", "write", "pool"), self.seconds) | {"connect": min(self.seconds, CONNECT_SECONDS)}

    async def _page(self, place: Place, response: httpx.Response) -> Page:
        media_type, charset = _content_type(response.headers.get("content-type", ""))
        if not (
            media_type.startswith("text/") or media_type in _TEXTS | _IMAGES or media_type.endswith(("+json", "+xml"))
        ):
            raise FetchRefused(
                f"{place.url[:200]} is of the kind {media_type or 'unknown'!r}, which is neither text nor an image.",
                hint="Only pages, texts, JSON and images are fetched.",
            )
        encoding = response.headers.get("content-encoding", "identity").strip().lower()
        if encoding not in {"identity", "", "gzip", "x-gzip", "deflate"}:
            raise FetchFailed(f"{place.url[:200]} is packed as {encoding[:20]!r}, which was not asked for.")
        # It stops at the limit also when a few bytes unpack to gigabytes.
        unpack = zlib.decompressobj(wbits=47) if encoding not in {"identity", ""} else None
        body = bytearray()
        async for chunk in response.aiter_raw(65536):
            body += chunk if unpack is None else unpack.decompress(chunk, self.size + 1 - len(body))
            if len(body) > self.size:
                raise FetchFailed(f"{place.url[:200]} is larger than {self.size / 1e6:g} MB.")
        return Page(place.url, response.status_code, media_type, charset, bytes(body))


def _content_type(header: str) -> tuple[str, str]:
    """The media type and the character set."""
    media_type, *parameters = [part.strip() for part in header[:500].split(";")]
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return media_type.lower(), value.strip().strip("\"'")
    return media_type.lower(), ""
