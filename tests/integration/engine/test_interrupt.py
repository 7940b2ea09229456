"""An interrupt at the worst moment: after the next event was asked for, before anybody waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest

from lumina_jupyter.client.local import _Reader
from lumina_jupyter.events import Event, TextDelta


async def test_a_stream_is_closed_while_it_is_read() -> None:
    closed = asyncio.Event()

    async def slow() -> AsyncGenerator[Event, None]:
        try:
            yield TextDelta("first")
            await asyncio.Event().wait()
        finally:
            closed.set()

    reader = _Reader(slow())
    assert await reader.next() == TextDelta("first")
    reading = asyncio.ensure_future(reader.next())
    closing = asyncio.ensure_future(reader.close())
    await asyncio.wait_for(closing, 60)
    assert closed.is_set()
    with pytest.raises(asyncio.CancelledError):
        await reading
