"""The end of live notebooks, held back until Lumina has ended: whatever it still writes goes into them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from .guarding import COLLABORATION

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp


class RoomsLast:
    """Has live notebooks end after Lumina. A server ends all of its extensions at once.

    An agent or a cell that is stopped still has something to write, and without its room could not.

    Args:
        server: The Jupyter server.
    """

    def __init__(self, server: ServerApp) -> None:
        self._server = server
        self._collaboration: Any = None
        self._end: Any = None
        self._may_end = asyncio.Event()
        self._ending: asyncio.Task[None] | None = None

    def install(self) -> None:
        """Begin, where there are live notebooks and it has not begun."""
        collaboration = self._server.web_app.settings.get(COLLABORATION)
        if self._collaboration is None and collaboration is not None:
            self._collaboration, self._end = collaboration, collaboration.stop_extension
            collaboration.stop_extension = self._stop

    def remove(self) -> None:
        """Let them end from now on."""
        self._may_end.set()
        collaboration, self._collaboration = self._collaboration, None
        if collaboration is not None:
            del collaboration.stop_extension

    async def _stop(self) -> None:
        """What a server calls that ends, more than once where it is told to more than once."""
        if self._ending is None:
            self._ending = asyncio.create_task(self._stop_last())
        await asyncio.shield(self._ending)

    async def _stop_last(self) -> None:
        await self._may_end.wait()
        await self._end()
