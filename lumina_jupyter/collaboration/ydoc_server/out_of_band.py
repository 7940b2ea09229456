"""A file that somebody else writes while its notebook is open."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from jupyter_core.utils import ensure_async
from tornado.web import HTTPError

from ...errors import LuminaError, NotebookUnreadable
from ..replicas.save_guard import is_empty
from .contents import fingerprint, plain
from .histories import OF_NONE
from .merging import merge_into
from .turns import in_short_turns

if TYPE_CHECKING:
    from .room import LiveRoom

log = logging.getLogger(__name__)


async def file_changed(room: LiveRoom) -> None:
    """The file's time has changed: take in what is new in it, and save what comes of it."""
    if not room.ready:
        return
    async with room.saver.lock:
        if room.saver.over:
            return
        try:
            with in_short_turns():
                unsaved = await take_in(room)
        except (LuminaError, HTTPError, OSError) as error:
            room.emit("overwrite", f"The changed file {room.path} cannot be taken in: {error}", error=True)
            room.saver.again()
            return
    if unsaved:
        room.saver.changed()


async def take_in(room: LiveRoom) -> bool:
    """Merge the file into the room; whether the room has something now that the file has not.

    Raises:
        HTTPError: when the file is gone.
        LuminaError: when what was found cannot be remembered.
    """
    await room.remembered()
    try:
        return await _take_in(room)
    except BaseException:
        # It has been read, and is not here: whoever writes must not take it for known.
        room.file_time = None
        raise


async def _take_in(room: LiveRoom) -> bool:
    try:
        theirs = await room.load()
    except (HTTPError, NotebookUnreadable) as error:
        if isinstance(error, HTTPError) and error.status_code != 400:
            raise
        await keep_damaged(room)
        return True
    print_of_file = await asyncio.to_thread(fingerprint, theirs)
    record = room.record.taken_in
    if record.untouched(print_of_file) is not None:
        # Also the state before the last one, when that could not be written.
        return room.saver.dirty
    base = await asyncio.to_thread(room.keeping.records.base, room.key, record, theirs) or room.base or theirs
    if lost_everything(base, theirs):
        await keep_damaged(room)
        return True
    ours, _ = await room.content()
    snapshot = await room.keeping.keep_copy(room.key, ours, "before_reconnect", room.path)
    found = await asyncio.to_thread(plain, theirs)
    conflict = False
    if room.taken_in != print_of_file:
        # Before anybody has it: if the history loses it, those who come back with it would bring it a second time.
        await room.note(found, OF_NONE, written=True, found=True, fingerprint=print_of_file)
        conflict = await merge_into(room, base, theirs)
        room.taken_in = print_of_file
    room.base = found
    await room.note(found, room.ydoc.get_state(), written=True, found=True, fingerprint=print_of_file)
    room.taken_in = ""
    room.emit("overwrite", "Another program changed the file; its changes were taken in.")
    if conflict:
        message = "Another program changed the same lines in the file as somebody here: both were kept."
        room.keeping.tell("conflict", room.path, message, snapshot)
    now, _ = await room.content()
    return await asyncio.to_thread(fingerprint, now) != print_of_file


def lost_everything(base: Mapping[str, Any], theirs: Mapping[str, Any]) -> bool:
    """Whether a file has nothing left of a notebook that had something: no edit, an accident."""
    return all(map(is_empty, theirs.get("cells", ()))) and not all(map(is_empty, base.get("cells", ())))


async def keep_damaged(room: LiveRoom) -> None:
    """Tell that the file is damaged; what is left of it is kept, since the room's notebook will be written over it."""
    room.file_is_stale = True
    raw = await _raw(room)
    snapshot = await room.keeping.keep_copy(room.key, {"damaged": raw}, "recovery", room.path) if raw.strip() else ""
    message = "The file was emptied or damaged by another program; it is written again as it is in the open notebook."
    room.keeping.tell("damaged_file", room.path, message, snapshot)


async def _raw(room: LiveRoom) -> str:
    manager = room.file._contents_manager
    try:
        model = await ensure_async(manager.get(room.path, type="file", format="base64", content=True))
    except (HTTPError, OSError) as error:
        log.warning("the damaged file %s cannot be read: %s", room.path, error)
        return ""
    content: Any = model.get("content")
    return content if isinstance(content, str) else ""
