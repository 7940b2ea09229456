"""Answers that are over and not yet in the log, because the disk is full, say: tried again until they are."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from .turn_log import TurnLog

FIRST_WAIT = 2.0
LONGEST_WAIT = 30.0
"""Seconds between tries."""

MOST_TURNS = 64
"""How many wait in memory; of more, the oldest is given up."""

log = logging.getLogger(__name__)


class UnsavedTurns:
    """The turns that wait. They are still shown to whoever reads their conversations."""

    def __init__(self) -> None:
        self._waiting: list[TurnLog] = []
        self._trying: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, turn: TurnLog) -> None:
        """Take over a turn that `TurnLog.finish` could not write."""
        self._waiting.append(turn)
        if len(self._waiting) > MOST_TURNS:
            lost = self._waiting.pop(0)
            log.error("turn %s could not be kept: %s", lost.turn, lost.trouble)
            lost.give_up()
        if self._trying is None:
            self._trying = asyncio.get_running_loop().create_task(self._try_again())

    async def close(self) -> None:
        """Try one last time."""
        if self._trying is not None:
            self._trying.cancel()
            await asyncio.wait([self._trying])
        for turn in await self._try_all():
            log.error("turn %s could not be kept: %s", turn.turn, turn.trouble)

    async def _try_again(self) -> None:
        wait = FIRST_WAIT
        try:
            while self._waiting:
                await asyncio.sleep(wait)
                await self._try_all()
                wait = min(2 * wait, LONGEST_WAIT)
        finally:
            self._trying = None

    async def _try_all(self) -> Sequence[TurnLog]:
        for turn in list(self._waiting):
            if not await asyncio.shield(turn.try_again()):
                break  # the others wait for the same disk
            self._waiting.remove(turn)
        return self._waiting
