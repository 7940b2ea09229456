"""Closing a provider's answer so that the provider stops writing, whoever leaves and how often they say so."""

from __future__ import annotations

import asyncio

import httpx


async def close_answer(response: httpx.Response, *, whole: bool) -> None:
    """Close a response; one that was broken off (not `whole`) with its connection, to its end whatever is cancelled.

    A reader who goes, and says so as well, cancels twice. The second time may hit httpcore while it closes the connection:
    then it takes it for closed, it stays open, and the provider goes on writing.
    """
    await asyncio.shield(asyncio.ensure_future(_close(response, whole=whole)))


async def _close(response: httpx.Response, *, whole: bool) -> None:
    await response.aclose()
    connection = response.extensions.get("network_stream")
    if not whole and connection is not None:
        await connection.aclose()
