"""Who looks at a conversation, and who is typing."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass

from .people import Person

TYPING_SECONDS = 6.0
"""How long somebody counts as typing after they last said so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Present(Person):
    """A person who looks at a conversation."""

    typing: bool = False


class Presence:
    """The people of one conversation.

    Args:
        changed: Called whenever somebody comes, goes, begins or stops typing.
    """

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._known: dict[str, Person] = {}
        self._looking: Counter[str] = Counter()
        self._typing: dict[str, asyncio.TimerHandle] = {}

    @property
    def people(self) -> tuple[Present, ...]:
        """Everybody who is here, in the order in which they came."""
        return tuple(Present(**asdict(person), typing=name in self._typing) for name, person in self._known.items())

    def come(self, person: Person) -> None:
        """Somebody opens the conversation; once for each place in which they do."""
        self._looking[person.id] += 1
        self._update(person)

    def go(self, person: Person) -> None:
        """Somebody closes it, in one of these places."""
        self._looking[person.id] -= 1
        if self._looking[person.id] <= 0:
            del self._looking[person.id]
            self._stop_typing(person.id)
        self._update(person)

    def type(self, person: Person, typing: bool) -> None:
        """Somebody begins, goes on or stops typing."""
        self._stop_typing(person.id)
        if typing:
            loop = asyncio.get_running_loop()
            self._typing[person.id] = loop.call_later(TYPING_SECONDS, self.type, person, False)
        self._update(person)

    def close(self) -> None:
        """Nobody looks any more."""
        for name in list(self._typing):
            self._stop_typing(name)

    def _stop_typing(self, name: str) -> None:
        timer = self._typing.pop(name, None)
        if timer is not None:
            timer.cancel()

    def _update(self, person: Person) -> None:
        before = self._told
        if self._looking[person.id] > 0 or person.id in self._typing:
            self._known[person.id] = person
        else:
            self._known.pop(person.id, None)
        self._told = self.people
        if self._told != before:
            self._changed()

    _told: tuple[Present, ...] = ()
