"""One turn on its way into its conversation's log, a few times a second, and to those who read along."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from ..errors import LuminaError, NotFound
from ..events import Event, MessageFinished, Notice, event_name, to_dict
from .channel import Channel
from .log import Log, NewEntry
from .tail import Tail

FLUSH_SECONDS = 0.5
"""How much of a streaming answer a killed server may lose."""


class TurnLog:
    """Keeps one turn. Writing never holds up what is said: while the database is busy the tail grows.

    Args:
        log: The logs.
        channel: What is live of the turn's conversation.
        turn: The turn's id.
    """

    def __init__(self, log: Log, channel: Channel, turn: str) -> None:
        self.channel = channel
        self.trouble: LuminaError | None = None
        """Why what was said last is not in the log yet; None when it is, or nothing has gone wrong."""
        self._log = log
        self._tail: Tail = channel.open(turn)
        self._flushing: asyncio.Task[None] | None = None
        self._flushed_at = time.monotonic()
        self.is_finished = False

    @property
    def notice(self) -> Notice:
        """What the asker is told of the trouble."""
        return trouble_notice(self.trouble or LuminaError(""))

    @property
    def is_unsaved(self) -> bool:
        """Whether the turn is over, and not all of it in the log though it could be."""
        return self.is_finished and self.trouble is not None and not isinstance(self.trouble, NotFound)

    @property
    def turn(self) -> str:
        """The turn's id."""
        return self._tail.turn

    @property
    def conversation(self) -> str:
        """The id of the conversation."""
        return self.channel.id

    def add(self, event: Event) -> None:
        """The turn says something: those who read along hear it now, the log soon."""
        self.channel.say(self._tail, event)
        if self._flushing is None and time.monotonic() - self._flushed_at >= FLUSH_SECONDS:
            self._flushing = asyncio.get_running_loop().create_task(self._flush())

    async def note(self, kind: str, data: dict[str, Any]) -> None:
        """Add an entry that is not part of the answer.

        Raises:
            LuminaError: when it cannot be written; the turn is none the worse for it.
        """
        self.channel.publish(await self._log.append(self.channel.id, [NewEntry(kind, data, self.turn)]))

    async def finish(self) -> bool:
        """Write all that is left, and an end if none was said; whether everything is in the log."""
        self.is_finished = True
        if not self._tail.ended:
            self.channel.say(self._tail, MessageFinished("cancelled"))
        # Who asked may be gone, and be cancelled again while this waits for the database.
        return await asyncio.shield(asyncio.get_running_loop().create_task(self.try_again()))

    async def try_again(self) -> bool:
        """Write what is left; whether everything is in the log, or there is no conversation any more."""
        if self._flushing is not None:
            await asyncio.wait([self._flushing])
        await self._flush()
        if self.trouble is not None and not isinstance(self.trouble, NotFound):
            return False
        self.give_up()
        return True

    def give_up(self) -> None:
        """What is not in the log by now will not be."""
        self.channel.close(self._tail)

    async def _flush(self) -> None:
        try:
            events = self._tail.take()
            if events:
                entries = [NewEntry(event_name(event), _fields(event), self.turn) for event in events]
                self.channel.written(self._tail, await self._log.append(self.channel.id, entries))
            self.trouble = None
        except LuminaError as error:
            self._tail.give_back()
            if self.trouble is None:
                self.channel.warn(self._tail, trouble_notice(error))
            self.trouble = error
        finally:
            self._flushing = None
            self._flushed_at = time.monotonic()


def trouble_notice(error: LuminaError) -> Notice:
    """What people are told when a turn is not kept."""
    return Notice("history", f"This turn could not be kept in the notebook's history. {error.message}")


def _fields(event: Event) -> dict[str, Any]:
    data = to_dict(event)
    del data["type"]
    return data
