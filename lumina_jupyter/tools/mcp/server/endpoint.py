"""`/lumina/mcp` as an ASGI application: begun with the first request, ended with the engine."""

from __future__ import annotations

import asyncio
import importlib
import logging
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

from ....errors import ServerUnreachable
from ...toolbox import Toolbox
from .offers import Offers

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]
Serving = Callable[[Toolbox, Offers, "Scopes", int], AbstractAsyncContextManager[App]]
Scopes = Callable[[], Mapping[str, Sequence[str]]]

log = logging.getLogger(__name__)


class McpEndpoint:
    """Serves MCP's streamable HTTP, in every version that the SDK knows.

    Args:
        toolbox: Whose tools are offered.
        offers: What is offered beside them.
        scopes: The effects that they may have, as they are set now.
        max_body: Bytes of a request's body at most.
        serving: What serves; the toolbox's tools when omitted.
    """

    def __init__(
        self, toolbox: Toolbox, offers: Offers, scopes: Scopes, max_body: int, serving: Serving | None = None
    ) -> None:
        self.offers = offers
        self._toolbox = toolbox
        self._scopes = scopes
        self._max_body = max_body
        self._serving = serving
        self._app: asyncio.Future[App] | None = None
        self._stop = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request.

        Raises:
            ServerUnreachable: when the endpoint has ended.
        """
        if self._stop.is_set():
            raise ServerUnreachable("The Jupyter server is shutting down.")
        if self._app is None:
            self._app = asyncio.get_running_loop().create_future()
            self._task = asyncio.get_running_loop().create_task(self._serve(self._app), name="mcp endpoint")
        app = await asyncio.shield(self._app)
        await app(scope, receive, send)

    async def _serve(self, ready: asyncio.Future[App]) -> None:
        """Keep the sessions, from begin to end in one task."""
        try:
            serving = self._serving if self._serving is not None else await asyncio.to_thread(_load)
            async with serving(self._toolbox, self.offers, self._scopes, self._max_body) as app:
                ready.set_result(app)
                await self._stop.wait()
        except Exception as error:
            log.exception("MCP cannot be served")
            self._app = None
            if not ready.done():
                ready.set_exception(ServerUnreachable(f"MCP cannot be served: {type(error).__name__}."))

    async def close(self) -> None:
        """End every session and stream; calls under way are stopped."""
        self._stop.set()
        task, self._task = self._task, None
        if task is not None:
            await task


def _load() -> Serving:
    loaded: Serving = importlib.import_module(".wire.serving", __package__).serving
    return loaded
