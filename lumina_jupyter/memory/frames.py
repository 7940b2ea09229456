"""What a reader of a conversation is told, frame by frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..events import Event
from .conversations import Conversation
from .log import LogEntry
from .presence import Present


@dataclass(frozen=True, slots=True)
class Entries:
    """Entries of the log. One that is part of an answer clears its turn's tail: all of that is in the log now."""

    entries: Sequence[LogEntry]


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """The reader has everything that the log holds. `running` are the turns whose answer goes on."""

    running: tuple[str, ...]
    people: tuple[Present, ...]


@dataclass(frozen=True, slots=True)
class TurnTail:
    """What a turn has said that is not in the log yet; replaces what the reader had as its tail."""

    turn: str
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Live:
    """The next event of a turn; goes to the end of its tail."""

    turn: str
    event: Event


@dataclass(frozen=True, slots=True)
class PresenceChanged:
    """Who looks at the conversation, and who is typing."""

    people: tuple[Present, ...]


@dataclass(frozen=True, slots=True)
class Changed:
    """A conversation of the same notebook is new, or has another title or other readers."""

    conversation: Conversation


@dataclass(frozen=True, slots=True)
class Removed:
    """Another conversation of the same notebook was deleted, or is no longer for the reader's eyes."""

    id: str


@dataclass(frozen=True, slots=True)
class Gone:
    """The conversation was deleted, or is no longer for the reader's eyes; nothing follows."""


Frame = Entries | CaughtUp | TurnTail | Live | PresenceChanged | Changed | Removed | Gone
