"""Work in threads that leaves the event loop its turns."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

INTERVAL = 0.0002
"""Seconds after which a thread that computes hands over to one that waits, where Python's own default is 25 times this.

Each message to a participant is a call of the system's, after which the event loop has to wait for its turn again: an
edit that goes to twenty of them would be a tenth of a second late while a notebook is being saved.
"""
_HALF = 5e-7
"""Half of the microsecond in which Python counts and which it cuts off: what was read is to be there again."""


@dataclass(slots=True)
class _Working:
    """How many rooms are at work. Python knows one interval for all threads of a process, so it is theirs together."""

    rooms: int = 0
    usual: float = 0.0
    """The interval before the first of them began."""
    ours: float = 0.0
    """What it was set to then."""
    lock: threading.Lock = field(default_factory=threading.Lock)


_working = _Working()


@contextmanager
def in_short_turns() -> Iterator[None]:
    """While threads compute for a room. When nobody's does any more, the interval is what it was before.

    If somebody else has set it meanwhile, it stays as they set it.
    """
    with _working.lock:
        if not _working.rooms:
            _working.usual = sys.getswitchinterval()
            if _working.usual > INTERVAL:
                sys.setswitchinterval(INTERVAL)
            _working.ours = sys.getswitchinterval()
        _working.rooms += 1
    try:
        yield
    finally:
        with _working.lock:
            _working.rooms -= 1
            if not _working.rooms and sys.getswitchinterval() == _working.ours:
                sys.setswitchinterval(_working.usual + _HALF)
