"""One notebook, as people and agents edit it: by cell id, against the hash that the author read, whoever else is there.

It is the same whether the notebook is open in a live room or only a file.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager, nullcontext
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from ...errors import LuminaError
from ..replicas.replica import Replica, RoomEnded
from ..saved_for import saving_for
from ..undo.recorder import Recorder
from . import operations
from .author import Author
from .cell import Cell, CellType, Notebook
from .edits import Edit
from .shared_cells import cell_at, copy_of, index_of, notebook_in, repair_ids

if TYPE_CHECKING:
    from jupyter_ydoc import YNotebook

    from ..seats import Seats

T = TypeVar("T")
REPAIR_ORIGIN = "repair"
"""The origin of transactions that give cells ids of their own."""

log = logging.getLogger(__name__)


class NotebookDocument:
    """A notebook. Writes to it come one after the other, each whole, and are on disk when they return.

    Every write raises:
        CellChanged: when a cell is not as its author read it; nothing is written.
        CellGone: when a cell is not there; nothing is written.
        EditDoesNotFit: when it makes no sense for the cell as it is; nothing is written.
        LuminaError: when the notebook is gone or unreadable, or cannot be saved. What could not be saved stays in the
            document, and is saved with the next write.

    Args:
        replica: How the notebook is reached.
        recorder: What is told of every write; None keeps nothing that could be undone.
        seats: Where others see which cell an agent is in.
    """

    def __init__(self, replica: Replica, recorder: Recorder | None = None, seats: Seats | None = None) -> None:
        self.replica = replica
        self._seats = seats
        self._recorder = recorder
        self._lock = asyncio.Lock()
        self._looked_at = b""
        """The state of the document whose cells' ids were last looked at."""

    @property
    def path(self) -> str:
        """Where it is, relative to the server's root."""
        return self.replica.path

    @property
    def key(self) -> str:
        """Names it for as long as it exists."""
        return self.replica.key

    @property
    def live(self) -> bool:
        """Whether other participants may be editing it at this moment."""
        return self.replica.live

    # --- reading ------------------------------------------------------------------------------------

    async def read(self) -> Notebook:
        """All of it, as it is now.

        Raises:
            LuminaError: when it is gone or unreadable.
        """
        async with self._lock:
            await self._refresh()
            update = self.replica.document.ydoc.get_update()
        return await asyncio.to_thread(lambda: notebook_in(copy_of(update)))

    async def cell(self, cell_id: str) -> Cell:
        """One cell, as it is now.

        Raises:
            CellGone: when it is not there.
        """
        async with self._lock:
            await self._refresh()
            return self._cell(cell_id)

    async def outputs(self, cell_id: str) -> tuple[Mapping[str, Any], ...]:
        """A cell's outputs, as they are now.

        Raises:
            CellGone: when it is not there.
        """
        return (await self.cell(cell_id)).outputs

    async def look(self) -> bool:
        """Look where it is at this moment; whether it is live.

        Raises:
            LuminaError: when it is gone or unreadable.
        """
        async with self._lock:
            await self._refresh()
            return self.replica.live

    # --- writing ------------------------------------------------------------------------------------

    async def insert(
        self,
        author: Author,
        source: str,
        *,
        type: CellType = "code",
        after: str | None = None,
        before: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        id: str | None = None,
    ) -> Cell:
        """Put a new cell after or before another, or at the end; the cell, with the `id` given or a new one."""
        made = partial(
            operations.insert,
            author=author,
            source=source,
            type=type,
            after=after,
            before=before,
            metadata=metadata or {},
            id=id,
        )
        return await self._write_cell(author, made)

    async def edit(self, author: Author, cell_id: str, base_hash: str, edit: Edit) -> Cell:
        """Change a cell's text; cursors elsewhere in it stay where they are. The cell afterwards."""
        return await self._write_cell(
            author, lambda document: operations.edit(document, author, cell_id, base_hash, edit)
        )

    async def delete(self, author: Author, cell_id: str, base_hash: str) -> Cell:
        """Take a cell away; the cell as it was."""
        return await self.write(author, lambda document: operations.delete(document, cell_id, base_hash))

    async def move(
        self,
        author: Author,
        cell_id: str,
        base_hash: str | None = None,
        *,
        after: str | None = None,
        before: str | None = None,
    ) -> Cell:
        """Put a cell after or before another, or at the end. Without a hash it is moved whatever its text is."""
        return await self._write_cell(
            author, lambda document: operations.move(document, cell_id, base_hash, after=after, before=before)
        )

    async def split(
        self, author: Author, cell_id: str, base_hash: str, *, line: int | None = None, character: int | None = None
    ) -> tuple[Cell, Cell]:
        """Part a cell before a line, counted from 1, or a character, counted from 0.

        The first part keeps the id and the outputs.
        """
        first, second = await self._write_cells(
            author,
            lambda document: operations.split(document, author, cell_id, base_hash, line=line, character=character),
        )
        return first, second

    async def merge(self, author: Author, cells: Sequence[tuple[str, str]]) -> Cell:
        """Make one cell of several, given as id and hash: the first in the notebook takes the others in.

        The texts are joined with an empty line between them, outputs and attachments are put together.
        """
        return await self._write_cell(author, lambda document: operations.merge(document, author, cells))

    async def change_type(self, author: Author, cell_id: str, base_hash: str, type: CellType) -> Cell:
        """Make a cell one of another type. A code cell's outputs go, for no other cell can hold them."""
        return await self._write_cell(
            author, lambda document: operations.change_type(document, author, cell_id, base_hash, type)
        )

    async def set_metadata(self, author: Author, cell_id: str, base_hash: str, changes: Mapping[str, Any]) -> Cell:
        """Set entries of a cell's metadata; those that are None go, the others stay."""
        return await self._write_cell(
            author, lambda document: operations.set_metadata(document, cell_id, base_hash, changes)
        )

    async def set_notebook_metadata(self, author: Author, changes: Mapping[str, Any]) -> None:
        """Set entries of the notebook's metadata; those that are None go, the others stay."""
        await self.write(author, lambda document: operations.set_notebook_metadata(document, changes))

    async def clear_outputs(self, author: Author, cell_id: str, base_hash: str) -> Cell:
        """Take a cell's outputs and execution count away."""
        return await self._write_cell(author, lambda document: operations.clear_outputs(document, cell_id, base_hash))

    async def clear_all_outputs(self, author: Author) -> None:
        """The same of every cell."""
        await self.write(author, operations.clear_all_outputs)

    async def write(self, author: Author, change: Callable[[YNotebook], T], *, save: bool = True) -> T:
        """Make a change of one's own to the document: what all the others do, and what undoes and restores them.

        `change` runs inside of one transaction with the author's origin. It may not wait, and it refuses before its
        first edit: a transaction cannot be taken back.

        Without `save` a room brings it to disk in its own time; a file is written all the same.
        """
        async with self._lock:
            while True:
                await self._refresh()
                try:
                    return await _to_its_end(self._committed(author, change, save=save))
                except RoomEnded:
                    log.debug("the room of %s ended before the write", self.path)

    @asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        """While it lasts, it is up to date and nobody writes to it through here; in a live room, others may.

        Raises:
            LuminaError: when it is gone or unreadable.
        """
        async with self._lock:
            await self._refresh()
            yield

    async def flush(self) -> None:
        """Save what was not saved when it was written, if there is something; a live room does so by itself.

        Raises:
            LuminaError: when it cannot be saved.
        """
        async with self._lock:
            if not self.replica.live:
                await self.replica.save()

    async def _committed(self, author: Author, change: Callable[[YNotebook], T], *, save: bool) -> T:
        recording = nullcontext() if self._recorder is None else self._recorder.writing(author)
        with saving_for([author.saved_as]), self.replica.kept():
            async with recording, transaction(self.replica, author.origin) as document:
                looked_at = document.ydoc.get_state() == self._looked_at
                result = change(document)
                if looked_at:
                    self._looked_at = document.ydoc.get_state()
            if save or not self.replica.live:
                await self.replica.save()
        return result

    async def _write_cell(self, author: Author, change: Callable[[YNotebook], str]) -> Cell:
        (cell,) = await self._write_cells(author, lambda document: (change(document),))
        return cell

    async def _write_cells(self, author: Author, change: Callable[[YNotebook], Sequence[str]]) -> tuple[Cell, ...]:
        def changed(document: YNotebook) -> tuple[Cell, ...]:
            return tuple(cell_at(document, index_of(document, cell_id)) for cell_id in change(document))

        cells = await self.write(author, changed)
        if self._seats is not None and author.kind == "agent" and cells:
            self._seats.edited(self, author, cells[0].id)
        return cells

    async def _refresh(self) -> None:
        await self.replica.refresh()
        async with transaction(self.replica, REPAIR_ORIGIN) as document:
            state = document.ydoc.get_state()
            if state != self._looked_at and repair_ids(document):
                log.info("cells of a notebook were given ids of their own path=%s", self.path)
            self._looked_at = state

    def _cell(self, cell_id: str) -> Cell:
        document = self.replica.document
        return cell_at(document, index_of(document, cell_id))


@asynccontextmanager
async def transaction(replica: Replica, origin: str) -> AsyncIterator[YNotebook]:
    """A transaction of its own on a replica's document. Nothing may be waited for inside of it.

    A room that loads a notebook keeps a transaction open while it lets others run; that one is waited for.
    """
    while True:
        document = replica.document
        try:
            own = document.ydoc.transaction(origin=origin)
        except RuntimeError:
            await asyncio.sleep(0)
        else:
            break
    with own:
        yield document


async def _to_its_end(work: Coroutine[Any, Any, T]) -> T:
    """What the work results in. Whoever waits can be cancelled; the work goes on, and is waited for."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        if not task.done():
            await asyncio.wait([task])
        if not task.cancelled() and isinstance(task.exception(), LuminaError):
            log.warning("a write that nobody waits for failed: %s", task.exception())
        raise
