"""Records a notebook's document: every update, with its author, from the first write of an agent on."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ...errors import LuminaError, StorageFailed
from ..document.author import Author
from ..replicas.replica import Replica
from .epochs import Epoch, epochs_of
from .journal_file import BASE, PERSON, Entry
from .marks import Marks
from .resuming import past_of
from .undone import Change
from .yjs_update import read_update

if TYPE_CHECKING:
    from jupyter_ydoc import YNotebook
    from pycrdt import Doc

    from .journal import Journal

NOTHING = b"\0\0"
"""The update that changes nothing."""

log = logging.getLogger(__name__)


class JournalRecorder:
    """Keeps one notebook's history; a `Recorder`.

    Args:
        journal: Where it is kept.
        replica: The notebook.
    """

    def __init__(self, journal: Journal, replica: Replica) -> None:
        self.journal = journal
        self._replica = replica
        self._document: YNotebook | None = None
        self._subscription: Any = None
        self._marks: Marks | None = None
        self._held: list[Entry] | None = None
        self._received: list[Entry] = []
        """What comes before the document tells of it."""
        self._author: Author | None = None
        self._changes: dict[str, Change] = {}
        self._change: Change | None = None
        self._has_told = False
        self._lock = asyncio.Lock()

    def follow(self, replica: Replica) -> None:
        """The notebook is reached by another replica from now on."""
        self._replica = replica

    @asynccontextmanager
    async def writing(self, author: Author) -> AsyncIterator[None]:
        """Around one write: the history is ready for it on entry, and holds it durably on exit.

        Raises:
            DiskFull: when there is no room for it, before anything is written.
            StorageFailed: when the journal cannot be used, before anything is written.
        """
        async with self._lock:
            await self._attach()
            await self.journal.flush()
            await self.journal.reserve()
            self._author, self._change, self._has_told = author, self._changes.pop(author.origin, None), False
            try:
                yield
            finally:
                change, self._change, self._author = self._change, None, None
            if change is not None and not self._has_told:
                self._add(self._entry(NOTHING, author, change))
            await self.journal.flush()

    async def attach(self) -> bool:
        """Record the document as it is now, where there is a history to go on with; whether there is one.

        Only while nobody else writes to a file's document, which can be another afterwards.

        Raises:
            LuminaError: when the journal cannot be used.
        """
        async with self._lock:
            if not await self.journal.exists(self._replica.other_key):
                return False
            await self._attach()
            return True

    def received(self, update: bytes, *, user: str = "", is_state: bool = False) -> None:
        """Record what a participant sent, just before the document takes it in.

        The document itself tells of it without what it throws away at once, such as text for a cell that an agent has
        deleted meanwhile, and without the participant's name. What cannot be read the document will not take in either.

        Args:
            update: The update, of one transaction or of all that the sender had.
            user: Who sent it.
            is_state: Whether it is all that the sender had.
        """
        if self._document is None or self._document is not self._replica.document or update == NOTHING:
            return
        try:
            read_update(update)
        except StorageFailed:
            log.warning("%s sent what is no update of a notebook", user or "somebody")
            return
        if not self._received:
            # The document tells of it at once, or not at all where it knew all of it.
            asyncio.get_running_loop().call_soon(self._record_received)
        self._received.append(Entry(number=0, at=time.time(), kind=PERSON, update=update, user=user, is_echo=is_state))

    def records(self, document: Doc[Any]) -> bool:
        """Whether that document's updates are recorded here."""
        return self._document is not None and self._document.ydoc is document

    def announce(self, author: Author, change: Change) -> None:
        """The next write of that author undoes or redoes something."""
        self._changes[author.origin] = change

    async def entries(self) -> list[Entry]:
        """The whole history.

        Raises:
            LuminaError: when it cannot be read.
        """
        if not await self.journal.exists(self._replica.other_key):
            return []
        return await self.journal.entries()

    async def close(self) -> None:
        """Record no more; what is recorded is on disk."""
        async with self._lock:
            self._detach()
            await self.journal.close()

    # --- the document -----------------------------------------------------------------------------

    async def _attach(self) -> None:
        document = self._replica.document
        if document is self._document and not self.journal.has_gap:
            return
        self._detach()
        if not self.journal.has_gap:
            await self.journal.flush()
        entries = await self._resumed(await self.journal.open(self._replica.other_key))
        document = self._replica.document
        self._held = []
        self._listen(document)
        state = document.ydoc.get_update()
        try:
            beginning = await asyncio.to_thread(_beginning, entries, state)
        except BaseException:
            self._detach()
            raise
        held, self._held = self._held, None
        for entry in [*beginning, *held]:
            self._add(entry)
        await self.journal.flush()

    async def _resumed(self, entries: list[Entry]) -> list[Entry]:
        """Let a file's document go on with its history; what is left of that."""
        if self._replica.live:
            return entries
        past = await asyncio.to_thread(past_of, entries, self._replica.document.ydoc.get_update())
        if past is None:
            return entries
        if len(past.entries) < len(entries):
            await self.journal.keep_only(past.entries)
        await self._replica.resume(past.state)
        return past.entries

    def _listen(self, document: YNotebook) -> None:
        self._marks = Marks(document)
        self._subscription = document.ydoc.observe(self._on_update)
        self._document = document

    def _detach(self) -> None:
        self._record_received()
        if self._document is not None and self._subscription is not None:
            self._document.ydoc.unobserve(self._subscription)
        if self._marks is not None:
            self._marks.close()
        self._document = self._subscription = self._marks = self._held = None

    def _on_update(self, event: Any) -> None:
        # An error here would break the transaction of whoever writes.
        try:
            self._record(event)
        except Exception:
            log.exception("an update of a notebook could not be recorded")

    def _record(self, event: Any) -> None:
        update = bytes(event.update)
        cells = dict(self._marks.take()) if self._marks is not None else {}
        if update == NOTHING:
            return
        author = self._author
        if author is not None and event.transaction.origin() == hash(author.origin):
            self._has_told = True
            self._add(self._entry(update, author, self._change, cells))
            return
        told = [entry for entry in self._received if entry.update == update]
        self._record_received(cells)
        if not told:
            self._add(Entry(number=0, at=time.time(), kind=PERSON, update=update, cells=cells))

    def _record_received(self, cells: dict[str, str] | None = None) -> None:
        received, self._received = self._received, []
        for entry in received:
            self._add(replace(entry, cells=cells or {}))

    def _entry(
        self, update: bytes, author: Author, change: Change | None, cells: dict[str, str] | None = None
    ) -> Entry:
        return Entry(
            number=0,
            at=time.time(),
            kind=author.kind,
            update=update,
            run=author.run,
            step=author.step,
            user=author.user,
            model=author.model,
            cells=cells or {},
            change=change,
        )

    def _add(self, entry: Entry) -> None:
        if self._held is not None:
            self._held.append(entry)
            return
        self.journal.add(replace(entry, number=self.journal.next_number))


def _beginning(entries: list[Entry], state: bytes) -> list[Entry]:
    """What a history needs to go on with a document: nothing, what the document has and it has not, or a new begin."""
    epochs = epochs_of(entries)
    if epochs:
        try:
            if epochs[-1].replay().continues_in(state):
                return _missed(epochs[-1], state)
        except LuminaError as error:
            log.warning("a notebook's history cannot be read to its end: %s", error)
    return [Entry(number=0, at=time.time(), kind=BASE, update=state)]


def _missed(epoch: Epoch, state: bytes) -> list[Entry]:
    document = epoch.document()
    updates: list[bytes] = []
    # Not what a state vector asks for: with that come all deletes, an undo's too, as if people had made them now.
    subscription = document.observe(lambda event: updates.append(bytes(event.update)))
    document.apply_update(state)
    document.unobserve(subscription)
    return [Entry(number=0, at=time.time(), kind=PERSON, update=each) for each in updates if each != NOTHING]
