"""Cancelling a call from outside the task that reads it.

Works as `asyncio.timeout` does: the task that waits for the next event is cancelled, and the
`CancelledError` is turned into an ordinary end of the stream where it belongs to this call. Costs
nothing per event beyond noting which task waits.
"""

from __future__ import annotations

import asyncio


class Cancellation:
    """The cancel switch of one call."""

    __slots__ = ("_task", "requested")

    def __init__(self) -> None:
        self.requested = False
        self._task: asyncio.Task[object] | None = None

    def waiting(self) -> None:
        """The current task begins to wait for the call's next event."""
        self._task = asyncio.current_task()

    def delivered(self) -> None:
        """The wait is over; the task belongs to the consumer again."""
        self._task = None

    def request(self) -> None:
        """End the call: at once if somebody waits for it, else when the next event is asked for."""
        if self.requested:
            return
        self.requested = True
        if self._task is not None:
            self._task.cancel()

    def absorb(self) -> bool:
        """After a `CancelledError`: whether it was ours alone. If so, it is taken back."""
        task, self._task = self._task, None
        if not self.requested or task is None:
            return False
        return task.uncancel() == 0
