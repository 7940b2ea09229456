"""Where runs are kept: what was asked, and what happened, which is only ever added to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..storage import Database
from .keeper import Keeper
from .run import ENDED, RunRequest, RunState
from .run_codec import event_data, event_of, request_data, request_of
from .run_events import LoggedEvent

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRun:
    """A run as it was asked for. `keeper` is the process that works on it, `audience` the one who may see it."""

    request: RunRequest
    audience: str
    state: RunState
    keeper: str
    created_at: float


class RunStore:
    """The runs of all notebooks.

    Args:
        database: Where they are kept.
        keeper: This process: it alone goes on with what it has begun.
    """

    def __init__(self, database: Database, keeper: Keeper) -> None:
        self._database = database
        self._keeper = keeper

    async def add(self, run: KeptRun) -> None:
        """Keep a new one.

        Raises:
            StorageFailed: when it cannot be kept.
        """

        def add(connection: Connection) -> None:
            from sqlalchemy import insert

            from ..storage.tables import agent_runs as table

            request = run.request
            row = {
                "id": request.run_id,
                "notebook": request.notebook,
                "user": request.user,
                "audience": run.audience,
                "state": run.state,
                "keeper": run.keeper,
                "created_at": run.created_at,
                "request": request_data(request),
            }
            connection.execute(insert(table).values(**row))

        await self._database.run(add)

    async def append(self, run_id: str, events: Sequence[LoggedEvent], state: RunState) -> None:
        """Add events to a run's log; durable when this returns.

        Raises:
            StorageFailed: when they cannot be kept.
        """
        rows = [
            {"run": run_id, "sequence": each.sequence, "at": each.at, "data": event_data(each.event)} for each in events
        ]

        def append(connection: Connection) -> None:
            from sqlalchemy import insert

            from ..storage.tables import agent_run_events, agent_runs

            if rows:
                connection.execute(insert(agent_run_events), rows)
            connection.execute(agent_runs.update().where(agent_runs.c.id == run_id).values(state=state))

        await self._database.run(append)

    async def get(self, run_id: str) -> KeptRun | None:
        """The run of that id."""

        def get(connection: Connection) -> KeptRun | None:
            from sqlalchemy import select

            from ..storage.tables import agent_runs as table

            row = connection.execute(select(table).where(table.c.id == run_id)).one_or_none()
            return None if row is None else _kept(row)

        return await self._database.read(get)

    async def events(self, run_id: str, after: int = 0) -> list[LoggedEvent]:
        """What happened in a run after event number `after`."""

        def find(connection: Connection) -> list[LoggedEvent]:
            from sqlalchemy import select

            from ..storage.tables import agent_run_events as table

            wanted = select(table).where(table.c.run == run_id, table.c.sequence > after).order_by(table.c.sequence)
            found = [(row.sequence, row.at, event_of(row.data)) for row in connection.execute(wanted)]
            return [LoggedEvent(number, at, event) for number, at, event in found if event is not None]

        return await self._database.read(find)

    async def latest(self, notebook: str, viewer: str, limit: int) -> list[KeptRun]:
        """The latest runs of a notebook, or of all, that are for the viewer; the newest first."""

        def find(connection: Connection) -> list[KeptRun]:
            from sqlalchemy import or_, select

            from ..storage.tables import agent_runs as table

            wanted = select(table).where(or_(table.c.audience == "", table.c.audience == viewer))
            if notebook:
                wanted = wanted.where(table.c.notebook == notebook)
            return [_kept(row) for row in connection.execute(wanted.order_by(table.c.position.desc()).limit(limit))]

        return await self._database.read(find)

    async def unended(self) -> list[KeptRun]:
        """The runs that are not over and that nobody works on any more."""

        def find(connection: Connection) -> list[KeptRun]:
            from sqlalchemy import select

            from ..storage.tables import agent_runs as table

            wanted = select(table).where(table.c.state.not_in([*ENDED, "interrupted"])).order_by(table.c.position)
            return [_kept(row) for row in connection.execute(wanted)]

        return [run for run in await self._database.read(find) if not self._keeper.lives(run.keeper)]

    def is_kept(self, run: KeptRun) -> bool:
        """Whether the process that works on a run may still do so."""
        return self._keeper.lives(run.keeper)

    async def keep(self, run_id: str, before: str) -> bool:
        """Take a run over from a process that is gone; False when somebody was faster."""

        def keep(connection: Connection) -> bool:
            from ..storage.tables import agent_runs as table

            mine = table.update().where(table.c.id == run_id, table.c.keeper == before)
            return connection.execute(mine.values(keeper=self._keeper.name)).rowcount == 1

        return await self._database.run(keep)

    async def rename(self, old: str, new: str) -> None:
        """Let the runs of a notebook, or of the notebooks in a folder, follow to the new path."""

        def rename(connection: Connection) -> None:
            from sqlalchemy import func, or_

            from ..storage.tables import agent_runs as table

            here = or_(table.c.notebook == old, table.c.notebook.startswith(f"{old}/", autoescape=True))
            moved = new + func.substr(table.c.notebook, len(old) + 1)
            connection.execute(table.update().where(here).values(notebook=moved))

        await self._database.run(rename)


def _kept(row: Row[Any]) -> KeptRun:
    fields = row._mapping
    request = request_of({**fields["request"], "notebook": fields["notebook"]})
    return KeptRun(
        request=request,
        audience=fields["audience"],
        state=fields["state"],
        keeper=fields["keeper"],
        created_at=fields["created_at"],
    )
