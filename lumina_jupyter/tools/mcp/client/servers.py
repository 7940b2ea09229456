"""All servers of `mcp.json`: started when they are wanted, exchanged when the file changes, ended at the end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ....errors import McpConfigInvalid, NotFound
from ...registry import Registry
from .config import Configured, ServerConfig
from .config_file import ConfigFile
from .host import Host
from .limits import Limits
from .link import Link
from .names import source_of
from .tools import seen, tools_of

if TYPE_CHECKING:
    from ....gateway import KeyStore
    from .wire.connection import Offer

LOOK_SECONDS = 2.0
"""Between two looks at `mcp.json`, once servers were wanted."""
FIRST_SECONDS = 20.0
"""How long who wants to know the tools waits for servers that start."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerStatus:
    """How a server is. `state` is that of its link, or `off` when its entry says so, or `wrong` with a wrong entry."""

    name: str
    place: str = ""
    state: str
    error: str = ""
    hint: str = ""
    trusted: bool = False
    server: str = ""
    """What it calls itself."""
    version: str = ""
    """The protocol's version that was agreed on."""
    tools: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    """Tools that cannot be used, and why."""


class McpServers:
    """The servers of one `mcp.json`, and their tools in the registry.

    Nothing is read, imported or started before `ready` is first called; without a file it never is.

    Args:
        file: The `mcp.json`.
        registry: Where the tools go.
        host: Who answers the servers' questions.
        limits: What each may do.
        environment: What `${NAME}` in the file stands for.
        keys: Where tokens of sign-ins are kept; None for no OAuth.
    """

    def __init__(
        self,
        file: ConfigFile,
        registry: Registry,
        host: Host,
        limits: Limits,
        environment: Callable[[], Mapping[str, str]],
        keys: KeyStore | None = None,
    ) -> None:
        self.file = file
        self._registry = registry
        self._host = host
        self._limits = limits
        self._environment = environment
        self._keys = keys
        self._links: dict[str, Link] = {}
        self._off: tuple[ServerConfig, ...] = ()
        self._troubles: tuple[tuple[str, str], ...] = ()
        self._stamp: object = None
        self._lock = asyncio.Lock()
        self._looking: asyncio.Task[None] | None = None
        self._closed = False

    # --- following the file -------------------------------------------------------------------------

    async def ready(self, seconds: float = FIRST_SECONDS) -> None:
        """Have the servers that the file names now started; returns when each is ready or failed to be.

        Args:
            seconds: How long slow ones are waited for; they go on starting.
        """
        await self.refresh()
        waiting = [asyncio.ensure_future(link.settled()) for link in self._links.values()]
        if waiting:
            _done, slow = await asyncio.wait(waiting, timeout=seconds)
            for each in slow:
                each.cancel()

    async def refresh(self) -> None:
        """Do as the file says now: start what is new, exchange what changed, end what is gone."""
        stamp = await asyncio.to_thread(self.file.stamp)
        if stamp == self._stamp or self._closed:
            return
        async with self._lock:
            if stamp == self._stamp or self._closed:
                return
            try:
                configured = await asyncio.to_thread(self.file.read, self._environment())
            except McpConfigInvalid as error:
                # Who edits a file saves it half done: what runs goes on.
                self._troubles = (("", error.message),)
            else:
                await self._exchange(configured)
            self._stamp = stamp
            if self._looking is None:
                self._looking = asyncio.get_running_loop().create_task(self._look(), name="mcp.json")

    async def _exchange(self, configured: Configured) -> None:
        wanted = {config.name: config for config in configured.servers if config.enabled}
        over = [link for name, link in self._links.items() if wanted.get(name) != link.config]
        for link in over:
            del self._links[link.config.name]
        await asyncio.gather(*(self._end(link) for link in over))
        for name, config in wanted.items():
            if name not in self._links:
                self._begin(config)
        self._off = tuple(config for config in configured.servers if not config.enabled)
        self._troubles = configured.troubles

    def _begin(self, config: ServerConfig) -> None:
        link = self._links[config.name] = Link(config, self._host, self._limits, self._keys, self._offered)
        link.start()

    async def _end(self, link: Link) -> None:
        self._registry.replace(source_of(link.config.name), ())
        await link.stop()

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self.refresh()
            except Exception:
                log.exception("mcp.json cannot be followed")

    def _offered(self, link: Link, offer: Offer | None) -> None:
        if self._links.get(link.config.name) is not link:
            return
        seconds = link.config.timeout or self._limits.call
        tools = () if offer is None else tools_of(link.config, offer, link.connected, seconds)
        self._registry.replace(source_of(link.config.name), tools)

    # --- for people ---------------------------------------------------------------------------------

    def statuses(self) -> list[ServerStatus]:
        """How every server is that the file names, as far as it was looked at."""
        found = [self._status(link) for link in self._links.values()]
        found += [ServerStatus(name=each.name, place=each.place, state="off") for each in self._off]
        found += [
            ServerStatus(name=name or self.file.path.name, state="wrong", error=why) for name, why in self._troubles
        ]
        return sorted(found, key=lambda each: each.name)

    def _status(self, link: Link) -> ServerStatus:
        offer, error = link.offer, link.error
        return ServerStatus(
            name=link.config.name,
            place=link.config.place,
            state=link.state,
            error=seen(error.message, 1000) if error is not None else "",
            hint=error.hint if error is not None else "",
            trusted=link.config.trusted,
            server=seen(offer.name, 120) if offer is not None else "",
            version=offer.version if offer is not None else "",
            tools=tuple(seen(tool.name, 120) for tool in offer.tools) if offer is not None else (),
            left_out=tuple(seen(each, 300) for each in offer.left_out) if offer is not None else (),
        )

    async def restart(self, name: str) -> None:
        """End a server and start it anew, whatever became of it before.

        Raises:
            NotFound: when the file names no such server.
        """
        await self.refresh()
        async with self._lock:
            link = self._links.pop(name, None)
            if link is None:
                raise NotFound(f"There is no MCP server {name!r}.", hint="`lumina mcp list` lists the servers.")
            await self._end(link)
            self._begin(link.config)
        await self._links[name].settled()

    # --- the end ------------------------------------------------------------------------------------

    async def close(self) -> None:
        """End all servers; none is started any more."""
        self._closed = True
        looking, self._looking = self._looking, None
        if looking is not None:
            looking.cancel()
        async with self._lock:
            links, self._links = list(self._links.values()), {}
            await asyncio.gather(*(self._end(link) for link in links))
