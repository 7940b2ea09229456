"""Keeps a notebook as it is before a run of an agent first writes to it."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

from ..document.shared_cells import content_in, copy_of
from ..undo.recorder import Recorder
from .snapshots import Snapshots

if TYPE_CHECKING:
    from ..document.author import Author
    from ..replicas.replica import Replica

KINDS = frozenset({"agent", "proposal"})
"""The kinds of authors whose runs are preceded by a snapshot."""
KNOWN = 1000
"""Runs of which it is remembered that the notebook was kept before them."""


class RunSnapshots:
    """Makes recorders that keep notebooks before runs.

    Args:
        snapshots: Where they are kept.
    """

    def __init__(self, snapshots: Snapshots) -> None:
        self._snapshots = snapshots
        self._runs: OrderedDict[tuple[str, str], None] = OrderedDict()

    def recorder(self, recorder: Recorder, replica: Replica) -> Recorder:
        """A recorder that does what the given one does, and keeps the notebook first where a run begins."""
        return _KeptRecorder(recorder, replica, self)

    async def before(self, author: Author, replica: Replica) -> None:
        """Keep the notebook, unless it was before an earlier write of the same run.

        Raises:
            DiskFull, StorageFailed: when it cannot be kept; then nothing is to be written.
        """
        run = (replica.key, author.run)
        if author.kind not in KINDS or run in self._runs:
            return
        update = replica.document.ydoc.get_update()
        content = await asyncio.to_thread(lambda: content_in(copy_of(update)))
        by = author.user or author.name
        keep = partial(self._snapshots.take, reason="before_run", by=by, run=author.run, path=replica.path)
        await asyncio.to_thread(keep, replica.key, content)
        if replica.other_key:
            # By its place it can be found when its file is gone.
            await asyncio.to_thread(self._snapshots.link, replica.key, replica.other_key)
        self._runs[run] = None
        while len(self._runs) > KNOWN:
            self._runs.popitem(last=False)


class _KeptRecorder:
    def __init__(self, recorder: Recorder, replica: Replica, runs: RunSnapshots) -> None:
        self._recorder = recorder
        self._replica = replica
        self._runs = runs

    @asynccontextmanager
    async def writing(self, author: Author) -> AsyncIterator[None]:
        await self._runs.before(author, self._replica)
        async with self._recorder.writing(author):
            yield
