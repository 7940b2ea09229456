"""The clock of a call: it stands still while somebody else is waited for."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Pause:
    """The time of one call that is not its tool's."""

    def __init__(self) -> None:
        self._waiting = 0
        self._waited = 0.0
        self._since = 0.0

    @property
    def seconds(self) -> float:
        """How long it has been, up to now."""
        return self._waited + (time.monotonic() - self._since if self._waiting else 0.0)

    @contextmanager
    def held(self) -> Iterator[None]:
        """The clock stands still in here; several may wait at once."""
        if not self._waiting:
            self._since = time.monotonic()
        self._waiting += 1
        try:
            yield
        finally:
            self._waiting -= 1
            if not self._waiting:
                self._waited += time.monotonic() - self._since
