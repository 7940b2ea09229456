"""A pull as a stream of its progress: what a page shows while a model is fetched."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING

from .download import PullProgress

if TYPE_CHECKING:
    from ...settings import Lumina


class Pulls:
    """The pulls of one engine that are under way."""

    def __init__(self, settings: Lumina) -> None:
        self._settings = settings
        self._cancels: set[threading.Event] = set()

    def stop(self) -> None:
        """Stop them all; what has arrived is kept for the next pull."""
        for cancel in self._cancels:
            cancel.set()

    async def pull(self, name: str) -> AsyncGenerator[PullProgress, None]:
        """Fetch a model's file and tell how it goes, ending with the phase `done`.

        A slow reader misses steps, never the last one. When the reader goes away, the pull stops.

        Raises:
            LuminaError: as `pull` does.
        """
        from .pull import pull

        loop = asyncio.get_running_loop()
        cancel, news = threading.Event(), asyncio.Event()
        latest: list[PullProgress] = []

        def report(progress: PullProgress) -> None:
            latest[:] = [progress]
            loop.call_soon_threadsafe(news.set)

        self._cancels.add(cancel)
        task = asyncio.ensure_future(asyncio.to_thread(pull, name, self._settings, report=report, cancel=cancel))
        task.add_done_callback(lambda _: news.set())
        told: PullProgress | None = None
        try:
            while True:
                await news.wait()
                news.clear()
                ended = task.done()
                if latest and latest[0] is not told:
                    told = latest[0]
                    yield told
                if ended:
                    await task
                    return
        finally:
            cancel.set()
            # The thread ends at its next step; the file that it writes is whole up to there.
            await asyncio.wait({task})
            self._cancels.discard(cancel)
            if not task.cancelled():
                task.exception()
