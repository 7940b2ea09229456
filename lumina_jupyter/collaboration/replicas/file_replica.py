"""A notebook that nobody has open: a private document, brought up to date with the file before each write.

It is the same kind of document as a live room's, so whatever edits one edits the other.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import AbstractContextManager, nullcontext
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from ...errors import StorageFailed
from ..document.converge import converge
from ..document.shared_cells import content_in, copy_of, fill
from ..document.storable import same
from ..merging.merge import merge
from .notebook_file import ChangedOnDisk, FileState, NotebookFile

if TYPE_CHECKING:
    from jupyter_ydoc import YNotebook

FILE_ORIGIN = "file"
"""The origin of transactions that take in what somebody else wrote to the file."""
MOST_ATTEMPTS = 10
"""How often a write is tried while others write the file, too."""
_DOCUMENT = frozenset({"cells", "metadata", "nbformat", "nbformat_minor"})

log = logging.getLogger(__name__)


class FileReplica:
    """A notebook's file as a document.

    Args:
        file: The file.
    """

    live = False
    lobby = None

    def __init__(self, file: NotebookFile) -> None:
        from jupyter_ydoc import YNotebook

        self._file = file
        self._document = YNotebook()
        self._base: FileState | None = None
        """What the file held when it was last read or written."""
        self._saved = self._state()
        """The state of the document in which nothing of it was unsaved."""

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
    def document(self) -> YNotebook:
        """See `Replica`; empty before it is refreshed for the first time."""
        return self._document

    async def refresh(self) -> None:
        """See `Replica`. What was not saved yet and what others wrote are merged."""
        base = self._base
        found = await self._file.read(None if base is None else base.stamp)
        if found is None:
            return
        was_saved = self._state() == self._saved
        if base is None:
            await asyncio.to_thread(fill, self._document, found.content)
        elif not same(base.content, found.content):
            target = await self._target(base, found)
            with self._document.ydoc.transaction(origin=FILE_ORIGIN):
                converge(self._document, target)
        self._base = found
        if was_saved:
            self._saved = self._state()

    def kept(self) -> AbstractContextManager[None]:
        """See `Replica`: a file's document stays."""
        return nullcontext()

    async def save(self) -> None:
        """See `Replica`. Nothing happens when the file holds the same already."""
        # To read all of a large document, only to find that nobody has edited it, would take seconds.
        state = self._state()
        if self._base is None or state == self._saved:
            return
        content = await self._content()
        if same(content, self._base.content):
            self._saved = state
            return
        async with self._file.turn():
            for _attempt in range(MOST_ATTEMPTS):
                if await self._written(content):
                    self._saved = state
                    return
                state, content = self._state(), await self._content()
        raise StorageFailed(
            f"{self.path} is being written by another program all the time.",
            hint="Try again; what was to be written is kept until then.",
        )

    async def resume(self, state: bytes) -> None:
        """See `Replica`."""
        self._document = await asyncio.to_thread(_resumed, state, self._document.ydoc.get_update())

    async def _written(self, content: dict[str, Any]) -> bool:
        """Whether the file holds the content now; not when others wrote it meanwhile, whose changes are taken in then."""
        base = self._base
        if base is None or same(content, base.content):
            return True
        try:
            self._base = FileState(content, await self._file.write(content, base.stamp))
        except ChangedOnDisk:
            await self.refresh()
            return False
        return True

    def _state(self) -> bytes:
        return sha256(self._document.ydoc.get_update()).digest()

    async def _target(self, base: FileState, found: FileState) -> dict[str, Any]:
        ours = await self._content()
        if same(ours, base.content):
            return found.content
        merged = await asyncio.to_thread(merge, base.content, ours, found.content)
        if merged.conflicts:
            log.warning("%s was changed in two ways at once; both are kept", self.path)
        return merged.content

    async def _content(self) -> dict[str, Any]:
        """The document in nbformat's shape, with what stands in the file and no document holds."""
        kept = {} if self._base is None else self._base.content
        others = {name: value for name, value in kept.items() if name not in _DOCUMENT}
        return {**others, **await asyncio.to_thread(_read, self._document.ydoc.get_update())}


def _read(update: bytes) -> dict[str, Any]:
    return content_in(copy_of(update))


def _resumed(state: bytes, now: bytes) -> YNotebook:
    document = copy_of(state)
    converge(document, content_in(copy_of(now)), origin=FILE_ORIGIN)
    return document
