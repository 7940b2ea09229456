"""The budget of a search in seconds of wall time, without the time for which it is paused."""

from __future__ import annotations

import time
from collections.abc import Callable


class BudgetClock:
    """Counts from its making; it stands still while it is paused.

    Args:
        total: How many seconds there are; not less than 0.
        spent: How many were spent before, when a search goes on.
        now: A clock that never goes back.
    """

    def __init__(self, total: float, *, spent: float = 0.0, now: Callable[[], float] = time.monotonic) -> None:
        self.total = total
        self._now = now
        self._spent = spent
        self._since: float | None = now()

    @property
    def elapsed(self) -> float:
        """Seconds that were spent so far."""
        return self._spent + (0.0 if self._since is None else max(0.0, self._now() - self._since))

    @property
    def left(self) -> float:
        """Seconds that are left; 0 when they are used up."""
        return max(0.0, self.total - self.elapsed)

    @property
    def paused(self) -> bool:
        """Whether it stands still."""
        return self._since is None

    def pause(self) -> None:
        """Stand still."""
        self._spent = self.elapsed
        self._since = None

    def go(self) -> None:
        """Go on."""
        if self._since is None:
            self._since = self._now()
