"""The first moment of a room: its history on disk and its file brought together."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from tornado.web import HTTPError

from ...errors import NotebookUnreadable
from ..document.converge import converge
from .contents import fingerprint, plain, plain_and_fingerprint
from .histories import begin_again, begun_with, covers
from .merging import apply, let_go, merged
from .out_of_band import keep_damaged, lost_everything
from .strangers import with_shared

if TYPE_CHECKING:
    from .room import LiveRoom

log = logging.getLogger(__name__)


async def open_room(room: LiveRoom) -> bool:
    """Fill the room's document; whether it has something that the file has not.

    The history wins over a file that is as this history saved it last: then it can only have more. A file that
    somebody else has written since is merged with it. Without a history the document is built of the file.

    Raises:
        HTTPError, NotebookUnreadable: when there is neither a readable file nor anything to take its place.
        NotebookTooLarge: when the file has more than what a server can read beside its other work.
    """
    await room.check_size()
    room.record = await asyncio.to_thread(room.keeping.records.read, room.key)
    failure: Exception | None = None
    file: dict[str, Any] | None = None
    try:
        file = await room.load()
    except (HTTPError, NotebookUnreadable) as error:
        if isinstance(error, HTTPError) and error.status_code != 400:
            raise
        failure = error
    known = await _load_history(room)
    if file is not None and known:
        return await _bring_together(room, file)
    if file is not None:
        return await _begin(room, file, written=True)
    if not known:
        last = await _last_saved(room)
        if last is None:
            raise failure or HTTPError(404)
        await _begin(room, last, written=False)
    await keep_damaged(room)
    return True


async def _load_history(room: LiveRoom) -> bool:
    from pycrdt.store import YDocNotFound

    store = room.ystore
    if store is None:
        return False
    begun = room.ydoc.get_update()
    async with store.start_lock:
        if not store.started.is_set():
            room.create_task(store.start())
            await store.started.wait()
    with suppress(YDocNotFound):
        await store.apply_updates(room.ydoc)
        # A new room writes its path by itself; what is remembered of the history's state must be in the history.
        await store.write(begun)
        return len(room.document.ycells) > 0
    return False


async def _begin(room: LiveRoom, content: dict[str, Any], *, written: bool) -> bool:
    room.ydoc.apply_update(await asyncio.to_thread(begun_with, content))
    room.began_with(content, written=written)
    if room.ystore is not None and not room.keeps_history:
        # A store that was configured takes what comes when it comes.
        await room.remembered()
        await room.ystore.write(room.ydoc.get_update())
    return not written


async def _last_saved(room: LiveRoom) -> dict[str, Any] | None:
    for saved in reversed(room.record.saved):
        found = await asyncio.to_thread(room.keeping.records.content, room.key, saved)
        if found is not None:
            return found
    return None


async def _bring_together(room: LiveRoom, file: dict[str, Any]) -> bool:
    base, print_of_file = await asyncio.to_thread(plain_and_fingerprint, file)
    room.base = base
    untouched = room.record.untouched(print_of_file)
    if untouched is not None and covers(room.ydoc.get_state(), untouched.state_vector):
        # Whether it really holds more is seen when it is saved, for which nobody has to wait.
        room.deletions.allow_missing(base)
        return True
    ours, state = await room.content()
    if print_of_file == await asyncio.to_thread(fingerprint, ours):
        await room.note(base, state, written=True, fingerprint=print_of_file)
        return False
    snapshot = await room.keeping.keep_copy(room.key, ours, "before_reconnect", room.path)
    begun = await asyncio.to_thread(room.keeping.records.base, room.key, room.record, file)
    if begun is not None and lost_everything(begun, file):
        await keep_damaged(room)
        return True
    known = room.record.known_to(state)
    origin = untouched or (None if begun is None else room.record.of(await asyncio.to_thread(fingerprint, begun)))
    if origin is None or origin in known.saved:
        await _merge_file(room, begun or ours, ours, file, snapshot)
        return True
    if origin.found:
        # What is in the history since then is nowhere else; but it may have the file's changes, too.
        begun = await asyncio.to_thread(room.keeping.records.base, room.key, known, file) or ours
        begun = await asyncio.to_thread(with_shared, begun, file, ours)
        file_and_ours, _ = await asyncio.to_thread(merged, begun, ours, file)
        room.deletions.allow(let_go(begun, file_and_ours, file))
        await _begin_again(room, file_and_ours, file, snapshot)
    else:
        await _begin_again(room, file, file, snapshot)
    return True


async def _begin_again(room: LiveRoom, content: dict[str, Any], file: dict[str, Any], snapshot: str) -> None:
    """The history lacks what was saved, or taken in: the notebook goes on with another one.

    Whoever comes back with what is lacking brings it as a stranger, by its content. As edits of the same history it
    would come beside what the notebook has of it already.
    """
    with room.ydoc.transaction():
        del room.document.ycells[:]
        converge(room.document, content)
        begin_again(room.ydoc)
    await _keep(room, file)
    message = "A part of the notebook's history was lost: it was put together anew, of the file and of what is left."
    room.keeping.tell("merged", room.path, message, snapshot)


async def _merge_file(
    room: LiveRoom, base: dict[str, Any], ours: dict[str, Any], file: dict[str, Any], snapshot: str
) -> None:
    target, conflict = await asyncio.to_thread(merged, base, ours, file)
    room.deletions.allow(let_go(base, target, file))
    apply(room, target)
    await _keep(room, file)
    message = "The file was changed while nobody had it open; its changes were taken in."
    room.keeping.tell("conflict" if conflict else "merged", room.path, message, snapshot)


async def _keep(room: LiveRoom, file: dict[str, Any]) -> None:
    """Remember that the history has what is in the file."""
    if room.ystore is not None:
        # What the room writes by itself begins only when it is ready.
        await room.ystore.write(room.ydoc.get_update())
    await room.note(await asyncio.to_thread(plain, file), room.ydoc.get_state(), written=True, found=True)
