"""The log of one run: events are written as they come, then told to whoever watches, and never changed."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace

from ..errors import LuminaError
from .ledger import Ledger
from .run import ENDED, RunRequest, RunView
from .run_events import LoggedEvent, RunEvent, Thought
from .run_store import RunStore
from .run_view import after, first_view

THOUGHT_CHARACTERS = 200_000
"""Characters of a run's chain of thought that are kept."""

log = logging.getLogger(__name__)


class RunLog:
    """A run's events, and what they come to.

    Args:
        request: What was asked.
        created_at: When, in seconds since 1970.
        store: Where they are kept.
        events: Those that are kept already.
    """

    def __init__(
        self, request: RunRequest, created_at: float, store: RunStore, events: Sequence[LoggedEvent] = ()
    ) -> None:
        self._id = request.run_id
        self._store = store
        self._events: list[LoggedEvent] = []
        self._kept = 0
        self._told = 0
        self._writing: asyncio.Task[None] | None = None
        self._changed = asyncio.Condition()
        self._closed = False
        self._thought = 0
        self._trouble: LuminaError | None = None
        self.view: RunView = first_view(request, created_at)
        self.ledger = Ledger()
        for event in events:
            self._take(event)
        self._kept = self._told = len(self._events)

    @property
    def events(self) -> list[LoggedEvent]:
        """All of them, also those that are not written yet."""
        return list(self._events)

    def add(self, event: RunEvent) -> None:
        """Append an event. After the run's end nothing is added any more."""
        if self._closed:
            return
        if isinstance(event, Thought):
            event = replace(event, text=event.text[: max(0, THOUGHT_CHARACTERS - self._thought)])
            self._thought += len(event.text)
            if not event.text or self._joined(event):
                return
        self._take(LoggedEvent(self.view.sequence + 1, time.time(), event))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.get_running_loop().create_task(self._write())

    def end(self) -> None:
        """Take no more."""
        self._closed = True

    def reopen(self) -> None:
        """Take more: what is undone and redone after the run."""
        self._closed = False

    async def flush(self) -> None:
        """Wait until all of it is durable.

        Raises:
            StorageFailed: when it cannot be written.
        """
        while self._kept < len(self._events):
            if self._writing is None or self._writing.done():
                self._writing = asyncio.get_running_loop().create_task(self._write())
            await asyncio.shield(self._writing)
            if self._trouble is not None:
                raise self._trouble

    async def watch(self, after: int = 0) -> AsyncGenerator[LoggedEvent, None]:
        """What happened after event number `after`, and then whatever does, until the run has ended."""
        at = next((index for index, each in enumerate(self._events) if each.sequence > after), len(self._events))
        while True:
            while at < self._told:
                yield self._events[at]
                at += 1
            if self.view.state in ENDED and at == len(self._events):
                return
            async with self._changed:
                if at == self._told:
                    await self._changed.wait()

    def _take(self, logged: LoggedEvent) -> None:
        self._events.append(logged)
        self.view = after(self.view, logged)
        self.ledger.take(logged.event)

    def _joined(self, event: Thought) -> bool:
        """Put a thought onto the one before, as long as nobody has been told of that."""
        last = self._events[-1] if len(self._events) > max(self._kept, self._told) else None
        if last is None or self._is_being_written or not isinstance(last.event, Thought):
            return False
        if last.event.step != event.step:
            return False
        self._events[-1] = replace(last, event=replace(last.event, text=last.event.text + event.text))
        return True

    @property
    def _is_being_written(self) -> bool:
        return self._batch >= len(self._events)

    _batch = 0
    """How many events are written or being written."""

    async def _write(self) -> None:
        while self._kept < len(self._events):
            self._batch = len(self._events)
            events, state = self._events[self._kept : self._batch], self.view.state
            try:
                await self._store.append(self._id, events, state)
                self._trouble = None
            except LuminaError as error:
                if self._trouble is None:
                    log.error("what happens in a run cannot be kept: %s", error)
                self._trouble = error
            # Whoever watches is told of it all the same; only what comes after a restart is poorer.
            await self._tell(self._batch)
            if self._trouble is not None:
                return
            self._kept = self._batch

    async def _tell(self, upto: int) -> None:
        async with self._changed:
            self._told = upto
            self._changed.notify_all()
