"""Fetching from real servers on this machine, which an injected resolver calls the internet."""

from __future__ import annotations

import asyncio
import base64
import datetime
import gzip
import ipaddress
import ssl
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from lumina_jupyter.errors import FetchFailed, FetchRefused, LuminaError
from lumina_jupyter.settings import Lumina
from lumina_jupyter.tools import Actor, ImageContent, TextContent, ToolContext
from lumina_jupyter.tools.builtin.addresses import Address
from lumina_jupyter.tools.builtin.fetching import Fetcher
from lumina_jupyter.tools.builtin.html_text import text_of_html
from lumina_jupyter.tools.builtin.web import content_of_page, web_tool

LOCAL = ipaddress.ip_address("127.0.0.1")
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)


@dataclass
class Site:
    """A server that answers every path with what was put there, and keeps what it was asked."""

    port: int = 0
    answers: dict[str, bytes] = field(default_factory=dict)
    asked: list[bytes] = field(default_factory=list)
    closed: asyncio.Event = field(default_factory=asyncio.Event)

    def answer(self, path: str, body: bytes = b"", *, status: str = "200 OK", **headers: str) -> str:
        """Put something at a path; its URL."""
        lines = [f"HTTP/1.1 {status}", *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items())]
        self.answers[path] = "\r\n".join([*lines, "Connection: close", "", ""]).encode() + body
        return self.url(path)

    def url(self, path: str, host: str = "site.example") -> str:
        return f"http://{host}:{self.port}{path}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            asked = await reader.readuntil(b"\r\n\r\n")
            self.asked.append(asked)
            path = asked.split(b" ", 2)[1].decode()
            if path == "/never":
                await reader.read()
            elif path == "/endless":
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n")
                while not reader.at_eof():
                    writer.write(b"x" * 65536)
                    await writer.drain()
            else:
                writer.write(self.answers.get(path, b"HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\n\r\nnone"))
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
            self.closed.set()


@asynccontextmanager
async def running(tls: ssl.SSLContext | None = None) -> AsyncIterator[Site]:
    site = Site()
    server = await asyncio.start_server(site.serve, "127.0.0.1", 0, ssl=tls)
    site.port = server.sockets[0].getsockname()[1]
    try:
        yield site
    finally:
        server.close()


@pytest.fixture
def site(jp_asyncio_loop: asyncio.AbstractEventLoop) -> Iterator[Site]:
    made = running()
    yield jp_asyncio_loop.run_until_complete(made.__aenter__())
    jp_asyncio_loop.run_until_complete(made.__aexit__(None, None, None))


async def local(_host: str, _port: int) -> Sequence[Address]:
    return [LOCAL]


def fetcher(site: Site, *hosts: str, **changed: object) -> Fetcher:
    allowed = [f"{host}:{site.port}" for host in hosts or ("site.example",)]
    made = Fetcher(hosts=allowed, seconds=20.0, size=100_000, resolve=local, is_public=lambda address: address == LOCAL)
    return replace(made, **changed)  # type: ignore[arg-type]  # each test names fields


async def test_a_page_is_fetched_with_nothing_told_but_its_address(site: Site) -> None:
    url = site.answer("/a?b=c", b"hello", Content_Type="text/plain; charset=utf-8")
    page = await fetcher(site).fetch(f"{url}#fragment")
    assert (page.url, page.status, page.body) == (url, 200, b"hello")
    assert f"Host: site.example:{site.port}".encode().lower() in site.asked[0].lower()
    assert b"cookie" not in site.asked[0].lower()
    assert b"authorization" not in site.asked[0].lower()


async def test_no_host_is_allowed_until_it_is_listed(site: Site) -> None:
    with pytest.raises(FetchRefused) as refused:
        await fetcher(site, "other.example").fetch(site.answer("/", b"x", Content_Type="text/plain"))
    assert "web_hosts" in refused.value.hint
    with pytest.raises(FetchRefused):
        await fetcher(site, hosts=()).fetch(site.url("/"))
    assert not site.asked


async def test_a_listed_name_that_leads_to_this_machine_is_refused(site: Site) -> None:
    from lumina_jupyter.tools.builtin.addresses import is_public

    with pytest.raises(FetchRefused, match="private network"):
        await fetcher(site, is_public=is_public).fetch(site.url("/"))
    assert not site.asked


