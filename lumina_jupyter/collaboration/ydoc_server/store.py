"""The history of one room on disk, as jupyter-server-ydoc asks for it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from pycrdt.store import BaseYStore, YDocNotFound  # noqa: TID253 (imported where jupyter-server-ydoc is loaded)

from .update_log import UpdateLog

if TYPE_CHECKING:
    from pycrdt import Doc, Subscription, TransactionEvent

RETRY_AFTER = 1.0
"""Seconds until writing is tried again."""
BEGIN_AFTER = 0.25
"""Seconds until a new document is written if nobody edits it before: those who open it shall have it first."""

log = logging.getLogger(__name__)


class RoomStore(BaseYStore):
    """The updates of one room in the server's log of updates.

    While it follows a document it takes every update at once, in the transaction that makes it; what the room hands
    over by `write` it has then already.

    Args:
        path: Names the room.
        updates: The log.
        thread: The one thread that may use the log.
    """

    def __init__(self, path: str, updates: UpdateLog, thread: ThreadPoolExecutor) -> None:
        self.path = path
        self._updates = updates
        self._thread = thread
        self._pending: list[bytes] = []
        self._writer: asyncio.Task[None] | None = None
        self._followed: Doc[Any] | None = None
        self._subscription: Subscription | None = None
        self._whole = False
        self._failed = False
        self._after: Callable[[], Awaitable[None]] | None = None

    def follow(self, document: Doc[Any], *, after: Callable[[], Awaitable[None]] | None = None) -> None:
        """Keep each of a document's updates from now on.

        Args:
            document: The room's.
            after: For a document of which nothing is kept yet: all of it is, soon, once this has been waited for.
        """
        self._followed = document
        self._after = after
        self._whole = self._failed or after is not None
        self._subscription = document.observe(self._take)
        if after is not None:
            asyncio.get_running_loop().call_later(BEGIN_AFTER, self._write_soon)

    def unfollow(self) -> None:
        """No longer."""
        if self._followed is not None and self._subscription is not None:
            self._followed.unobserve(self._subscription)
        self._followed = self._subscription = None

    async def write(self, data: bytes) -> None:
        """Keep an update, unless it was seen in the document that is followed."""
        if self._followed is None:
            self.put(data)
            await self.flush()

    def put(self, update: bytes) -> None:
        """Keep an update soon, before all that come after it."""
        self._pending.append(update)
        if self._writer is None or self._writer.done():
            self._writer = asyncio.get_running_loop().create_task(self._write_pending())

    async def read(self) -> AsyncIterator[tuple[bytes, bytes, float]]:
        """The updates, each with nothing and its time.

        Raises:
            YDocNotFound: when there are none.
        """
        await self.flush()
        found = await self._run(self._updates.read, self.path)
        if not found:
            raise YDocNotFound
        for update, at in found:
            yield update, b"", at

    async def flush(self) -> None:
        """Wait until everything is on the disk, or could not be written."""
        while self._pending or self._whole:
            if self._writer is None or self._writer.done():
                self._writer = asyncio.create_task(self._write_pending())
            await asyncio.shield(self._writer)
            if self._failed:
                return
        if self._writer is not None and not self._writer.done():
            await asyncio.shield(self._writer)

    def _take(self, event: TransactionEvent) -> None:
        self.put(event.update)

    async def _write_pending(self) -> None:
        while self._pending or self._whole:
            taken: list[bytes] = []
            try:
                if self._after is not None:
                    await self._after()
                    self._after = None
                taken, self._pending = self._pending, []
                if self._whole and self._followed is not None:
                    await self._run(self._updates.replace, self.path, self._followed.get_update())
                else:
                    await self._run(self._updates.append, self.path, taken)
                self._whole = self._failed = False
            except Exception:
                # The file itself is saved by other means; here, all of the document is written as soon as it can be.
                log.exception("the history of the live notebook %s cannot be written", self.path)
                self._failed, self._whole = True, self._followed is not None
                if not self._whole:
                    self._pending[:0] = taken
                asyncio.get_running_loop().call_later(RETRY_AFTER, self._write_soon)
                return

    def _write_soon(self) -> None:
        if self._followed is not None and (self._writer is None or self._writer.done()):
            self._writer = asyncio.get_running_loop().create_task(self._write_pending())

    async def _run(self, function: Any, *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._thread, function, *arguments)
