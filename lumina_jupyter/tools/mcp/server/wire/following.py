"""Word of changes, for agents that asked for it: of tools, and of notebooks that they may read."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from contextlib import aclosing

import mcp_types as types
from mcp.server.subscriptions import (
    InMemorySubscriptionBus,
    ListenHandler,
    ResourceUpdated,
    ServerEvent,
    SubscriptionBus,
)
from mcp.shared.exceptions import MCPError

from .....errors import LuminaError
from .calling import Calling
from .logs import session_of
from .reading import Reading
from .rounds import Context

MOST_LISTENERS = 64
MOST_FOLLOWED = 50
"""Addresses that one listener follows."""
MOST_FOLLOWED_OVER_SESSIONS = 500

Tell = Callable[[], Awaitable[None]]

log = logging.getLogger(__name__)


class Following:
    """Who is told of which changes.

    Args:
        calling: Calls tools, to find out what may be read.
        reading: What there is to be read.
        bus: Tells of what concerns everybody.
    """

    def __init__(self, calling: Calling, reading: Reading, bus: SubscriptionBus) -> None:
        self._calling = calling
        self._reading = reading
        self._bus = bus
        self._listeners = 0
        self._followed: OrderedDict[tuple[str, str], asyncio.Task[None]] = OrderedDict()

    async def listen(
        self, context: Context, params: types.SubscriptionsListenRequestParams
    ) -> types.SubscriptionsListenResult:
        """Tell of changes until the client goes (2026-07-28)."""
        if self._listeners >= MOST_LISTENERS:
            raise MCPError(types.INTERNAL_ERROR, "Too many clients listen")
        bus = _OwnBus(self._bus)
        uris = (params.notifications.resource_subscriptions or [])[:MOST_FOLLOWED]

        def following(uri: str) -> asyncio.Task[None]:
            return self._begin(context, uri, lambda: bus.publish(ResourceUpdated(uri=uri)))

        self._listeners += 1
        tasks = [following(uri) for uri in uris]
        try:
            return await ListenHandler(bus)(context, params)
        finally:
            self._listeners -= 1
            for task in tasks:
                task.cancel()

    async def subscribe(self, context: Context, params: types.SubscribeRequestParams) -> types.EmptyResult:
        """Tell a session of changes at an address (before 2026-07-28).

        Raises:
            MCPError: when there is nothing at that address.
        """
        session, uri = context.session, str(params.uri)
        self._reading.place(uri)
        self._end((session_of(context), uri))
        task = self._begin(context, uri, lambda: session.send_resource_updated(uri))
        self._followed[session_of(context), uri] = task
        if len(self._followed) > MOST_FOLLOWED_OVER_SESSIONS:
            self._end(next(iter(self._followed)))
        return types.EmptyResult()

    async def unsubscribe(self, context: Context, params: types.UnsubscribeRequestParams) -> types.EmptyResult:
        """Tell it no more."""
        self._end((session_of(context), str(params.uri)))
        return types.EmptyResult()

    def _begin(self, context: Context, uri: str, tell: Tell) -> asyncio.Task[None]:
        return asyncio.get_running_loop().create_task(self._follow(context, uri, tell), name="mcp resource")

    def _end(self, key: tuple[str, str]) -> None:
        task = self._followed.pop(key, None)
        if task is not None:
            task.cancel()

    async def _follow(self, context: Context, uri: str, tell: Tell) -> None:
        """Tell of the changes at an address, as long as there are any to tell of and somebody to hear it."""
        try:
            resource, variables = self._reading.place(uri)
            if resource.changes is None:
                return
            async with aclosing(resource.changes(variables, self._calling.caller(context))) as changes:
                async for _change in changes:
                    await tell()
        except (LuminaError, MCPError) as error:
            log.debug("changes of %s are not told: %s", uri[:200], error)
        except Exception:
            log.debug("a client that followed %s is gone", uri[:200], exc_info=True)

    async def close(self) -> None:
        """End it all."""
        tasks = list(self._followed.values())
        self._followed.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class _OwnBus:
    """One listener's bus: what concerns everybody, and what it alone may know."""

    def __init__(self, shared: SubscriptionBus) -> None:
        self._shared = shared
        self._own = InMemorySubscriptionBus()

    async def publish(self, event: ServerEvent) -> None:
        """Tell this listener alone."""
        await self._own.publish(event)

    def subscribe(self, listener: Callable[[ServerEvent], None]) -> Callable[[], None]:
        """Be told of both."""
        ends = (self._shared.subscribe(listener), self._own.subscribe(listener))

        def end() -> None:
            for each in ends:
                each()

        return end
