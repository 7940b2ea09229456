"""Several streams as one, in the order in which things come."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any


async def merged(*streams: AsyncGenerator[Any, None]) -> AsyncGenerator[Any, None]:
    """What any of the streams yields; ends with the first that ends, or fails with the first that fails.

    Args:
        streams: They are closed when this is.
    """
    queue: asyncio.Queue[Any] = asyncio.Queue(1)
    end = object()

    async def pass_on(stream: AsyncGenerator[Any, None]) -> None:
        async with aclosing(stream) as items:
            async for item in items:
                await queue.put(item)
        await queue.put(end)

    tasks = [asyncio.get_running_loop().create_task(pass_on(stream)) for stream in streams]
    for task in tasks:
        # Who waits for the next item must hear of a failure.
        task.add_done_callback(lambda done: _failed(done, queue, end))
    try:
        while (item := await queue.get()) is not end:
            yield item
        for task in tasks:
            if task.done() and not task.cancelled():
                task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _failed(task: asyncio.Task[None], queue: asyncio.Queue[Any], end: object) -> None:
    if not task.cancelled() and task.exception() is not None:
        if queue.full():
            queue.get_nowait()
        queue.put_nowait(end)
