"""One reader of a conversation: the log after a number, then the tails of running turns, then what is live.

The log is the buffer. A reader who is slower than what is said gets a short queue; when that is full
it is thrown away and the reader catches up from the database, so that neither memory grows nor a run waits.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any, Protocol

from ..errors import NotFound
from ..events import ReasoningDelta, TextDelta
from .channel import Channel, is_answer
from .frames import Changed, Entries, Frame, Gone, Live, PresenceChanged, Removed, TurnTail
from .log import LogEntry
from .people import Viewer

MOST_FRAMES = 512
MOST_CHARACTERS = 1_000_000
"""How much waits for a reader before it has to catch up from the database."""

PAGE = 1000
"""Entries that are read from the database at once."""


class Source(Protocol):
    """Where a reader reads the log."""

    async def after(self, conversation_id: str, sequence: int = 0, *, limit: int = 1000) -> Sequence[LogEntry]:
        """The entries that follow `sequence`, oldest first; raises NotFound when there is no such conversation."""

    async def answered(self, conversation_id: str, turns: Sequence[str], upto: int) -> Mapping[str, int]:
        """The last entry of each turn's answer that is not after `upto`."""


class Reader:
    """Reads one conversation for one viewer, for as long as `batches` is iterated.

    Args:
        channel: What is live of the conversation.
        log: Reads the log.
        viewer: Who reads.
        notebook: Whose other conversations' changes are told as well.
        after: The number of the last entry that the reader has.
    """

    def __init__(self, channel: Channel, log: Source, viewer: Viewer, *, notebook: str, after: int = 0) -> None:
        self.viewer = viewer
        self.notebook = notebook
        self._channel = channel
        self._log = log
        self._delivered = after
        self._queued = after
        self._seen: dict[str, int] | None = None if after else {}
        self._attached = False
        self._gone = False
        self._ended = False
        self._queue: deque[Frame] = deque()
        self._characters = 0
        self._news: dict[str, Changed | Removed] = {}
        self._people: PresenceChanged | None = None
        self._woken = asyncio.Event()

    # --- what the channel tells -------------------------------------------------------------------

    def entries(self, entries: Sequence[LogEntry]) -> None:
        """Entries were added to the log."""
        fresh = [entry for entry in entries if entry.sequence > self._queued]
        if not self._attached or not fresh:
            return
        if fresh[0].sequence != self._queued + 1:
            self.resync()  # somebody else's stand between
            return
        self._queued = fresh[-1].sequence
        if self._seen is not None:
            self._seen = {turn: last for turn, last in self._seen.items() if turn in self._channel.tails}
        self._add(Entries(fresh), sum(map(_size, fresh)))

    def push(self, frame: Live | TurnTail) -> None:
        """A running turn said something."""
        if self._attached:
            joined = _joined(self._queue[-1], frame) if self._queue else None
            if joined is not None:
                self._queue.pop()
            size = len(getattr(frame.event, "text", "")) if isinstance(frame, Live) else sum(map(_length, frame.events))
            self._add(joined or frame, size)

    def tell(self, frame: Changed | Removed | PresenceChanged | Gone) -> None:
        """Something about conversations changed; told even to those who are behind."""
        if isinstance(frame, PresenceChanged):
            self._people = frame
        elif isinstance(frame, Changed):
            self._news[frame.conversation.id] = frame
        elif isinstance(frame, Removed):
            self._news[frame.id] = frame
        else:
            self._gone = True
        self._woken.set()

    def resync(self) -> None:
        """Read again from the database what the reader was not given yet."""
        self._attached = False
        self._queue.clear()
        self._characters = 0
        self._woken.set()

    def end(self) -> None:
        """Nothing more will be told: whoever reads comes to the end."""
        self._ended = True
        self._woken.set()

    def _add(self, frame: Frame, size: int) -> None:
        self._queue.append(frame)
        self._characters += size
        self._woken.set()
        if len(self._queue) > MOST_FRAMES or self._characters > MOST_CHARACTERS:
            self.resync()

    # --- what the reader gets ---------------------------------------------------------------------

    async def batches(self) -> AsyncGenerator[Sequence[Frame], None]:
        """What there is to tell, as soon as there is something; ends after `Gone`, or when the engine does."""
        self._channel.come(self)
        try:
            while not self._ended:
                if self._gone:
                    yield [Gone()]
                    return
                if not self._attached:
                    async for batch in self._catch_up():
                        yield batch
                    continue
                if batch := self._waiting():
                    yield batch
                    continue
                self._woken.clear()
                await self._woken.wait()
        finally:
            self._channel.go(self)

    async def _catch_up(self) -> AsyncGenerator[Sequence[Frame], None]:
        """The log from where the reader is; at its end the reader is attached, with no wait in between."""
        while not self._gone and not self._ended:
            try:
                seen = await self._already_seen()
                page = await self._log.after(self._channel.id, self._delivered, limit=PAGE)
            except NotFound:
                self._gone = True
                return
            if page:
                self._delivered = page[-1].sequence
                seen.update((entry.turn, entry.sequence) for entry in page if is_answer(entry))
                yield [Entries(page)]
            elif self._channel.last <= self._delivered:
                self._queued = self._delivered
                self._attached = True
                self._channel.found(self._delivered, self)
                self._people = None
                yield self._channel.greeting(seen)
                return

    async def _already_seen(self) -> dict[str, int]:
        """The last entry of each running turn's answer that the reader has.

        What is being written may be in the log already, though nobody here has heard of it: then a reader who
        has read it there must not be told it as a tail as well.
        """
        if self._seen is None:
            turns = list(self._channel.tails)
            self._seen = dict(await self._log.answered(self._channel.id, turns, self._delivered)) if turns else {}
        return self._seen

    def _waiting(self) -> list[Frame]:
        frames, self._queue = list(self._queue), deque()
        self._characters = 0
        self._delivered = self._queued
        frames += self._news.values()
        self._news.clear()
        if self._people is not None:
            frames.append(self._people)
            self._people = None
        return frames


def _joined(last: Frame, frame: Live | TurnTail) -> Frame | None:
    """Two pieces of the same text as one."""
    if not isinstance(last, Live) or not isinstance(frame, Live) or last.turn != frame.turn:
        return None
    before, event = last.event, frame.event
    if isinstance(before, TextDelta) and isinstance(event, TextDelta):
        return Live(frame.turn, TextDelta(before.text + event.text))
    if isinstance(before, ReasoningDelta) and isinstance(event, ReasoningDelta) and before.signature is None:
        return Live(frame.turn, ReasoningDelta(before.text + event.text, event.signature))
    return None


def _size(entry: LogEntry) -> int:
    return sum(len(value) for value in entry.data.values() if isinstance(value, str))


def _length(event: Any) -> int:
    return len(getattr(event, "text", "")) + len(getattr(event, "arguments", "")) + len(getattr(event, "content", ""))
