"""Tries MCP servers out from the command line, and signs in to them."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from ..errors import McpServerUnavailable, NotFound
from ..settings import load_settings
from ..tools import Registry, ToolContext
from ..tools.mcp import limits_of, tokens_of
from ..tools.mcp.client import Configured, McpServers, ServerConfig, ServerStatus
from ..tools.mcp.client.config_file import ConfigFile
from ..tools.mcp.client.host import Answer, Question, Sampled, Sampling

if TYPE_CHECKING:
    from ..tools.mcp.client.wire.connection import Connection

SIGN_IN_SECONDS = 300.0
PORT = 33418

_PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\nYou can close this page.\n"


class Nobody:
    """Answers no server: nothing is called while one is tried out."""

    async def ask(self, _question: Question, _context: ToolContext) -> Answer:
        """Nothing."""
        return Answer("cancel")

    async def sample(self, _server: str, _sampling: Sampling, _context: ToolContext) -> Sampled:
        """Nothing.

        Raises:
            McpServerUnavailable: always.
        """
        raise McpServerUnavailable("No model answers while a server is tried out.")

    async def folders(self, _server: str, _context: ToolContext) -> Sequence[Path]:
        """None."""
        return ()


class _One(ConfigFile):
    """A `mcp.json` of which one entry alone is seen."""

    def __init__(self, file: ConfigFile, name: str | None) -> None:
        super().__init__(file.path)
        self._name = name

    def read(self, environment: object) -> Configured:
        """That entry.

        Raises:
            NotFound: when there is none of that name.
        """
        found = super().read(dict(os.environ))
        if self._name is None:
            return found
        servers = tuple(each for each in found.servers if each.name == self._name)
        troubles = tuple(each for each in found.troubles if each[0] == self._name)
        if not servers and not troubles:
            raise NotFound(f"{self.path} has no server {self._name!r}.", hint="`lumina mcp list` lists the servers.")
        return Configured(servers, troubles)


async def try_out(name: str | None) -> list[ServerStatus]:
    """Start one server, or all, and end them; how each was.

    Raises:
        NotFound: when there is none of that name.
        McpConfigInvalid: when `mcp.json` cannot be understood.
    """
    settings = load_settings()
    limits = replace(limits_of(settings), restarts=0)
    file = _One(ConfigFile(settings.mcp_path), name)
    await asyncio.to_thread(file.read, os.environ)
    servers = McpServers(file, Registry(packages=False), Nobody(), limits, lambda: os.environ, tokens_of(settings))
    try:
        await servers.ready(limits.start + 10)
        return servers.statuses()
    finally:
        await servers.close()


async def sign_in(name: str, say: Callable[[str], None]) -> None:
    """Sign in to a server that has an address.

    Raises:
        NotFound: when there is none of that name.
        McpServerUnavailable: when it fails.
    """
    settings = load_settings()
    configured = await asyncio.to_thread(_One(ConfigFile(settings.mcp_path), name).read, os.environ)
    config = next((each for each in configured.servers if each.url), None)
    if config is None:
        raise McpServerUnavailable(f"{name} has no address to sign in to.", hint="Only servers with a url need it.")
    returning = _Returning(say)
    server = await _listen(returning)
    try:
        await _connect(config, returning)
    finally:
        server.close()


async def _connect(config: ServerConfig, returning: _Returning) -> None:
    settings = load_settings()
    limits = replace(limits_of(settings), start=SIGN_IN_SECONDS)
    wire = await asyncio.to_thread(_load)
    async with asyncio.timeout(SIGN_IN_SECONDS):
        async with wire(config, limits, Nobody(), keys=tokens_of(settings), sign_in=returning) as connection:
            await connection.offer()


def _load() -> Callable[..., AbstractAsyncContextManager[Connection]]:
    from ..tools.mcp.client.wire.connection import connect

    return connect


class _Returning:
    """Shows the page, and takes the answer that the browser brings back to this machine."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self.redirect = ""
        self._found: asyncio.Future[dict[str, str]] = asyncio.get_running_loop().create_future()

    async def open(self, url: str) -> None:
        """Open the page in a browser, and say where it is."""
        import webbrowser

        self._say(f"Sign in at: {url}")
        await asyncio.to_thread(webbrowser.open, url)

    async def result(self) -> tuple[str, str | None, str | None]:
        """What came back."""
        found = await self._found
        return found.get("code", ""), found.get("state"), found.get("iss")

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Read one request of the browser's."""
        line = (await reader.readline()).decode("latin-1").split(" ")
        parts = urlsplit(line[1] if len(line) > 1 else "")
        if parts.path == "/callback" and not self._found.done():
            self._found.set_result({name: values[0] for name, values in parse_qs(parts.query).items()})
        writer.write(_PAGE)
        await writer.drain()
        writer.close()


async def _listen(returning: _Returning) -> asyncio.Server:
    try:
        server = await asyncio.start_server(returning.take, "127.0.0.1", PORT)
    except OSError:
        server = await asyncio.start_server(returning.take, "127.0.0.1", 0)
    returning.redirect = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/callback"
    return server
