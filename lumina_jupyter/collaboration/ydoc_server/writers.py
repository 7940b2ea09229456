"""Who writes into a room at this moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Writer:
    """A person at the other end of a socket."""

    username: str
    name: str


class Received(Protocol):
    """Is told what a participant sent, just before the room takes it in."""

    def __call__(self, document: Any, update: bytes, *, user: str, is_state: bool) -> None:
        """Take note of an update, which `is_state` if it is all that the sender had."""


def current_writer(room: Any) -> Writer | None:
    """Whose update a room takes in right now; None outside of that, and for what the server itself writes.

    To be asked in a callback of the document's events: these come while the update is taken in.
    """
    found = getattr(room, "writer", None)
    return found if isinstance(found, Writer) else None
