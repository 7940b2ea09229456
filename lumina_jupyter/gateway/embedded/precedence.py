"""Who goes first on this machine's cores: answers that somebody asked for, before what only might be wanted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from ...events import Event, MessageFinished, Notice
from ..cancellation import Cancellation


class Precedence:
    """Lets completions of half-typed code give way to answers: none begins beside one, and one that begins ends them.

    All models share the cores, so it is one for all of them.
    """

    def __init__(self) -> None:
        self._answers = 0
        self._completions: set[Cancellation] = set()

    @asynccontextmanager
    async def answering(self) -> AsyncGenerator[None, None]:
        """An answer is under way while this is open."""
        self._answers += 1
        for completion in self._completions:
            completion.request()
        try:
            yield
        finally:
            self._answers -= 1

    async def giving_way(self, events: AsyncGenerator[Event, None]) -> AsyncGenerator[Event, None]:
        """The events of a completion up to its end, or to a `MessageFinished("cancelled")` when an answer begins."""
        if self._answers:
            await events.aclose()
            yield Notice("embedded_busy", "The embedded model is answering; it completes code when that is done.")
            yield MessageFinished("cancelled")
            return
        cancellation = Cancellation()
        self._completions.add(cancellation)
        try:
            cancellation.waiting()
            async for event in events:
                cancellation.delivered()
                yield event
                if cancellation.requested:
                    break
                cancellation.waiting()
            else:
                cancellation.delivered()
                return
        except asyncio.CancelledError:
            if not cancellation.absorb():
                raise
        finally:
            self._completions.discard(cancellation)
            await events.aclose()
        yield MessageFinished("cancelled")
