"""Which hosts may be fetched from, and which of their addresses may be connected to."""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from ...errors import FetchFailed, FetchRefused, InvalidArguments

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Awaitable[Sequence[Address]]]
"""The addresses of a host."""
IsPublic = Callable[[Address], bool]

LONGEST_URL = 4096
_PORTS = {"http": 80, "https": 443}
_NOT_FOR_URLS = re.compile(r"[\x00-\x20\x7f\\]")
_ENTRY = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[^:\[\]]+)(?::(?P<port>\d{1,5}))?")
_HOST = re.compile(r"[a-z0-9_-][a-z0-9._-]*|[0-9a-f:.]+")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_MAPPED_OTHERWISE = (ipaddress.ip_network("64:ff9b:1::/48"), ipaddress.ip_network("::/96"))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a URL leads: `host` as the network spells it, `rest` the path and the query."""

    scheme: str
    host: str
    port: int
    rest: str

    @property
    def authority(self) -> str:
        """The host, with its port when it is not the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The URL, without what leads nowhere on the network."""
        return f"{self.scheme}://{self.authority}{self.rest}"


def place_of(url: str) -> Place:
    """Where a URL leads.

    Raises:
        InvalidArguments: for what is no http or https URL, and for one with a user in it.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
        host = (parts.hostname or "").rstrip(".")
        if len(url) > LONGEST_URL or _NOT_FOR_URLS.search(url) or not host:
            raise ValueError
        if ":" not in host:
            host = host.encode("idna").decode("ascii").lower()
        if not _HOST.fullmatch(host):
            raise ValueError
    except (ValueError, UnicodeError) as error:
        raise InvalidArguments(f"{url[:200]!r} is no URL that could be fetched.") from error
    if parts.scheme not in _PORTS:
        raise InvalidArguments(f"Only http and https URLs are fetched, not {parts.scheme[:20]!r}.")
    if "@" in parts.netloc:
        raise InvalidArguments("URLs with a user or a password in them are not fetched.")
    rest = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Place(parts.scheme, host, port or _PORTS[parts.scheme], rest)


def is_listed(place: Place, hosts: Sequence[str]) -> bool:
    """Whether a list of hosts has this one: by name, as `*.name` for all below it, with a port when it has its own."""
    for entry in hosts:
        match = _ENTRY.fullmatch(entry.strip().lower())
        if match is None or int(match["port"] or _PORTS[place.scheme]) != place.port:
            continue
        name = match["name"].strip("[]")
        if place.host == name or (name.startswith("*.") and len(name) > 2 and place.host.endswith(name[1:])):
            return True
    return False


def is_public(address: Address) -> bool:
    """Whether an address is one of the internet's own, however it is written: none of this machine or its networks."""
    if isinstance(address, ipaddress.IPv6Address):
        inside = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if address in _NAT64:
            inside = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inside is not None:
            return is_public(inside)
        if address.is_site_local or any(address in network for network in _MAPPED_OTHERWISE):
            return False
    special = address.is_multicast or address.is_reserved or address.is_unspecified or address.is_loopback
    return address.is_global and not special and not address.is_link_local and not address.is_private


async def resolve(host: str, port: int) -> Sequence[Address]:
    """The addresses that the system knows of a host.

    Raises:
        FetchFailed: when it knows none.
    """
    try:
        return [ipaddress.ip_address(host)]
    except ValueError:
        pass
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise FetchFailed(f"The host {host} is not known: {error.strerror or error}.") from error
    return [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]


async def allowed_addresses(
    place: Place, hosts: Sequence[str], *, resolve: Resolve = resolve, is_public: IsPublic = is_public
) -> list[Address]:
    """The addresses that may be connected to for a place, which is to be done without asking for them again.

    Raises:
        FetchRefused: when the host is not listed, or one of its addresses is not public.
        FetchFailed: when it has none.
    """
    if not is_listed(place, hosts):
        raise FetchRefused(f"Pages of {place.authority[:200]} may not be fetched: it is not among the allowed hosts.")
    addresses = list(dict.fromkeys(await resolve(place.host, place.port)))
    if not addresses:
        raise FetchFailed(f"The host {place.host} has no address.")
    if not all(map(is_public, addresses)):
        raise FetchRefused(
            f"{place.authority} leads into a private network, from which nothing is fetched.",
            hint="Fetch it yourself in the notebook, if that is what you want.",
        )
    return addresses
