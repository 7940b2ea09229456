"""The typed message queue between coordinators and workers: an address each, bounded, and gone with its owner."""

from __future__ import annotations

import asyncio

from ...errors import RunNotReady
from .messages import Assigned, Began, Finished, TeamMessage

MOST_MESSAGES = 64
"""Messages that wait at an address; who posts more than are read is refused."""


class Mailboxes:
    """Addresses and the messages that wait there."""

    def __init__(self) -> None:
        self._boxes: dict[str, asyncio.Queue[TeamMessage]] = {}

    def open(self, address: str) -> None:
        """Let messages wait at an address."""
        self._boxes.setdefault(address, asyncio.Queue(MOST_MESSAGES))

    def close(self, address: str) -> None:
        """Nobody reads there any more; what waits is dropped."""
        self._boxes.pop(address, None)

    def post(self, address: str, message: TeamMessage) -> None:
        """Leave a message; one for an address that is closed goes nowhere, for who closed it has ended.

        Raises:
            TypeError: for anything that is no message.
            RunNotReady: when too many wait there.
        """
        if not isinstance(message, Assigned | Began | Finished):
            raise TypeError(f"{type(message).__name__} is no message of a team")
        box = self._boxes.get(address)
        if box is None:
            return
        try:
            box.put_nowait(message)
        except asyncio.QueueFull:
            raise RunNotReady(f"{MOST_MESSAGES} messages wait for {address} already.") from None

    async def take(self, address: str) -> TeamMessage:
        """The next message at an open address, as soon as there is one."""
        return await self._boxes[address].get()
