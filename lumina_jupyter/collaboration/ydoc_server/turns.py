"""Work in threads that leaves the event loop its turns."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

INTERVAL = 0.0002
"""Seconds after which a thread that computes hands over to one that waits, where Python's own default is 25 times this.

Each message to a participant is a call of the system's, after which the event loop has to wait for its turn again: an
edit that goes to twenty of them would be a tenth of a second late while a notebook is being saved.
"""

_working: list[float] = []


@contextmanager
def in_short_turns() -> Iterator[None]:
    """While threads compute for a room; to be used in the event loop."""
    _working.append(sys.getswitchinterval())
    sys.setswitchinterval(min(INTERVAL, _working[0]))
    try:
        yield
    finally:
        usual = _working[0]
        _working.pop()
        if not _working:
            sys.setswitchinterval(usual)
