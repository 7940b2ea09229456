"""What a running turn has said that is not in the log yet."""

from __future__ import annotations

from collections.abc import Sequence

from ..events import Event, Notice, ReasoningDelta, TextDelta, is_end


class Tail:
    """The events since the last flush, deltas of a kind put together.

    Those that are being written are told apart from those that came since: until the database has
    answered, nobody knows whether they are in the log.
    """

    def __init__(self, turn: str) -> None:
        self.turn = turn
        self.written = 0
        """The number of the last entry of this turn's answer that is known to be in the log."""
        self.ended = False
        self.notice: Notice | None = None
        self._flushing: list[Event] = []
        self._waiting: list[Event] = []

    def add(self, event: Event) -> None:
        """The turn says something."""
        self.ended = self.ended or is_end(event)
        _join(self._waiting, event)

    @property
    def events(self) -> tuple[Event, ...]:
        """Everything that is not known to be in the log."""
        return self._with_notice(self._flushing + self._waiting)

    def since(self, written: int) -> tuple[Event, ...]:
        """What is not in a log that was read up to entry `written` of this turn's answer."""
        return self._with_notice(self._waiting) if written > self.written else self.events

    def _with_notice(self, events: list[Event]) -> tuple[Event, ...]:
        return (*events, self.notice) if self.notice is not None else tuple(events)

    @property
    def is_empty(self) -> bool:
        """Whether all of it is in the log."""
        return not self._flushing and not self._waiting

    def take(self) -> Sequence[Event]:
        """What is to be written now; follow it by `keep` or `give_back`."""
        self._flushing, self._waiting = self._waiting, []
        return self._flushing

    def keep(self, last: int) -> None:
        """What was taken is in the log, up to entry `last`."""
        self._flushing = []
        self.written = last
        self.notice = None

    def give_back(self) -> None:
        """What was taken could not be written: it is kept for the next try."""
        waiting, self._waiting, self._flushing = self._waiting, self._flushing, []
        for event in waiting:
            _join(self._waiting, event)


def _join(events: list[Event], event: Event) -> None:
    last = events[-1] if events else None
    if isinstance(event, TextDelta) and isinstance(last, TextDelta):
        events[-1] = TextDelta(last.text + event.text)
    elif isinstance(event, ReasoningDelta) and isinstance(last, ReasoningDelta) and last.signature is None:
        events[-1] = ReasoningDelta(last.text + event.text, event.signature)
    else:
        events.append(event)
