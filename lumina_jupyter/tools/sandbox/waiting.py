"""Waiting for file descriptors, whatever their numbers are (`select` takes none above 1023)."""

from __future__ import annotations

import select
from collections.abc import Iterable


def readable(descriptors: Iterable[int], seconds: float | None) -> set[int]:
    """Those that can be read or have come to their end; empty when the time is over (None: wait for ever)."""
    poll = select.poll()
    for descriptor in descriptors:
        poll.register(descriptor, select.POLLIN)
    return {descriptor for descriptor, _event in poll.poll(None if seconds is None else int(seconds * 1000) + 1)}
