"""A live room that loses nothing: jupyter-server-ydoc's own, with another way to open, to save and to take in."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import AbstractAsyncContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_core.utils import ensure_async
from jupyter_server_ydoc.rooms import DocumentRoom
from jupyter_server_ydoc.utils import LogLevel

from ..document.shared_cells import content_in, copy_of
from ..document.size_limit import check_size
from ..replicas.replica import RoomEnded
from ..replicas.turn_taking import turn
from ..saved_for import saved_for
from . import opening, out_of_band
from .beginning import Beginning
from .deletions import Deletions
from .reading import read_file
from .records import Record
from .saving import Saver
from .turns import in_short_turns

if TYPE_CHECKING:
    from .keeping import Keeping
    from .strangers import Stranger
    from .writers import Writer

STOP_TIME = 10.0
"""Seconds that the last save of a room may take when it is closed."""
NEWS_TIME = 0.25
"""Seconds after which frontends know of a file that was written: the news comes to them, and they ask for the rest.
Enough for whoever is this long away, there and back."""


class LiveRoom(DocumentRoom):  # type: ignore[misc]  # upstream ships no types
    """The room of one notebook.

    Args:
        keeping: Where its history and its last saved states are.
        key: The notebook's file id.
        arguments: The rest is upstream's.
    """

    def __init__(self, *arguments: Any, keeping: Keeping, key: str, **named: Any) -> None:
        self.keeping = keeping
        self.key = key
        self.writer: Writer | None = None
        self.ready: bool
        self.strangers: dict[frozenset[int], Stranger] = {}
        """Histories that the room does not share, by where they began, of those who came back with them."""
        self.ends = False
        """Whether nobody may begin to write into it any more."""
        self._writes = 0
        self._unoccupied = asyncio.Event()
        self._unoccupied.set()
        self.record = Record()
        self.file_time: Any = None
        """The file's time when it was last read or written for this room."""
        self.taken_in = ""
        """The fingerprint of what the room has taken in, and could not yet remember to have."""
        self.file_is_stale = False
        """Whether the file has to be written though nothing was edited."""
        self._known_path = ""
        self._told_at = float("-inf")
        self._beginning: Beginning | None = None
        self.base: dict[str, Any] | None = None
        """What was last saved to the file, or last found in it."""
        super().__init__(*arguments, **named)
        self.deletions = Deletions(self._document)
        self.saver = Saver(self, self._save_delay)
        # All of the notebook is there when the room is ready.
        self._document_progressively_loaded.set_result(None)

    @property
    def path(self) -> str:
        """Where the notebook is now."""
        with suppress(RuntimeError):
            # A file that was deleted has no path any more.
            self._known_path = str(self._file.path)
        return self._known_path

    @property
    def document(self) -> Any:
        """The shared notebook."""
        return self._document

    @property
    def file(self) -> Any:
        """Upstream's way to the file."""
        return self._file

    async def initialize(self) -> None:
        """Bring file and history together; once."""
        async with self._update_lock:
            if not self.ready:
                await self._open()

    async def _open(self) -> None:
        with in_short_turns():
            unsaved = await opening.open_room(self)
        beginning = self._beginning
        self.deletions.begin(() if beginning is None else beginning.cells)
        if self.keeps_history:
            self.ystore.follow(self.ydoc, after=None if beginning is None else beginning.remembered)
        self.ready = True
        self.emit("initialize", "Room initialized")
        if unsaved:
            self.saver.changed()

    @property
    def keeps_history(self) -> bool:
        """Whether its store is ours, which takes each edit in the moment in which it is made."""
        return hasattr(self.ystore, "follow")

    def began_with(self, content: dict[str, Any], *, written: bool) -> None:
        """Its document was built of this, and of nothing else."""
        self._beginning = Beginning(self, content, written=written)

    async def remembered(self) -> None:
        """Return when what it was built of is on the disk, and `base` and `record` are known.

        Raises:
            DiskFull, StorageFailed: when it cannot be.
        """
        if self._beginning is not None:
            await self._beginning.remembered()

    async def content(self) -> tuple[dict[str, Any], bytes]:
        """The notebook at this moment, and the state of its history then; the event loop goes on meanwhile."""
        update, state = self.ydoc.get_update(), self.ydoc.get_state()
        return await asyncio.to_thread(lambda: content_in(copy_of(update))), state

    async def check_size(self) -> None:
        """Nothing when the file may be opened.

        Raises:
            HTTPError: when there is none.
            NotebookTooLarge: when it has too many bytes.
        """
        model = await ensure_async(self._file._contents_manager.get(self.path, content=False))
        check_size(model.get("size"), self.keeping.largest_mb)

    async def load(self) -> dict[str, Any]:
        """The notebook in the file.

        Raises:
            HTTPError: when there is none that can be read.
            NotebookUnreadable: when it is no notebook.
        """
        return await read_file(self)

    async def flush_history(self) -> None:
        """Wait until the history on disk holds all that was edited."""
        if self.keeps_history:
            await self.ystore.flush()

    def emit(self, action: str, message: str, *, error: bool = False) -> None:
        """Tell the log and the frontends, upstream's way."""
        self._emit(LogLevel.ERROR if error else LogLevel.INFO, action, message)

    def read(self) -> dict[str, Any]:
        """The notebook at this moment, read at once: for what changes it in the same breath."""
        return content_in(self._document)

    async def note(
        self, content: dict[str, Any], state: bytes, *, written: bool, found: bool = False, fingerprint: str = ""
    ) -> None:
        """Remember on disk what is about to be written to the file, or is there; its `fingerprint` if it is known."""
        note = self.keeping.records.note
        self.record = await asyncio.to_thread(
            note, self.key, self.record, content, state, written=written, found=found, known=fingerprint
        )

    async def note_written(self, file_hash: str) -> None:
        """What was remembered last is in the file now."""
        records = self.keeping.records
        self.record = await asyncio.to_thread(records.note_written, self.key, self.record, file_hash)

    async def withdraw(self, record: Record) -> None:
        """What was remembered after this has not been written: nobody's version of the file begins with it."""
        self.record = await asyncio.to_thread(self.keeping.records.withdraw, self.key, record)

    def tell_of_file(self, file_hash: str) -> None:
        """Tell the frontends which file is theirs: they take any other for somebody else's."""
        if file_hash and self._document.hash != file_hash:
            self._document.hash = file_hash
            self._told_at = asyncio.get_running_loop().time()

    def was_answered(self) -> None:
        """A frontend that asked for a save has its answer: it need not wait for the news."""
        self._told_at = float("-inf")

    async def agree(self) -> None:
        """Wait until the frontends know the file as it is, with what others wrote taken in.

        Raises:
            HTTPError: when the file is gone.
        """
        await self._file.maybe_notify()
        loop = asyncio.get_running_loop()
        while True:
            async with self.saver.lock:
                self.tell_of_file(await self._file_hash())
            remaining = self._told_at + NEWS_TIME - loop.time()
            if remaining <= 0:
                return
            await asyncio.sleep(remaining)

    async def _file_hash(self) -> str:
        manager = self._file._contents_manager
        model = await ensure_async(manager.get(self.path, content=False, require_hash=True))
        return str(model.get("hash") or "")

    def mark_saved(self) -> None:
        """Tell the frontends that nothing is unsaved."""
        if self._document.dirty is not False:
            self._document.dirty = False

    def turn(self) -> AbstractAsyncContextManager[None]:
        """While it lasts, nobody else of Lumina's writes the file: who edits it may have looked before the room was."""
        manager = self._file._contents_manager
        if not hasattr(manager, "_get_os_path"):
            return nullcontext()
        return turn(Path(manager._get_os_path(self.path.strip("/"))).parent)

    def autosaves(self) -> bool:
        """Whether anybody who is here wants changes saved by themselves, or nobody says anything; agents never do."""
        if self._save_delay is None:
            return False
        people = [state for state in self.awareness.states.values() if state and not is_agent(state)]
        wishes = [state.get("autosave", True) for state in people]
        return any(wishes) if wishes else True

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Around a write of the server's own and its saving: the room does not end meanwhile.

        Raises:
            RoomEnded: when it does already.
        """
        if self.ends:
            raise RoomEnded
        self._writes += 1
        self._unoccupied.clear()
        try:
            yield
        finally:
            self._writes -= 1
            if not self._writes:
                self._unoccupied.set()

    async def stop(self) -> None:
        """Save what is unsaved, then end; what an ended room is told reaches neither its history nor the file."""
        self.ends = True
        with suppress(TimeoutError):
            await asyncio.wait_for(self._unoccupied.wait(), STOP_TIME)
        with suppress(TimeoutError):
            await asyncio.wait_for(self.saver.end(), STOP_TIME)
        with suppress(TimeoutError):
            await asyncio.wait_for(self.flush_history(), STOP_TIME)
        if self.keeps_history:
            self.ystore.unfollow()
        self.deletions.end()
        # Upstream would cancel a save that somebody has asked for just now, and still waits for.
        self._saving_document: asyncio.Task[Any] | None = None
        await super().stop()

    async def finish(self) -> None:
        """Bring everything to disk."""
        await self.saver.finish()
        await self.flush_history()

    def _on_document_change(self, target: str, event: Any) -> None:
        if target != "state" and self.ready:
            names = saved_for() or (() if self.writer is None else (self.writer.name,))
            self.keeping.contributors.edited(self.key, names)
            self.saver.changed(wait=self.autosaves())

    async def _on_outofband_change(self) -> None:
        async with self._update_lock:
            # It may have changed after the room, which is being opened, has read it.
            pass
        await out_of_band.file_changed(self)

    def _save_to_disc(self) -> asyncio.Task[Any] | None:
        if not self.ready:
            return None
        self._saving_document = self.saver.now()
        return self._saving_document


def is_agent(state: Mapping[str, Any]) -> bool:
    """Whether what somebody tells of themselves in a room is an agent's: its work is saved by whoever asks for it."""
    told = state.get("lumina")
    return isinstance(told, Mapping) and told.get("agent") is True
