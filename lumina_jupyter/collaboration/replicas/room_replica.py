"""A notebook that is open in a live room of jupyter-server-ydoc: the room's own document, saved through the room."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from ...errors import StorageFailed

if TYPE_CHECKING:
    from jupyter_ydoc import YNotebook
    from pycrdt import Awareness

    from ..ydoc_server.open_rooms import OpenRoom


class RoomReplica:
    """A notebook in its room.

    Args:
        room: The room.
        path: Where the notebook is.
    """

    live = True
    other_key = ""

    def __init__(self, room: OpenRoom, path: str) -> None:
        self._room = room
        self.path = path
        self.key = room.file_id

    @property
    def document(self) -> YNotebook:
        """See `Replica`."""
        return self._room.document

    @property
    def lobby(self) -> Awareness | None:
        """See `Replica`."""
        return self._room.lobby

    async def refresh(self) -> None:
        """See `Replica`: nothing, for the room takes in what others write to the file."""

    async def resume(self, state: bytes) -> None:
        """See `Replica`: nothing, for others have the room's document."""

    def kept(self) -> AbstractContextManager[None]:
        """See `Replica`; a room that nobody guards may end all the same."""
        from ..ydoc_server.open_rooms import kept_open

        return kept_open(self._room.room)

    async def save(self) -> None:
        """See `Replica`."""
        from ..ydoc_server.open_rooms import save_room

        if not await save_room(self._room.room, self.document):
            raise StorageFailed(
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
    from ..ydoc_server.open_rooms import open_room_of

    found = await open_room_of(collaboration, file_ids, path)
    return None if found is None else RoomReplica(found, path)
