"""The live rooms of a server as they are, guarded or not: found, and saved. None is ever opened here."""

from __future__ import annotations

import asyncio
import time
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...errors import StorageFailed

if TYPE_CHECKING:
    from jupyter_ydoc import YNotebook
    from pycrdt import Awareness

MOST_ATTEMPTS = 20
"""How often a save is asked for: an edit of somebody else calls off the one that is under way."""
RETRY_AFTER = 0.05
"""Seconds until a busy room is asked again."""
LOBBY = "JupyterLab:globalAwareness"
"""The room in which JupyterLab's pages tell each other who is there."""
LOADING_TIMEOUT = 60.0
"""Seconds that a room gets to load its notebook."""


@dataclass(frozen=True, slots=True)
class OpenRoom:
    """A room, loaded, with the notebook that is open in it."""

    room: Any
    document: YNotebook
    file_id: str
    lobby: Awareness | None
    """All who are at the server; None where nobody is told of them."""


async def open_room_of(collaboration: Any, file_ids: Any, path: str) -> OpenRoom | None:
    """The room in which the notebook at a path is open; None when it is not.

    Args:
        collaboration: The server's jupyter-server-ydoc extension.
        file_ids: The server's file id manager.
        path: Of the notebook, below the server's root.

    Raises:
        StorageFailed: when the room does not get its content loaded.
    """
    file_id = file_ids.get_id(path)
    if file_id is None:
        return None
    name = f"json:notebook:{file_id}"
    rooms = collaboration.ywebsocket_server
    if not rooms.room_exists(name):
        return None
    # This waits for whoever makes the room at this moment.
    document = await collaboration.get_document(room_id=name, copy=False, create=False)
    deadline = time.monotonic() + LOADING_TIMEOUT
    while document is not None and rooms.room_exists(name):
        room = await rooms.get_room(name)
        if getattr(room, "ends", False):
            return None
        if room.ready:
            lobby = rooms.rooms.get(LOBBY)
            return OpenRoom(room, document, str(file_id), None if lobby is None else lobby.awareness)
        if time.monotonic() > deadline:
            raise StorageFailed(f"{path} is still being opened.", hint="Try again; the server's log may say more.")
        await asyncio.sleep(RETRY_AFTER)
    return None


async def shared_state(collaboration: Any, file_ids: Any, path: str) -> bytes | None:
    """All of the notebook that is open in a room, loaded or not; None when it is in none."""
    if file_ids.get_id(path) is None:
        return None
    document = await collaboration.get_document(
        path=path, content_type="notebook", file_format="json", copy=False, create=False
    )
    state: bytes | None = None if document is None else document.ydoc.get_update()
    return state


def kept_open(room: Any) -> AbstractContextManager[None]:
    """While it lasts, a room does not end.

    Raises:
        RoomEnded: when it has.
    """
    from .room import LiveRoom

    return room.kept() if isinstance(room, LiveRoom) else nullcontext()


async def save_room(room: Any, document: YNotebook) -> bool:
    """Bring a room's notebook to disk; whether it is there. The server's log says why it is not."""
    from .room import LiveRoom

    return await (_saved_guarded(room) if isinstance(room, LiveRoom) else _saved_upstream(room, document))


async def _saved_guarded(room: Any) -> bool:
    from tornado.web import HTTPError

    try:
        await room._save_to_disc()
    except (HTTPError, OSError):
        return False
    return True


async def _saved_upstream(room: Any, document: YNotebook) -> bool:
    """Upstream's room tells by the document's own `dirty` whether it saved, and never why it did not."""
    document.dirty = True
    for _attempt in range(MOST_ATTEMPTS):
        task = room._save_to_disc()
        # There is none while the room takes in what somebody else wrote to the file.
        await (asyncio.sleep(RETRY_AFTER) if task is None else task)
        if not document.dirty:
            return True
    return False
