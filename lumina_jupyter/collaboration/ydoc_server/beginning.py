"""What a room's document was built of, remembered on disk after the first participants have the notebook.

Nobody who opens a notebook waits for it. That is safe, for what could be lost with it is not there yet:

- Nothing of the room's history is on the disk before the state that it began with is: the store asks for it. Edits in a
  history of unknown beginning would be nobody's, and a later look would undo them.
- Nothing is written to the file before, and nothing that somebody else wrote to it is taken in: both ask for it.
- If the server ends before, the file is as it was. The room is built of it again, with the same history, since that is
  made of the content alone; whoever was in it has their edits still, and brings them back.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from .contents import plain_and_fingerprint
from .turns import in_short_turns

if TYPE_CHECKING:
    from .room import LiveRoom


class Beginning:
    """The first state of a room that was built of a file.

    Args:
        room: The room.
        content: What it was built of.
        written: Whether the file holds that.
    """

    def __init__(self, room: LiveRoom, content: dict[str, Any], *, written: bool) -> None:
        self._room = room
        self._content: dict[str, Any] | None = content
        self._state = room.ydoc.get_state()
        self._written = written
        self._lock = asyncio.Lock()

        self.cells = [cell["id"] for cell in content["cells"]]
        """The ids of its cells."""

    async def remembered(self) -> None:
        """Return when it is on the disk; who comes first puts it there.

        Raises:
            DiskFull, StorageFailed: when it cannot be written; the next one tries it again.
        """
        async with self._lock:
            if self._content is None:
                return
            with in_short_turns():
                base, known = await asyncio.to_thread(plain_and_fingerprint, self._content)
                await self._room.note(base, self._state, written=self._written, fingerprint=known)
            self._room.base = base
            self._content = None
