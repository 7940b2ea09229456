"""A participant's first words: whether its document shares the room's history, and what happens when not."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from .histories import is_stranger
from .strangers import Stranger

if TYPE_CHECKING:
    from .room import LiveRoom

log = logging.getLogger(__name__)
_SYNC = 0
_STEP1, _STEP2, _UPDATE = 0, 1, 2


class Arrival:
    """Stands between one socket and its room until both share a history.

    A stranger is asked for all that it has. What it still edits before the room's answer has reached it lies in cells
    that are gone by then, so each such edit is taken in by its content too.

    Args:
        room: The room.
        socket: Has `pass_on(message)` and `await send(message)`.
    """

    def __init__(self, room: LiveRoom, socket: Any) -> None:
        self._room = room
        self._socket = socket
        self._held: list[bytes] = []
        self._next: Callable[[bytes], Awaitable[bool]] = self._greeting
        self._greeted = b""
        self._answers = 0
        self.listens = False
        """Whether the room's updates mean anything to it: they may take its cells away before it has the room's."""

    async def lets_through(self, message: bytes) -> bool:
        """Whether a synchronisation message may go to the room now; else it is dealt with here."""
        return await self._next(message)

    async def _greeting(self, message: bytes) -> bool:
        """Nothing is known yet: its first step says what it has."""
        if message[1] != _STEP1:
            self._held.append(message)
            return False
        state = _payload(message)
        if not is_stranger(self._room.ydoc, state):
            self._next, self.listens = self._known, True
            for each in (message, *self._held):
                self._socket.pass_on(each)
            self._held = []
            return False
        log.info("somebody returns to %s with another history", self._room.path)
        self._greeted, self._next = state, self._telling
        await self._socket.send(_question(b"\x00"))
        return False

    async def _telling(self, message: bytes) -> bool:
        """The first answer is to the room's own question, the second one holds everything."""
        self._held.append(message)
        self._answers += message[1] == _STEP2
        if self._answers == 2:
            stranger = Stranger(self._room, [_payload(each) for each in self._held if each[1] != _STEP1])
            self._held = []
            async with self._room.saver.lock:
                stranger = await stranger.welcome()
            self._next, self.listens = partial(self._settling, stranger), True
            await self._socket.send(_answer(self._room.ydoc.get_update(self._greeted)))
            # Its answer to this comes when it has taken in the line above.
            await self._socket.send(_question(self._room.ydoc.get_state()))
        return False

    async def _settling(self, stranger: Stranger, message: bytes) -> bool:
        if message[1] == _UPDATE:
            stranger.edits(_payload(message))
            return False
        if message[1] == _STEP2:
            self._next = self._known
        return True

    async def _known(self, _message: bytes) -> bool:
        return True


def _payload(message: bytes) -> bytes:
    from pycrdt import read_message

    return read_message(message[2:])


def _question(state: bytes) -> bytes:
    return _sync_message(_STEP1, state)


def _answer(update: bytes) -> bytes:
    return _sync_message(_STEP2, update)


def _sync_message(step: int, payload: bytes) -> bytes:
    from pycrdt import write_message

    return bytes([_SYNC, step]) + write_message(payload)
