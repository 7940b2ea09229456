"""What people can do to a run while it works: pause, go on, stop, reply. It never asks the model."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Ending:
    """Why a run ends before it is through: a person's word, a budget that is used up, or the end of the server."""

    kind: Literal["stopped", "refused", "budget", "closing"]
    why: str


class Control:
    """The hand on one run."""

    def __init__(self) -> None:
        self._go = asyncio.Event()
        self._go.set()
        self._work: asyncio.Task[Any] | None = None
        self._reply: asyncio.Future[str] | None = None
        self.ending: Ending | None = None

    @property
    def paused(self) -> bool:
        """Whether nothing new may begin."""
        return not self._go.is_set()

    @property
    def asks(self) -> bool:
        """Whether the run waits for a reply."""
        return self._reply is not None and not self._reply.done()

    def hold(self, work: asyncio.Task[Any]) -> None:
        """Take hold of the work that is to be ended with the run."""
        self._work = work

    def pause(self) -> None:
        """Let nothing new begin; what is under way comes to its end."""
        self._go.clear()

    def resume(self) -> None:
        """Go on."""
        self._go.set()

    async def go(self) -> None:
        """Wait while the run is paused: to be awaited before anything begins."""
        await self._go.wait()

    def end(self, ending: Ending) -> None:
        """Break off whatever is under way."""
        if self.ending is None:
            self.ending = ending
            self._go.set()
            if self._work is not None:
                self._work.cancel()

    async def reply(self) -> str:
        """Wait for what a person answers."""
        self._reply = asyncio.get_running_loop().create_future()
        try:
            return await self._reply
        finally:
            self._reply = None

    def replied(self, text: str) -> bool:
        """A person answers; whether anybody waited for it."""
        if self._reply is None or self._reply.done():
            return False
        self._reply.set_result(text)
        return True
