"""The notebooks that are being worked on: found where they are live, else in their files, one document for each."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable
from contextlib import AbstractContextManager
from importlib import import_module
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from ...errors import LuminaError, NotFound
from ..document.document import NotebookDocument
from ..undo.recorder import Recorder
from .file_replica import FileReplica
from .notebook_file import NotebookFile
from .places import Places
from .replica import Replica

if TYPE_CHECKING:
    from jupyter_ydoc import YNotebook
    from pycrdt import Awareness

    from ..seats import Seats

KEPT = 8
"""Documents that are kept for a next request though nobody has them any more."""

log = logging.getLogger(__name__)


class Notebooks:
    """Opens notebooks.

    Args:
        places: Where they are.
        recorder: Makes what is told of every write to one, so that it can be undone.
        seats: Where others see who writes.
    """

    def __init__(
        self,
        places: Places,
        recorder: Callable[[Replica], Recorder] | None = None,
        seats: Seats | None = None,
    ) -> None:
        self.places = places
        self._recorder = recorder
        self._seats = seats
        self._open: WeakValueDictionary[str, NotebookDocument] = WeakValueDictionary()
        self._kept: OrderedDict[str, NotebookDocument] = OrderedDict()

    async def open(self, path: str, user: str = "") -> NotebookDocument:
        """The notebook at a path: the same document for all who have it, so that their writes do not interleave.

        Args:
            path: Relative to the server's root.
            user: Who opens it, for the log.

        Raises:
            NotFound: when there is none.
            Forbidden: when the path leads outside of what is shown.
        """
        await asyncio.to_thread(_load)
        file = await self.places.file(path)
        found = self._open.get(file.key)
        if found is None:
            replica = CurrentReplica(file, self.places)
            recorder = self._recorder(replica) if self._recorder is not None else None
            found = NotebookDocument(replica, recorder, self._seats)
            self._open[file.key] = found
            log.debug("notebook opened path=%s user=%s", file.path, user or "-")
        self._kept[file.key] = found
        self._kept.move_to_end(file.key)
        await self._let_go()
        return found

    async def close(self) -> None:
        """Bring to disk what could not be saved when it was written."""
        for document in list(self._open.values()):
            await _saved(document)

    async def _let_go(self) -> None:
        """Keep no more documents than we should, but for those whose content is nowhere else."""
        for key in list(self._kept)[: max(0, len(self._kept) - KEPT)]:
            if await _saved(self._kept[key]):
                self._kept.pop(key, None)


class CurrentReplica:
    """The notebook where it is at the moment: its live room while it is open somewhere, else its file.

    Which of them it is can only change when it is refreshed.

    Args:
        file: The notebook's file.
        places: Where rooms are found.
    """

    def __init__(self, file: NotebookFile, places: Places) -> None:
        self._file = file
        self._places = places
        self._own: FileReplica | None = None
        self._room: Replica | None = None

    @property
    def path(self) -> str:
        """See `Replica`."""
        return self._file.path

    @property
    def key(self) -> str:
        """See `Replica`."""
        return self._file.key

    @property
    def other_key(self) -> str:
        """See `Replica`."""
        return self._file.other_key

    @property
    def live(self) -> bool:
        """See `Replica`."""
        return self._room is not None

    @property
    def document(self) -> YNotebook:
        """See `Replica`."""
        return self._now.document

    @property
    def lobby(self) -> Awareness | None:
        """See `Replica`."""
        return self._now.lobby

    async def refresh(self) -> None:
        """See `Replica`."""
        room = await self._places.room(self.path)
        if room is not None and self._own is not None:
            # What is nowhere but here reaches the room through the file.
            await self._own.save()
            self._own = None
        self._room = room
        await self._now.refresh()

    def kept(self) -> AbstractContextManager[None]:
        """See `Replica`."""
        return self._now.kept()

    async def save(self) -> None:
        """See `Replica`."""
        await self._now.save()

    async def resume(self, state: bytes) -> None:
        """See `Replica`."""
        await self._now.resume(state)

    @property
    def _now(self) -> Replica:
        if self._room is not None:
            return self._room
        if self._own is None:
            self._own = FileReplica(self._file)
        return self._own


async def _saved(document: NotebookDocument) -> bool:
    """Whether the notebook is on disk, now at last if it was not."""
    try:
        await document.flush()
    except LuminaError as error:
        log.warning("a notebook is kept in memory, for it cannot be saved: %s", error)
        return isinstance(error, NotFound)
    return True


def _load() -> None:
    """Import what documents are made of, which takes long the first time."""
    for name in ("jupyter_ydoc", "nbformat"):
        import_module(name)
