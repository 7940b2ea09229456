"""Who watches a notebook learns that something about it has changed, and asks for it anew."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Watch:
    """One who watches: `changed` waits for the next change, and several at once are one."""

    def __init__(self) -> None:
        self._event = asyncio.Event()
        self._told = False

    def wake(self, *, told: bool = False) -> None:
        """Tell of a change: by Lumina, or of whatever somebody did to the notebook."""
        self._told |= told
        self._event.set()

    async def changed(self) -> bool:
        """Return when something has changed since the last time; whether by Lumina."""
        await self._event.wait()
        self._event.clear()
        told, self._told = self._told, False
        return told


class Watching:
    """Those who watch notebooks."""

    def __init__(self) -> None:
        self._watches: defaultdict[str, set[Watch]] = defaultdict(set)

    @contextmanager
    def watch(self, key: str) -> Iterator[Watch]:
        """Watch the notebook of a key for a while."""
        watch = Watch()
        self._watches[key].add(watch)
        try:
            yield watch
        finally:
            self._watches[key].discard(watch)
            if not self._watches[key]:
                del self._watches[key]

    def tell(self, key: str) -> None:
        """Lumina has written to a notebook, or changed what is known of it."""
        for watch in self._watches.get(key, ()):
            watch.wake(told=True)

    def wake(self, key: str) -> None:
        """Something about a notebook has changed, and nothing was written by Lumina."""
        for watch in self._watches.get(key, ()):
            watch.wake()


@contextmanager
def woken_by(shared: Any, watch: Watch) -> Iterator[None]:
    """Every edit of a shared document, by whomever, wakes the watch."""
    subscription = shared.observe(lambda _event: watch.wake())
    try:
        yield
    finally:
        shared.unobserve(subscription)