async def test_the_address_that_was_checked_is_the_one_that_is_used(site: Site) -> None:
    answers = [[LOCAL], [ipaddress.ip_address("127.0.0.2")]]
    asked: list[str] = []

    async def rebinding(host: str, _port: int) -> Sequence[Address]:
        asked.append(host)
        return answers[len(asked) - 1]

    site.answer("/", b"x", Content_Type="text/plain")
    await fetcher(site, resolve=rebinding).fetch(site.url("/"))
    assert asked == ["site.example"]


async def test_a_redirect_is_checked_as_a_first_address_is(site: Site) -> None:
    site.answer("/end", b"there", Content_Type="text/plain")
    ok = site.answer("/ok", status="302 Found", Location="/end")
    assert (await fetcher(site).fetch(ok)).url == site.url("/end")
    away = site.answer("/away", status="301 Moved Permanently", Location=site.url("/end", "evil.example"))
    with pytest.raises(FetchRefused, match="evil"):
        await fetcher(site).fetch(away)
    for location in ("file:///etc/passwd", "http://user:x@site.example/", "http://[", "//"):
        with pytest.raises(LuminaError):
            await fetcher(site).fetch(site.answer("/bad", status="302 Found", Location=location))


async def test_a_redirect_into_a_private_network_is_refused(site: Site) -> None:
    async def inside(host: str, _port: int) -> Sequence[Address]:
        return [LOCAL if host == "site.example" else ipaddress.ip_address("169.254.169.254")]

    url = site.answer("/", status="302 Found", Location=site.url("/latest/meta-data", "inside.example"))
    with pytest.raises(FetchRefused, match="private network"):
        await fetcher(site, "site.example", "inside.example", resolve=inside).fetch(url)


async def test_redirects_in_a_circle_end(site: Site) -> None:
    with pytest.raises(FetchFailed, match="redirects more than"):
        await fetcher(site).fetch(site.answer("/circle", status="302 Found", Location="/circle"))
    assert len(site.asked) == 6


async def test_a_page_has_its_size(site: Site) -> None:
    for path, body in (("/long", b"x" * 200_000),):
        with pytest.raises(FetchFailed, match=r"larger than 0\.1 MB"):
            await fetcher(site).fetch(site.answer(path, body, Content_Type="text/plain"))
    with pytest.raises(FetchFailed, match="larger than"):
        await fetcher(site).fetch(site.url("/endless"))
    await site.closed.wait()


async def test_what_unpacks_to_more_than_its_size_is_stopped(site: Site) -> None:
    bomb = gzip.compress(bytes(50_000_000))
    assert len(bomb) < 60_000
    with pytest.raises(FetchFailed, match="larger than"):
        await fetcher(site).fetch(site.answer("/bomb", bomb, Content_Type="text/plain", Content_Encoding="gzip"))
    small = site.answer("/small", gzip.compress(b"small"), Content_Type="text/plain", Content_Encoding="gzip")
    assert (await fetcher(site).fetch(small)).body == b"small"
    for encoding, body in (("br", b"x"), ("gzip", b"this is no gzip")):
        with pytest.raises(FetchFailed):
            await fetcher(site).fetch(site.answer("/odd", body, Content_Type="text/plain", Content_Encoding=encoding))


async def test_a_server_that_never_answers_is_left_and_so_is_its_connection(site: Site) -> None:
    with pytest.raises(FetchFailed, match="took longer"):
        await fetcher(site, seconds=0.5).fetch(site.url("/never"))
    await site.closed.wait()


@pytest.mark.parametrize(
    "kind", ["application/octet-stream", "application/zip", "video/mp4", "", "image/svg+xmlx", "x" * 9000]
)
async def test_what_is_no_page_is_not_taken_in(site: Site, kind: str) -> None:
    with pytest.raises((FetchRefused, FetchFailed)):
        await fetcher(site).fetch(site.answer("/file", b"x", Content_Type=kind))


