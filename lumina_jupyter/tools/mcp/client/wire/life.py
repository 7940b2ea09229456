"""One life of a server, from its start to its end."""

from __future__ import annotations

import asyncio
import math
from typing import TYPE_CHECKING

import anyio

from .....errors import McpServerUnavailable
from .connection import Connection, connect, reason_of

if TYPE_CHECKING:
    from ..link import Link


async def live(link: Link) -> None:
    """Connect to the server, tell the link what it offers, and stay until it ends or shall end.

    Raises:
        McpServerUnavailable: when it cannot be connected, or broke off.
    """
    try:
        await _live(link)
    except BaseExceptionGroup as group:
        raise reason_of(group, link.config.name) from group


async def _live(link: Link) -> None:
    limits = link.limits
    ended = None
    with anyio.CancelScope(deadline=anyio.current_time() + limits.start) as scope:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(_until_stopped, link.stopping, scope)
            async with connect(link.config, limits, link.host, keys=link.keys, changed=link.changed.set) as connection:
                offer = await connection.offer()
                scope.deadline = math.inf
                link.up(connection, offer)
                tasks.start_soon(connection.watch, link.changed.set)
                tasks.start_soon(_follow_changes, link, connection)
                await connection.fate.ended.wait()
                ended = connection.fate.reason
            tasks.cancel_scope.cancel()
    if link.stopping.is_set():
        return
    if scope.cancelled_caught:
        raise McpServerUnavailable(
            f"The MCP server {link.config.name} did not answer within {limits.start:g} seconds of its start.",
            hint="`c.Lumina.mcp_start_timeout` gives servers more time.",
        )
    if ended is not None:
        raise ended


async def _until_stopped(stopping: asyncio.Event, scope: anyio.CancelScope) -> None:
    await stopping.wait()
    scope.cancel()


async def _follow_changes(link: Link, connection: Connection) -> None:
    """Ask again what the server offers whenever it says that this changed; a flood of that is one change."""
    while True:
        await link.changed.wait()
        link.changed.clear()
        with anyio.move_on_after(link.limits.start):
            link.up(connection, await connection.offer())
        await anyio.sleep(link.limits.backoff)
