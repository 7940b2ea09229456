"""A notebook that is open in a live room of jupyter-server-ydoc: the room's own document, saved through the room."""

from __future__ import annotations

import asyncio
import time
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


class RoomReplica:
    """A notebook in its room.

    Args:
        room: The room.
        path: Where the notebook is.
        file_id: Its id, which stays when it is renamed.
        lobby: See `Replica`.
    """

    live = True
    other_key = ""

    def __init__(self, room: Any, document: YNotebook, path: str, file_id: str, lobby: Awareness | None = None) -> None:
        self._room = room
        self._document = document
        self.path = path
        self.key = file_id
        self.lobby = lobby

    @property
    def document(self) -> YNotebook:
        """See `Replica`."""
        return self._document

    async def refresh(self) -> None:
        """See `Replica`: nothing, for the room takes in what others write to the file."""

    async def resume(self, state: bytes) -> None:
        """See `Replica`: nothing, for others have the room's document."""

    async def save(self) -> None:
        """See `Replica`."""
        from ..ydoc_server.room import LiveRoom

        await (self._save_guarded() if isinstance(self._room, LiveRoom) else self._save_upstream())

    async def _save_guarded(self) -> None:
        from tornado.web import HTTPError

        try:
            await self._room._save_to_disc()
        except (HTTPError, OSError) as error:
            raise self._not_saved() from error

    async def _save_upstream(self) -> None:
        """Upstream's room tells by the document's own `dirty` whether it saved, and never why it did not."""
        self._document.dirty = True
        for _attempt in range(MOST_ATTEMPTS):
            task = self._room._save_to_disc()
            # There is none while the room takes in what somebody else wrote to the file.
            await (asyncio.sleep(RETRY_AFTER) if task is None else task)
            if not self._document.dirty:
                return
        raise self._not_saved()

    def _not_saved(self) -> StorageFailed:
        return StorageFailed(
            f"{self.path} could not be saved.",
            hint="The edit is in the live notebook; the server's log says why it is not on disk yet.",
        )


async def find_room(collaboration: Any, file_ids: Any, path: str) -> RoomReplica | None:
    """The room in which the notebook at a path is open; None when it is not. It never opens one.

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
        if room.ready:
            lobby = rooms.rooms.get(LOBBY)
            return RoomReplica(room, document, path, str(file_id), None if lobby is None else lobby.awareness)
        if time.monotonic() > deadline:
            raise StorageFailed(f"{path} is still being opened.", hint="Try again; the server's log may say more.")
        await asyncio.sleep(RETRY_AFTER)
    return None