@pytest.mark.parametrize(
    "answer",
    [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\nContent-Type: text/plain\r\n\r\nshort"],
)
async def test_a_broken_answer_is_a_clear_failure(site: Site, answer: bytes) -> None:
    site.answers["/"] = answer
    with pytest.raises(FetchFailed, match="could not be fetched"):
        await fetcher(site).fetch(site.url("/"))


async def test_a_certificate_must_be_for_the_name(tmp_path: Path) -> None:
    server, trusted = certificates(tmp_path, "site.example")
    async with running(server) as site:
        site.answer("/", b"secure", Content_Type="text/plain")
        url = f"https://site.example:{site.port}/"
        assert (await fetcher(site, trusted=trusted).fetch(url)).body == b"secure"
        with pytest.raises(FetchFailed, match="certificate"):
            await fetcher(site, "other.example", trusted=trusted).fetch(url.replace("site", "other"))
        with pytest.raises(FetchFailed, match="certificate"):
            await fetcher(site).fetch(url)


async def test_html_becomes_text_without_its_scripts(site: Site) -> None:
    html = """<html><head><title>A page</title><script>evil()</script></head><body><h1>Head</h1><script>evil()</script>
    <p>See <a href="/x">this</a>.</p><table><tr><th>a</th></tr><tr><td>1</td></tr></table><style>p {}</style></body>"""
    page = await fetcher(site).fetch(site.answer("/", html.encode(), Content_Type="text/html; charset=utf-8"))
    (text,) = await content_of_page(page)
    assert isinstance(text, TextContent)
    assert text.text.startswith(site.url("/"))
    for part in ("# A page", "# Head", "[this](/x)", "| a |", "| 1 |"):
        assert part in text.text
    assert "evil" not in text.text
    assert "p {}" not in text.text


@pytest.mark.parametrize(
    "html", ["<div>" * 20_000 + "deep", "<p" * 10_000, "<a href='" * 5000, "<!--" * 10_000, "\0\ufffd<b>bold", ""]
)
async def test_tangled_html_is_text_or_a_clear_failure(site: Site, html: str) -> None:
    page = await fetcher(site, size=1_000_000).fetch(site.answer("/", html.encode(), Content_Type="text/html"))
    try:
        (text,) = await content_of_page(page)
    except FetchFailed:
        return
    assert isinstance(text, TextContent)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text/plain; charset=iso-8859-1", "café".encode("latin-1")),
        ("text/plain", "café".encode()),
        ("text/plain; charset=rot13", "café".encode()),
        ("text/html", '<meta charset="iso-8859-1"><p>café'.encode("latin-1")),
    ],
)
async def test_characters_are_read_as_the_page_says(site: Site, kind: str, body: bytes) -> None:
    (text,) = await content_of_page(await fetcher(site).fetch(site.answer("/", body, Content_Type=kind)))
    assert isinstance(text, TextContent)
    assert "café" in text.text


async def test_the_tool_shows_images_and_names_failures(site: Site) -> None:
    settings = Lumina(web_hosts=[f"site.example:{site.port}"])
    tool = web_tool(settings, resolve=local, is_public=lambda address: address == LOCAL)
    context = ToolContext(actor=Actor("chat", "me"))
    assert tool.effects == {"network"}

    async def call(url: str) -> object:
        arguments = tool.check({"url": url})
        target = tool.target(arguments, context)
        assert getattr(target, "name", "") == url
        return (await tool.run(arguments, context))[0]

    shown = await call(site.answer("/a.png", PNG, Content_Type="image/png"))
    assert shown == ImageContent("image/png", base64.b64encode(PNG).decode())
    missing = await call(site.url("/missing"))
    assert isinstance(missing, TextContent)
    assert "status 404" in missing.text
    settings.web_hosts = []
    with pytest.raises(FetchRefused):
        await call(site.url("/a.png"))


def certificates(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's certificate for a name, and who trusts it."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "certificate.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + private)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    return server, ssl.create_default_context(cafile=file)


async def test_no_module_of_the_working_folder_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("bs4", "asyncio", "lumina_jupyter"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    monkeypatch.chdir(tmp_path)
    assert await text_of_html("<h1>Hello</h1>") == "# Hello\n"
    assert not (tmp_path / "ran").exists()
