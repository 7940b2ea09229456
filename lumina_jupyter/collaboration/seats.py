"""The agents at work in notebooks: where each is, for whoever asks, and in the room as long as there is one."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import CellGone, LuminaError
from .document.shared_cells import index_of
from .presence import Absent, Doing, Participant, Presence, Work

if TYPE_CHECKING:
    from .document.author import Author
    from .document.document import NotebookDocument

LINGER = 8.0
"""Seconds that an author is seen in a cell after an edit: whoever looks up sees by whom it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentAtWork:
    """What whoever has a notebook open is told of an agent in it. `elapsed` is in seconds, None before a cell runs.

    `execution` is the run of cells that can be interrupted; empty when there is none.
    """

    name: str
    run: str
    user: str
    cell: str
    doing: Doing
    elapsed: float | None
    execution: str


class Seat:
    """An author in a notebook, wherever that is: in its room as long as there is one, and in the next.

    Args:
        document: The notebook.
        author: Who it is.
        changed: Called when it does something else.
    """

    def __init__(self, document: NotebookDocument, author: Author, changed: Callable[[], None]) -> None:
        self._document = document
        self.author = author
        self._changed = changed
        self._presence: Presence = Absent()
        self.work: Work | None = None

    async def show(self, work: Work) -> None:
        """Tell everybody what is done."""
        with suppress(LuminaError):
            await self._document.look()
        self.show_here(work)

    def show_here(self, work: Work) -> None:
        """The same, where the notebook was when it was last looked at."""
        before, self.work = self.work, work
        replica = self._document.replica
        if not self._presence.is_in(replica):
            self._presence.forget()
            room = replica.document.awareness if replica.live else None
            self._presence = Absent() if room is None else Participant(replica, room, self.author)
        self._presence.show(work)
        if work != before:
            self._changed()

    async def leave(self) -> None:
        """Be gone. Where the room has ended there is nobody to be told."""
        presence, self._presence = self._presence, Absent()
        self.work = None
        with suppress(LuminaError):
            await self._document.look()
        if presence.is_in(self._document.replica):
            presence.leave()
        else:
            presence.forget()
        self._changed()


class Seats:
    """All of them, one for each run in each notebook.

    Args:
        tell: Called with a notebook's key when somebody in it does something else.
    """

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._seats: dict[tuple[str, str], Seat] = {}
        self._taken: Counter[Seat] = Counter()
        self._lingering: dict[Seat, asyncio.Task[None]] = {}

    def of(self, key: str) -> list[AgentAtWork]:
        """Who is at work in a notebook."""
        here = [seat for (place, _), seat in self._seats.items() if place == key]
        return [_told(seat.author, seat.work) for seat in here if seat.work is not None]

    @asynccontextmanager
    async def taken(self, document: NotebookDocument, author: Author) -> AsyncIterator[Seat]:
        """A seat for as long as something is done."""
        seat = self._seat(document, author)
        self._stay(seat)
        self._taken[seat] += 1
        try:
            yield seat
        finally:
            self._taken[seat] -= 1
            if not self._taken[seat]:
                del self._taken[seat]
                await self._leave(document.key, seat)

    def edited(self, document: NotebookDocument, author: Author, cell_id: str) -> None:
        """Be seen in a cell that was just edited, for a while."""
        try:
            number = index_of(document.replica.document, cell_id) + 1
        except CellGone:
            return
        seat = self._seat(document, author)
        if seat in self._taken:
            return
        self._stay(seat)
        seat.show_here(Work(doing="editing", cell=cell_id, number=number))
        self._lingering[seat] = asyncio.create_task(self._linger(document.key, seat))

    async def close(self) -> None:
        """Nobody is there any more."""
        for key, seat in [(key, seat) for (key, _), seat in self._seats.items()]:
            self._stay(seat)
            await self._leave(key, seat)

    def _seat(self, document: NotebookDocument, author: Author) -> Seat:
        place = (document.key, author.run)
        seat = self._seats.get(place)
        if seat is None:
            self._leave_others(document.key, author)
            seat = self._seats[place] = Seat(document, author, lambda: self._tell(place[0]))
        return seat

    def _leave_others(self, key: str, author: Author) -> None:
        """Who goes on in another run is no longer to be seen where they lingered after the last."""
        for seat in list(self._lingering):
            same = seat.author.name == author.name and seat.author.user == author.user
            if same and self._seats.get((key, seat.author.run)) is seat:
                self._stay(seat)
                self._lingering[seat] = asyncio.create_task(self._linger(key, seat, 0.0))

    def _stay(self, seat: Seat) -> None:
        """Call off that it leaves."""
        lingering = self._lingering.pop(seat, None)
        if lingering is not None:
            lingering.cancel()

    async def _linger(self, key: str, seat: Seat, seconds: float = LINGER) -> None:
        await asyncio.sleep(seconds)
        # Who comes back from now on takes another seat.
        self._lingering.pop(seat, None)
        await self._leave(key, seat)

    async def _leave(self, key: str, seat: Seat) -> None:
        if self._seats.get((key, seat.author.run)) is seat:
            del self._seats[key, seat.author.run]
        await seat.leave()


def _told(author: Author, work: Work) -> AgentAtWork:
    return AgentAtWork(
        name=author.name,
        run=author.run,
        user=author.user,
        cell=work.cell,
        doing=work.doing,
        elapsed=None if work.began is None else round(work.elapsed, 1),
        execution=work.execution,
    )
