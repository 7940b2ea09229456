"""One conversation as it is being talked in: the tails of its running turns, and who reads it.

Nothing here waits. Everything that is published is published between two looks at the event loop, so
readers see one order: what is written leaves the tail in the same moment in which it becomes an entry.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from ..events import Event, Notice
from .conversations import Conversation
from .frames import CaughtUp, Changed, Frame, Gone, Live, PresenceChanged, Removed, TurnTail
from .log import LogEntry
from .people import Viewer
from .presence import Presence
from .tail import Tail


class Listener(Protocol):
    """A reader, as the channel knows it."""

    viewer: Viewer
    notebook: str

    def entries(self, entries: Sequence[LogEntry]) -> None:
        """Entries were added to the log."""

    def push(self, frame: Live | TurnTail) -> None:
        """A running turn said something."""

    def tell(self, frame: Changed | Removed | PresenceChanged | Gone) -> None:
        """Something about conversations changed."""

    def resync(self) -> None:
        """What the reader was told is not all that there is."""


class Channel:
    """What is live of one conversation."""

    def __init__(self, conversation_id: str) -> None:
        self.id = conversation_id
        self.last = 0
        """The number of the last entry that was published or read here."""
        self.known: Conversation | None = None
        """The conversation as it was last seen, to tell whether another process changed it."""
        self.tails: dict[str, Tail] = {}
        self.readers: set[Listener] = set()
        self.presence = Presence(self._people_changed)

    @property
    def is_idle(self) -> bool:
        """Whether nobody reads and nothing runs."""
        return not self.tails and not self.readers

    @property
    def running(self) -> tuple[str, ...]:
        """The turns whose answer goes on."""
        return tuple(tail.turn for tail in self.tails.values() if not tail.ended)

    # --- running turns ----------------------------------------------------------------------------

    def open(self, turn: str) -> Tail:
        """A turn begins."""
        self.tails[turn] = Tail(turn)
        return self.tails[turn]

    def say(self, tail: Tail, event: Event) -> None:
        """A turn says something."""
        tail.add(event)
        self._push(Live(tail.turn, event))

    def warn(self, tail: Tail, notice: Notice) -> None:
        """Something about a turn's keeping; not part of its answer."""
        tail.notice = notice
        self._push(Live(tail.turn, notice))

    def written(self, tail: Tail, entries: Sequence[LogEntry]) -> None:
        """What was taken from a tail is in the log."""
        tail.keep(entries[-1].sequence)
        self.publish(entries)
        if not tail.is_empty:
            self._push(TurnTail(tail.turn, tail.events))

    def close(self, tail: Tail) -> None:
        """A turn is over, and all of it in the log or given up."""
        if self.tails.get(tail.turn) is tail:
            del self.tails[tail.turn]
        if not tail.is_empty:
            self._push(TurnTail(tail.turn, ()))

    def publish(self, entries: Sequence[LogEntry]) -> None:
        """Entries were added to the log by this process."""
        self.last = max(self.last, entries[-1].sequence)
        for reader in list(self.readers):
            reader.entries(entries)

    # --- readers ----------------------------------------------------------------------------------

    def greeting(self, seen: dict[str, int]) -> list[Frame]:
        """What a reader needs beside the log. `seen` is the last entry of each turn's answer that it has read."""
        tails = (TurnTail(tail.turn, tail.since(seen.get(tail.turn, 0))) for tail in self.tails.values())
        return [CaughtUp(self.running, self.presence.people), *tails]

    def come(self, reader: Listener) -> None:
        """Somebody begins to read."""
        self.readers.add(reader)
        if reader.viewer.person is not None:
            self.presence.come(reader.viewer.person)

    def go(self, reader: Listener) -> None:
        """Somebody stops reading."""
        if reader in self.readers:
            self.readers.discard(reader)
            if reader.viewer.person is not None:
                self.presence.go(reader.viewer.person)

    def tell(
        self, frame: Changed | Removed | PresenceChanged | Gone, readers: Iterable[Listener] | None = None
    ) -> None:
        """Tell everybody who reads, or some of them."""
        for reader in list(self.readers if readers is None else readers):
            reader.tell(frame)

    def found(self, last: int, reader: Listener) -> None:
        """A reader has read the log up to this entry; where nobody here had heard of it, the others read on, too."""
        if last > self.last:
            self.last = last
            for other in self.readers - {reader}:
                other.resync()

    def resync(self) -> None:
        """Entries were added that nobody published here."""
        for reader in list(self.readers):
            reader.resync()

    def _push(self, frame: Live | TurnTail) -> None:
        for reader in self.readers:
            reader.push(frame)

    def _people_changed(self) -> None:
        self.tell(PresenceChanged(self.presence.people))


def is_answer(entry: LogEntry) -> bool:
    """Whether an entry is part of an answer, and so clears its turn's tail."""
    return entry.kind not in {"question", "context"}
