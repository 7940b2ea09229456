"""The agent as one of those who have a live notebook open: its name and colour, where it works, what it does."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

from .execution.displays import cell_of

if TYPE_CHECKING:
    from pycrdt import Awareness

    from .document.author import Author
    from .replicas.replica import Replica

COLOUR = "#8b5cf6"
"""Black letters can be read on it, which JupyterLab writes there, and it can be seen in light and dark."""
RENEW_EVERY = 10.0
"""Seconds; whoever is silent for 30 counts as gone."""
_SHARED_DRIVE = "RTC:"
"""What JupyterLab puts before the path of a notebook that is edited together."""

Doing = Literal["editing", "waiting", "running"]
"""What is done in a cell; `waiting` is for the kernel, which others have at the moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What an author does at the moment, and where."""

    doing: Doing
    cell: str
    number: int = 0
    """The cell's place in the notebook, from 1; 0 when it is not known."""
    began: float | None = None
    """When the cell began to run, on the event loop's clock."""
    execution: str = ""
    """The run of cells that can be interrupted."""

    @property
    def elapsed(self) -> float:
        """Seconds since it began; 0 when it has not."""
        return 0.0 if self.began is None else max(0.0, asyncio.get_running_loop().time() - self.began)

    @property
    def status(self) -> str:
        """The same for people, as in "running cell 4, 00:31"."""
        where = f"cell {self.number}" if self.number else "a cell"
        if self.doing != "running":
            return f"{self.doing} {where}" if self.doing == "editing" else f"waiting to run {where}"
        if self.began is None:
            return f"running {where}"
        minutes, seconds = divmod(int(self.elapsed), 60)
        return f"running {where}, {minutes:02}:{seconds:02}"


class Presence(Protocol):
    """What others see of an author at work."""

    def is_in(self, replica: Replica) -> bool:
        """Whether it is where the notebook is at the moment."""
        ...

    def show(self, work: Work) -> None:
        """Say what is done, and put the cursor into the cell, at the end of its text."""
        ...

    def leave(self) -> None:
        """Be gone at once. Nothing happens the second time."""
        ...

    def forget(self) -> None:
        """Be gone without telling those in the notebook, for there is nobody any more."""
        ...


class Absent:
    """Nobody watches a file."""

    def is_in(self, replica: Replica) -> bool:
        """Whether the notebook is no more than a file."""
        return not replica.live

    def show(self, work: Work) -> None:
        """Do nothing."""

    def leave(self) -> None:
        """Do nothing."""

    def forget(self) -> None:
        """Do nothing."""


class Participant:
    """An author in a room, beside the people, and in the list of all who are at the server.

    Args:
        replica: The notebook, in its room.
        room: Who is in the room.
        author: Who it is.
    """

    def __init__(self, replica: Replica, room: Awareness, author: Author) -> None:
        self._document = replica.document
        self._author = author
        self._in_room = _Voice(room)
        self._in_lobby = None if replica.lobby is None else _Voice(replica.lobby)
        self._user = {
            "username": f"lumina:{author.run}",
            "name": author.name,
            "display_name": author.name,
            "initials": author.name[:2].upper(),
            "color": COLOUR,
            "avatar_url": None,
        }
        self._work: Work | None = None
        self._cursors: list[dict[str, Any]] = []
        self._renewal: asyncio.TimerHandle | None = None
        place = f"{_SHARED_DRIVE}{replica.path}"
        self._lobby_state = {"user": self._user, "current": f"notebook:{place}", "documents": [place]}
        self._tell()

    def is_in(self, replica: Replica) -> bool:
        """Whether the notebook is in the same room still."""
        return replica.live and replica.document is self._document

    def show(self, work: Work) -> None:
        """Say what is done, and put the cursor into the cell, at the end of its text."""
        self._work, self._cursors = work, self._cursors_in(work.cell)
        self._tell()

    def leave(self) -> None:
        """Be gone at once. Nothing happens the second time."""
        if self._renewal is not None:
            self.forget()
            self._in_room.say(None)

    def forget(self) -> None:
        """Be gone without telling those in the notebook, for there is nobody any more."""
        renewal, self._renewal = self._renewal, None
        if renewal is not None:
            renewal.cancel()
            if self._in_lobby is not None:
                self._in_lobby.say(None)

    def _tell(self) -> None:
        if self._renewal is not None:
            self._renewal.cancel()
        self._renewal = asyncio.get_running_loop().call_later(RENEW_EVERY, self._tell)
        self._in_room.say(self._state())
        if self._in_lobby is not None:
            self._in_lobby.say(self._lobby_state)

    def _state(self) -> dict[str, Any]:
        author, work = self._author, self._work
        return {
            # A participant that does not say so has everybody's autosave switched on.
            "autosave": False,
            "user": self._user,
            "lumina": {
                "agent": True,
                "run": author.run,
                "user": author.user,
                "cell": "" if work is None else work.cell,
                "doing": "" if work is None else work.doing,
                "elapsed": None if work is None or work.began is None else round(work.elapsed, 1),
                "execution": "" if work is None else work.execution,
                "status": "" if work is None else work.status,
            },
            "cursors": self._cursors,
        }

    def _cursors_in(self, cell_id: str) -> list[dict[str, Any]]:
        from pycrdt import Assoc, StickyIndex, Text

        cell = cell_of(self._document, cell_id)
        text = None if cell is None else cell.get("source")
        if not isinstance(text, Text):
            return []
        place = StickyIndex.new(text, len(text), Assoc.BEFORE).to_json()
        position = {"tname": None, "type": None, "item": None, **place}
        return [{"anchor": position, "head": position, "primary": True, "empty": True}]


class _Voice:
    """One who speaks to those who are somewhere, with an id of its own, as if it had come by a connection.

    Args:
        others: Those.
    """

    def __init__(self, others: Awareness) -> None:
        from pycrdt import Awareness, Doc

        self._others = others
        self._own = Awareness(Doc())

    def say(self, state: dict[str, Any] | None) -> None:
        """Be there in that state; None: be gone."""
        # A copy: what awareness holds is compared with what comes next.
        self._own.set_local_state(None if state is None else json.loads(json.dumps(state)))
        update = self._own.encode_awareness_update([self._own.client_id])
        # As if it were the room's own, for that is what a room passes on to its clients.
        self._others.apply_awareness_update(update, "local")
