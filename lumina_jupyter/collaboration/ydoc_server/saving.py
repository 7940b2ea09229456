"""When and how a room's notebook is written to its file."""

from __future__ import annotations

import asyncio
import json
import logging
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from jupyter_core.utils import ensure_async
from jupyter_server_ydoc.utils import OutOfBandChanges
from tornado.web import HTTPError

from ...errors import LuminaError, NotebookUnreadable
from ..replicas.renames import in_place
from ..replicas.save_guard import check, put_back
from . import merging, out_of_band
from .contents import fingerprint, plain_and_fingerprint
from .turns import in_short_turns

if TYPE_CHECKING:
    from .room import LiveRoom

LONGEST = 1.5
"""Seconds after the first unsaved edit when saving begins at the latest: the file is never two seconds behind."""
FIRST_RETRY, LONGEST_RETRY = 2.0, 30.0
"""Seconds until a save that failed is tried again."""
_ATTEMPTS = 8
"""How often in a row the file may change under a save."""

log = logging.getLogger(__name__)


class Saver:
    """Saves one room: soon after a pause, and also when there is none.

    Args:
        room: What it saves.
        delay: Seconds without an edit after which it is saved; None: only when somebody asks.
    """

    def __init__(self, room: LiveRoom, delay: float | None) -> None:
        self._room = room
        self._delay = delay
        self._first: float | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._retry = FIRST_RETRY
        self._failing = False
        self.over = False
        """Whether nothing is written or taken in any more."""
        self.lock = asyncio.Lock()
        """Held while the file is written or taken in."""
        self.dirty = False
        self.edits = 0
        """How many there were."""

    def changed(self, *, wait: bool = True) -> None:
        """Something was edited; it is saved after a `wait`, or when somebody asks."""
        self.dirty = True
        self.edits += 1
        if self._delay is None or self._failing or not wait:
            return
        now = asyncio.get_running_loop().time()
        self._first = self._first if self._first is not None else now
        self._at(min(now + self._delay, self._first + max(LONGEST, self._delay)))

    def now(self) -> asyncio.Task[Any]:
        """Save at once, whatever was edited; the task fails when it could not be saved."""
        return self._begin(forced=True)

    def again(self) -> None:
        """The file could not be taken in: it is tried again, as a save that failed is."""
        self.dirty = True
        if self._delay is not None and not self._failing:
            self._at(asyncio.get_running_loop().time() + self._retry)

    async def finish(self) -> None:
        """Save what is unsaved, if it may be saved unasked, also what is edited meanwhile; what fails is not repeated."""
        if self._timer is not None:
            self._timer.cancel()
        if self._tasks:
            await asyncio.wait(set(self._tasks))
        edits = -1
        while self.dirty and self.edits != edits and self._room.ready and self._room.autosaves():
            edits = self.edits
            await asyncio.wait({self._begin(forced=False)})
        if self._timer is not None:
            self._timer.cancel()

    async def end(self) -> None:
        """Finish, then leave the file to others for good."""
        try:
            await self.finish()
            while self._tasks:
                await asyncio.wait(set(self._tasks))
            # Whoever takes the file in at this moment does so to the end.
            async with self.lock:
                pass
        finally:
            self.over = True
            if self._timer is not None:
                self._timer.cancel()

    def _at(self, when: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self.over:
            return
        self._timer = asyncio.get_running_loop().call_at(when, lambda: self._begin(forced=False))

    def _begin(self, *, forced: bool) -> asyncio.Task[Any]:
        task = asyncio.get_running_loop().create_task(self._save(forced=forced))
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            # What went wrong has been told; whoever asked for the save looks at the task.
            task.exception()

    async def _save(self, *, forced: bool) -> None:
        room = self._room
        self._first = None
        async with self.lock:
            if self.over:
                raise LuminaError(f"{room.path} was closed.", hint="Open it again; nothing of it is lost.")
            try:
                with in_short_turns():
                    await self._write(forced=forced)
            except Exception as error:
                self._failed(error)
                raise
            self._succeeded()
        room.emit("save", "Content saved.")

    async def _write(self, *, forced: bool) -> None:
        for _ in range(_ATTEMPTS):
            try:
                await write_once(self._room, forced=forced)
            except OutOfBandChanges:
                await out_of_band.take_in(self._room)
            else:
                return
        raise LuminaError(f"{self._room.path} is written by another program all the time.", hint="Stop that program.")

    def _succeeded(self) -> None:
        failed, self._failing, self._retry = self._failing, False, FIRST_RETRY
        if failed and self.dirty and self._delay is not None:
            # What was edited meanwhile waited for this.
            self._at(asyncio.get_running_loop().time() + self._delay)

    def _failed(self, error: Exception) -> None:
        room = self._room
        message = error.message if isinstance(error, LuminaError) else str(error)
        room.emit("save", f"{room.path} could not be saved: {message}", error=True)
        if not self._failing:
            room.keeping.tell("not_saved", room.path, f"It could not be saved, and is tried again: {message}")
        self._failing = self.dirty = True
        if self._delay is not None:
            self._at(asyncio.get_running_loop().time() + self._retry)
        self._retry = min(2 * self._retry, LONGEST_RETRY)


async def write_once(room: LiveRoom, *, forced: bool) -> None:
    """Write a room's notebook to its file, if it is not there already.

    Raises:
        OutOfBandChanges: when somebody else has written the file; nothing is written then.
        HTTPError, LuminaError: when it cannot be written.
    """
    await room.remembered()
    until, edits = room.deletions.now, room.saver.edits
    content, state = await room.content()
    if await _cells_were_put_back(room, content):
        edits = room.saver.edits
        content, state = await room.content()
    last = room.record.last
    kept, print_of_it = await asyncio.to_thread(plain_and_fingerprint, content)
    same = last is not None and last.written and last.content == print_of_it
    if not same or forced or room.file_is_stale:
        # In this order, a crash between two steps leaves nothing that would be taken for somebody else's change.
        await room.flush_history()
        before = room.record
        await room.note(kept, state, written=False, fingerprint=print_of_it)
        try:
            async with room.turn():
                model = await write_file(room, content)
        except OutOfBandChanges:
            await room.withdraw(before)
            raise
        if model is None:
            raise LuminaError("The file may not be written.", hint="Save it under another name.")
        file_hash = str(model.get("hash") or "")
        room.tell_of_file(file_hash)
        await room.note_written(file_hash)
        room.base, room.file_is_stale, room.file_time = kept, False, model["last_modified"]
        if not await _is_as_written(room, content, model):
            raise OutOfBandChanges
    room.deletions.forget(until)
    if room.saver.edits == edits:
        room.saver.dirty = False
        room.mark_saved()


async def write_file(room: LiveRoom, content: dict[str, Any]) -> dict[str, Any] | None:
    """Have the contents manager write the file; what it says of it then, None when it may not be written.

    As upstream's way to do it, but that somebody else's write counts as seen only when the room has taken it in, and
    not as soon as anybody has looked at the file's time.

    Raises:
        OutOfBandChanges: when the file is not as the room knows it.
    """
    file = room.file
    async with file._lock, in_place(file._contents_manager):
        path = file.path
        found = await ensure_async(file._contents_manager.get(path, type="notebook", content=False))
        if not found["writable"]:
            return None
        if found["last_modified"] != room.file_time:
            file.last_modified = found["last_modified"]
            raise OutOfBandChanges
        model = {"format": "json", "type": "notebook", "content": content}
        # It goes on to its end, whoever does not wait for it any more: half a save would be half a file.
        task = asyncio.create_task(file._save_content(model, asyncio.Event(), path))
        try:
            saved: dict[str, Any] = await asyncio.shield(task)
        except asyncio.CancelledError:
            await asyncio.wait({task})
            raise
        return saved


async def _is_as_written(room: LiveRoom, content: dict[str, Any], model: dict[str, Any]) -> bool:
    """Whether the file is what was just written; who writes it in the same moment changes nothing in its time."""
    if model.get("hash") == await asyncio.to_thread(_hash_of, content):
        return True
    try:
        found = await room.load()
    except (HTTPError, NotebookUnreadable):
        return False
    return await asyncio.to_thread(lambda: fingerprint(found) == fingerprint(content))


def _hash_of(content: dict[str, Any]) -> str:
    """The hash of the file that Jupyter's own contents managers write."""
    from nbformat import from_dict
    from nbformat.v4.nbjson import BytesEncoder
    from nbformat.v4.rwbase import split_lines, strip_transient

    # What nbformat's own writing does besides, a look at what is valid and a copy, takes two thirds of its time.
    notebook = strip_transient(split_lines(from_dict(content)))
    text = json.dumps(notebook, cls=BytesEncoder, ensure_ascii=False, indent=1, sort_keys=True, separators=(",", ": "))
    return sha256(f"{text}\n".encode()).hexdigest()


async def _cells_were_put_back(room: LiveRoom, content: dict[str, Any]) -> bool:
    if room.base is None or not room.deletions.watches:
        # The room has ended while somebody still wrote: nobody has seen what they deleted.
        return False
    refusal = check(room.base, content, room.deletions.ids)
    if refusal is None:
        return False
    await room.keeping.keep_copy(room.key, content, "recovery", room.path)
    snapshot = await room.keeping.keep_copy(room.key, room.base, "recovery", room.path)
    merging.apply(room, put_back(room.base, room.read(), refusal), kind="restore")
    room.keeping.tell("cells_put_back", room.path, f"{refusal.message} They were put back.", snapshot)
    return True
