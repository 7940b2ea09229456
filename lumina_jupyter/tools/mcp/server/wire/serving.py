"""Sessions and requests of streamable HTTP, by the SDK's session manager."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import anyio
from mcp.server import Server
from mcp.server.auth.middleware.bearer_auth import AuthenticatedUser
from mcp.server.auth.provider import AccessToken
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.subscriptions import (
    InMemorySubscriptionBus,
    PromptsListChanged,
    ResourcesListChanged,
    ServerEvent,
    ToolsListChanged,
)

from ....toolbox import Toolbox
from ..caller import CALLER, Caller
from ..endpoint import App, Message, Receive, Scopes, Send
from ..offers import Offers
from .offering import offering

IDLE_SECONDS = 30 * 60.0
MOST_SESSIONS = 200


@asynccontextmanager
async def serving(toolbox: Toolbox, offers: Offers, scopes: Scopes, max_body: int) -> AsyncGenerator[App, None]:
    """Serve a toolbox, and tell clients that listen when what it offers changes."""
    bus = InMemorySubscriptionBus()
    tools, beside = asyncio.Event(), asyncio.Event()

    async def tell(changed: asyncio.Event, *events: ServerEvent) -> None:
        while True:
            await changed.wait()
            changed.clear()
            for event in events:
                await bus.publish(event)

    unwatch = (toolbox.registry.watch(tools.set), offers.watch(beside.set))
    try:
        async with (
            offering(toolbox, offers, scopes, bus) as served,
            sessions(served, max_body) as app,
            anyio.create_task_group() as tasks,
        ):
            tasks.start_soon(tell, tools, ToolsListChanged())
            tasks.start_soon(tell, beside, PromptsListChanged(), ResourcesListChanged())
            yield app
            tasks.cancel_scope.cancel()
    finally:
        for end in unwatch:
            end()


@asynccontextmanager
async def sessions(served: Server[Any], max_body: int) -> AsyncGenerator[App, None]:
    """Serve one of the SDK's servers; a session is its user's alone."""
    # Hosts and origins have been checked by the Jupyter server when a request comes here.
    manager = StreamableHTTPSessionManager(
        served, session_idle_timeout=IDLE_SECONDS, max_sessions=MOST_SESSIONS, max_request_body_size=max_body
    )

    async def app(scope: Message, receive: Receive, send: Send) -> None:
        caller: Caller = scope[CALLER]
        owner = AccessToken(token="", client_id=f"user:{caller.user}", scopes=[])
        await manager.handle_request({**scope, "user": AuthenticatedUser(owner)}, receive, send)

    async with manager.run():
        yield app
