"""Keeps one server running: starts it, tells what it offers, starts it again when it died, gives up at last."""

from __future__ import annotations

import asyncio
import importlib
import logging
import random
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from ....errors import LuminaError, McpServerUnavailable
from .config import ServerConfig
from .host import Host
from .limits import Limits

if TYPE_CHECKING:
    from ....gateway import KeyStore
    from .wire.connection import Connection, Offer

State = Literal["starting", "ready", "waiting", "failed", "stopped"]
"""`waiting`: it died and will be started again; `failed`: it died too often and is left alone."""

log = logging.getLogger(__name__)


class Link:
    """One server, as long as its entry stands in `mcp.json`.

    Args:
        config: Its entry.
        host: Who answers its questions.
        limits: What it may do.
        keys: Where tokens of sign-ins are kept; None for no OAuth.
        offers: Is called with what the server offers, each time that changes; None when it offers nothing any more.
    """

    def __init__(
        self,
        config: ServerConfig,
        host: Host,
        limits: Limits,
        keys: KeyStore | None,
        offers: Callable[[Link, Offer | None], None],
    ) -> None:
        self.config = config
        self._host = host
        self._limits = limits
        self._keys = keys
        self._offers = offers
        self.state: State = "stopped"
        self.error: LuminaError | None = None
        self.offer: Offer | None = None
        self.starts = 0
        """How often the server was started."""
        self._connection: Connection | None = None
        self._settled = asyncio.Event()
        self._ready = asyncio.Event()
        self._changed = asyncio.Event()
        self._stop = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Start the server, and keep it running."""
        self._stop = asyncio.Event()
        self._settled.clear()
        self.state = "starting"
        self._task = asyncio.get_running_loop().create_task(self._keep(), name=f"mcp {self.config.name}")

    async def stop(self) -> None:
        """End the server; nothing of it runs when this returns."""
        self._stop.set()
        task, self._task = self._task, None
        if task is not None:
            await asyncio.shield(task)

    async def settled(self) -> None:
        """Return when the server is ready for the first time, or failed to start."""
        await self._settled.wait()

    async def connected(self) -> Connection:
        """The server's connection, waiting for it while it starts.

        Raises:
            McpServerUnavailable: when it does not start.
        """
        if self._connection is not None and self._connection.fate.ended.is_set():
            # It has just died; its process is still being cleared away.
            self._lost()
        if self._connection is None and self.state in ("starting", "waiting"):
            try:
                async with asyncio.timeout(self._limits.start):
                    await self._ready.wait()
            except TimeoutError:
                log.debug("the MCP server %s is still not there", self.config.name)
        if self._connection is None:
            why = self.error.message if self.error is not None else "It is not running."
            raise McpServerUnavailable(
                f"The MCP server {self.config.name} is not there. {why}",
                hint=self.error.hint if self.error is not None else None,
            )
        return self._connection

    # --- its life ---------------------------------------------------------------------------------

    async def _keep(self) -> None:
        failures = 0
        try:
            while not self._stop.is_set():
                self.starts += 1
                began = asyncio.get_running_loop().time()
                self.error = await self._live()
                if self._stop.is_set():
                    break
                lasted = asyncio.get_running_loop().time() - began
                failures = 1 if self.offer is not None and lasted > self._limits.stable else failures + 1
                log.info("the MCP server %s ended: %s", self.config.name, self.error)
                if failures > self._limits.restarts:
                    self._give_up()
                    return
                self.state = "waiting"
                self._settled.set()
                await self._pause(failures)
        finally:
            if self.state != "failed":
                self.state = "stopped"
            self._settled.set()
            self._ready.set()

    def _give_up(self) -> None:
        self.state = "failed"
        log.warning("the MCP server %s was started %d times and is left alone", self.config.name, self.starts)
        self.offer = None
        self._offers(self, None)

    async def _pause(self, failures: int) -> None:
        seconds = min(self._limits.backoff * 2 ** (failures - 1), self._limits.backoff_most)
        try:
            async with asyncio.timeout(seconds * (0.75 + random.random() / 2)):
                await self._stop.wait()
        except TimeoutError:
            return

    async def _live(self) -> LuminaError:
        """Run the server once; why it ended."""
        wire = await asyncio.to_thread(importlib.import_module, ".wire.life", __package__)
        try:
            await wire.live(self)
        except LuminaError as error:
            return error
        except Exception as error:
            log.exception("the connection to the MCP server %s broke", self.config.name)
            return McpServerUnavailable(f"Its connection broke: {type(error).__name__}.")
        finally:
            self._lost()
        return McpServerUnavailable("It ended.")

    def _lost(self) -> None:
        self._connection = None
        self._ready.clear()
        if self.state == "ready":
            self.state = "waiting"

    # --- what its life tells ------------------------------------------------------------------------

    @property
    def host(self) -> Host:
        """Who answers its questions."""
        return self._host

    @property
    def limits(self) -> Limits:
        """What it may do."""
        return self._limits

    @property
    def keys(self) -> KeyStore | None:
        """Where tokens of sign-ins are kept."""
        return self._keys

    @property
    def stopping(self) -> asyncio.Event:
        """Set when the server shall end."""
        return self._stop

    @property
    def changed(self) -> asyncio.Event:
        """Set when what the server offers may have changed."""
        return self._changed

    def up(self, connection: Connection, offer: Offer) -> None:
        """The server is there, and offers this."""
        self._connection = connection
        self.offer = offer
        self.error = None
        self.state = "ready"
        self._offers(self, offer)
        self._ready.set()
        self._settled.set()
