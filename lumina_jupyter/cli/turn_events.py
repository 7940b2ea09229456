"""One turn of a conversation, from its question to the end of its answer, as the events that it is made of.

The answer runs where the engine is; here it is read from the conversation's stream, as every panel does. What
comes again when the line was lost is told once.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING

from ..errors import NotFound, ServerUnreachable, StreamBroken
from ..events import (
    Cost,
    Event,
    Failed,
    MessageFinished,
    MessageStarted,
    Notice,
    ReasoningDelta,
    TextDelta,
    Usage,
    from_dict,
    is_end,
)

if TYPE_CHECKING:
    from ..client import Client
    from ..memory import Frame, LogEntry, Question, Started

WAITS = (0.5, 1.0, 2.0, 4.0)
"""Seconds before each further try to send a question; sent twice it is asked once."""

LOOKS, GRACE = 3, 0.3
"""How often, and how many seconds apart, an answer that does not run is looked for in the log: its end may be on the way there."""

_KEPT = {"question", "context"}


def start(client: Client, question: Question) -> Started:
    """Ask, also across a line that is lost for a moment.

    Raises:
        LuminaError: when the question was not taken.
    """
    for wait in WAITS:
        try:
            return client.start_turn(question)
        except ServerUnreachable:
            time.sleep(wait)
    return client.start_turn(question)


def follow_turn(client: Client, conversation_id: str, started: Started) -> Iterator[Event]:
    """The events of an answer as they come; ends with exactly one `MessageFinished` or `Failed`.

    Raises:
        LuminaError: when the server cannot be reached for long.
    """
    answer = _Answer(started)
    for look in range(LOOKS):
        time.sleep(GRACE if look else 0)
        yield from _read(client, conversation_id, answer)
        if answer.ended:
            return
    yield Failed.of(StreamBroken("The answer was interrupted: what runs it has ended."))


def _read(client: Client, conversation_id: str, answer: _Answer) -> Iterator[Event]:
    """Read on, until the answer's end or until it neither runs nor has one."""
    from ..memory import CaughtUp, Gone

    with closing(client.follow(conversation_id, after=answer.last)) as frames:  # type: ignore[type-var]  # a generator
        for frame in frames:
            if isinstance(frame, Gone):
                answer.ended = True
                yield Failed.of(NotFound("This conversation was deleted.", hint="Open another one."))
            elif isinstance(frame, CaughtUp) and answer.turn not in frame.running:
                return
            else:
                yield from answer.take(frame)
            if answer.ended:
                return


class _Answer:
    """How much of an answer was told: of its text and its reasoning in characters, of the rest in events.

    What is in the log and what follows it as the tail make up the answer; a tail is replaced, or becomes
    entries, and then its pieces come again, cut otherwise.
    """

    def __init__(self, started: Started) -> None:
        self.turn = started.turn
        self.last = started.sequence
        self.ended = False
        self._told: dict[str, int] = {}
        self._kept: dict[str, int] = {}
        self._tail: dict[str, int] = {}

    def take(self, frame: Frame) -> Iterator[Event]:
        """What a frame says that was not told yet."""
        from ..memory import Entries, Live, TurnTail

        if isinstance(frame, Entries):
            for entry in frame.entries:
                self.last = entry.sequence
                if entry.turn == self.turn and entry.kind not in _KEPT:
                    yield from self._entry(entry)
        elif isinstance(frame, TurnTail) and frame.turn == self.turn:
            self._tail = dict(self._kept)
            for event in frame.events:
                yield from self._add(event, self._tail)
        elif isinstance(frame, Live) and frame.turn == self.turn:
            yield from self._add(frame.event, self._tail)

    def _entry(self, entry: LogEntry) -> Iterator[Event]:
        try:
            event = from_dict({**entry.data, "type": entry.kind})
        except ValueError:
            return  # of a newer version, or not of the answer itself
        yield from self._add(event, self._kept)
        self._tail = dict(self._kept)

    def _add(self, event: Event, place: dict[str, int]) -> Iterator[Event]:
        match event:
            case TextDelta() | ReasoningDelta():
                kind, length = type(event).__name__, len(event.text)
            case MessageStarted() | Notice() | Usage() | Cost() | MessageFinished() | Failed():
                kind, length = "event", 1
            case _:
                return
        place[kind] = place.get(kind, 0) + length
        fresh = place[kind] - self._told.get(kind, 0)
        if fresh <= 0:
            return
        self._told[kind] = place[kind]
        self.ended = self.ended or is_end(event)
        match event:
            case TextDelta():
                yield TextDelta(event.text[-fresh:])
            case ReasoningDelta():
                yield ReasoningDelta(event.text[-fresh:], event.signature)
            case _:
                yield event
