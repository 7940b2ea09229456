"""Which hosts may be fetched from, and which addresses are the internet's own."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumina_jupyter.errors import FetchRefused, InvalidArguments
from lumina_jupyter.tools.builtin.addresses import Address, allowed_addresses, is_listed, is_public, place_of

PRIVATE = [
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "192.0.2.1",
    "198.18.0.1",
    "203.0.113.9",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fc00::1",
    "fd12::1",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a00:1",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2002:a00:1::",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_of_machines_and_networks_are_not_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "64:ff9b::101:101", "2002:101:101::"]
)
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    ("url", "listed"),
    [
        ("https://example.org/a", True),
        ("https://EXAMPLE.org./a", True),
        ("http://example.org/", True),
        ("https://example.org:8443/", False),
        ("https://data.example.net:8443/", True),
        ("https://data.example.net/", False),
        ("https://sub.example.org/", False),
        ("https://a.b.example.com/", True),
        ("https://example.com/", False),
        ("https://badexample.com/", False),
        ("https://example.org.evil.net/", False),
        ("https://bücher.example/", True),
    ],
)
def test_a_host_is_listed_by_its_whole_name(url: str, listed: bool) -> None:
    hosts = ["example.org", "*.example.com", "data.example.net:8443", "xn--bcher-kva.example"]
    assert is_listed(place_of(url), hosts) is listed
    assert not is_listed(place_of(url), [])
    assert not is_listed(place_of(url), ["*", "*.", ""])


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://example.org/",
        "javascript:alert(1)",
        "data:text/plain,x",
        "example.org",
        "",
        "http://",
        "http:///x",
        "http://user:pass@example.org/",
        "http://example.org@evil.net/",
        "http://example.org\\@evil.net/",
        "http://exa mple.org/",
        "http://example.org/\r\nX-Header: 1",
        "http://example.org:99999/",
        "http://[::1/",
        "http://" + "a" * 300 + ".org/",
        "http://example.org/" + "a" * 5000,
    ],
)
def test_what_is_no_plain_url_is_refused(url: str) -> None:
    with pytest.raises(InvalidArguments):
        place_of(url)


@given(st.text(max_size=80))
def test_any_text_is_a_place_or_refused(text: str) -> None:
    for url in (text, f"http://{text}", f"http://example.org/{text}", f"https://{text}.example.org:{text}/"):
        try:
            place = place_of(url)
        except InvalidArguments:
            continue
        assert place.scheme in {"http", "https"}
        assert place.host.isascii()
        # What is sent is what was looked at.
        assert place_of(place.url) == place


def resolved(*addresses: str) -> Sequence[Address]:
    async def resolve(_host: str, _port: int) -> Sequence[Address]:
        return [ipaddress.ip_address(address) for address in addresses]

    return asyncio.run(allowed_addresses(place_of("http://example.org/"), ["example.org"], resolve=resolve))


def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    assert len(resolved("1.1.1.1", "2606:4700::1111")) == 2
    with pytest.raises(FetchRefused, match="private network"):
        resolved("1.1.1.1", "10.0.0.1")


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "[::1]", "2130706433", "0x7f.1", "0177.0.0.1", "localhost", "[::ffff:7f00:1]"]
)
def test_this_machine_is_not_reached_however_it_is_spelled(host: str) -> None:
    place = place_of(f"http://{host}/")
    with pytest.raises(FetchRefused, match="private network"):
        asyncio.run(allowed_addresses(place, [place.host, f"[{place.host}]"]))
