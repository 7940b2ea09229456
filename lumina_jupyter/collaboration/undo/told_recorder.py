"""Tells whoever watches a notebook of every write to it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from .recorder import Recorder

if TYPE_CHECKING:
    from ..document.author import Author
    from ..replicas.replica import Replica


class ToldRecorder:
    """A `Recorder` that also tells a notebook's key after each write.

    Args:
        recorder: What records the writes.
        replica: The notebook.
        tell: Told its key.
    """

    def __init__(self, recorder: Recorder, replica: Replica, tell: Callable[[str], None]) -> None:
        self._recorder = recorder
        self._replica = replica
        self._tell = tell

    @asynccontextmanager
    async def writing(self, author: Author) -> AsyncIterator[None]:
        """See `Recorder`."""
        async with self._recorder.writing(author):
            yield
        self._tell(self._replica.key)
