"""The agent as one of those who have a live notebook open: its name and colour, where it works, what it does."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol

from ..errors import LuminaError
from .execution.displays import cell_of

if TYPE_CHECKING:
    from jupyter_ydoc import YNotebook
    from pycrdt import Awareness

    from .document.author import Author
    from .document.document import NotebookDocument
    from .replicas.replica import Replica

COLOUR = "#7c3aed"
RENEW_EVERY = 10.0
"""Seconds; whoever is silent for 30 counts as gone."""


class Presence(Protocol):
    """What others see of an author at work."""

    def is_in(self, replica: Replica) -> bool:
        """Whether it is where the notebook is at the moment."""
        ...

    def work_on(self, cell_id: str, status: str = "") -> None:
        """Put the cursor into a cell, at the end of its text, and say what is done there."""
        ...

    def say(self, status: str) -> None:
        """Say what is done, as in "running cell 4, 00:31"."""
        ...

    async def leave(self) -> None:
        """Be gone at once. Nothing happens the second time."""
        ...

    async def forget(self) -> None:
        """Be gone without telling anybody, for there is nobody any more."""
        ...


class Absent:
    """Nobody watches a file."""

    def is_in(self, replica: Replica) -> bool:
        """Whether the notebook is no more than a file."""
        return not replica.live

    def work_on(self, cell_id: str, status: str = "") -> None:
        """Do nothing."""

    def say(self, status: str) -> None:
        """Do nothing."""

    async def leave(self) -> None:
        """Do nothing."""

    async def forget(self) -> None:
        """Do nothing."""


class Participant:
    """An author in a room, beside the people: with an id of its own, as if it had come by a connection.

    Args:
        document: The room's document.
        room: Who is in the room.
        author: Who it is.
    """

    def __init__(self, document: YNotebook, room: Awareness, author: Author) -> None:
        from pycrdt import Awareness, Doc

        self._document = document
        self._room = room
        self._own = Awareness(Doc())
        self._state: dict[str, Any] = {
            # A participant that does not say so has everybody's autosave switched on.
            "autosave": False,
            "user": {
                "username": f"lumina:{author.run}",
                "name": author.name,
                "display_name": author.name,
                "initials": author.name[:2].upper(),
                "color": COLOUR,
                "avatar_url": None,
            },
            "lumina": {"agent": True, "run": author.run, "user": author.user, "cell": "", "status": ""},
            "cursors": [],
        }
        self._tell(self._state)
        self._renewing: asyncio.Task[None] | None = asyncio.create_task(self._renew())

    def is_in(self, replica: Replica) -> bool:
        """Whether the notebook is in the same room still."""
        return replica.live and replica.document is self._document

    def work_on(self, cell_id: str, status: str = "") -> None:
        """Put the cursor into a cell, at the end of its text, and say what is done there."""
        self._state["cursors"] = self._cursors(cell_id)
        self._state["lumina"] = {**self._state["lumina"], "cell": cell_id, "status": status}
        self._tell(self._state)

    def say(self, status: str) -> None:
        """Say what is done, as in "running cell 4, 00:31"."""
        if status != self._state["lumina"]["status"]:
            self._state["lumina"] = {**self._state["lumina"], "status": status}
            self._tell(self._state)

    async def leave(self) -> None:
        """Be gone at once. Nothing happens the second time."""
        if self._renewing is not None:
            await self.forget()
            self._tell(None)

    async def forget(self) -> None:
        """Be gone without telling anybody, for there is nobody any more."""
        renewing, self._renewing = self._renewing, None
        if renewing is not None:
            renewing.cancel()
            await asyncio.wait({renewing})

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(RENEW_EVERY)
            self._tell(self._state)

    def _tell(self, state: dict[str, Any] | None) -> None:
        # A copy: what awareness holds is compared with what comes next.
        self._own.set_local_state(None if state is None else json.loads(json.dumps(state)))
        update = self._own.encode_awareness_update([self._own.client_id])
        # As if it were the room's own, for that is what a room passes on to its clients.
        self._room.apply_awareness_update(update, "local")

    def _cursors(self, cell_id: str) -> list[dict[str, Any]]:
        from pycrdt import Assoc, StickyIndex, Text

        cell = cell_of(self._document, cell_id)
        text = None if cell is None else cell.get("source")
        if not isinstance(text, Text):
            return []
        place = StickyIndex.new(text, len(text), Assoc.BEFORE).to_json()
        position = {"tname": None, "type": None, "item": None, **place}
        return [{"anchor": position, "head": position, "primary": True, "empty": True}]


class Seat:
    """The author wherever the notebook is: in its room as long as there is one, and in the next.

    Args:
        document: The notebook.
        author: Who it is.
    """

    def __init__(self, document: NotebookDocument, author: Author) -> None:
        self._document = document
        self._author = author
        self._presence: Presence = Absent()
        self._cell = ""

    async def work_on(self, cell_id: str, status: str) -> None:
        """See `Presence`."""
        self._cell = cell_id
        await self._move()
        self._presence.work_on(cell_id, status)

    async def say(self, status: str) -> None:
        """See `Presence`."""
        if await self._move():
            self._presence.work_on(self._cell, status)
        else:
            self._presence.say(status)

    async def leave(self) -> None:
        """See `Presence`. Where the room has ended there is nobody to be told."""
        presence, self._presence = self._presence, Absent()
        with suppress(LuminaError):
            await self._document.look()
        await (presence.leave() if presence.is_in(self._document.replica) else presence.forget())

    async def _move(self) -> bool:
        """Be where the notebook is; whether that is another place."""
        with suppress(LuminaError):
            await self._document.look()
        replica = self._document.replica
        if self._presence.is_in(replica):
            return False
        await self._presence.forget()
        room = replica.document.awareness if replica.live else None
        self._presence = Absent() if room is None else Participant(replica.document, room, self._author)
        return True
