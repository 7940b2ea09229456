"""The runs that are in memory: those that work and those that somebody looked at; the others come out of the database."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import suppress

from ..errors import NotFound, RunNotReady, UnknownName
from ..settings import Lumina
from .live_run import LiveRun
from .personas import Personas
from .run import ENDED
from .run_log import RunLog
from .run_store import KeptRun, RunStore

KEPT = 50
"""Runs that are over and still in memory."""


class HeldRuns:
    """The runs of one engine, and which process works on each.

    Args:
        settings: The settings.
        store: Where they are kept.
        keeper: The name of this process.
        personas: Who can work.
        works: Whether the run of an id works at this moment: it stays in memory.
    """

    def __init__(
        self,
        settings: Lumina,
        store: RunStore,
        keeper: Callable[[], str],
        personas: Personas,
        works: Callable[[str], bool],
    ) -> None:
        self._settings = settings
        self._store = store
        self._keeper = keeper
        self._personas = personas
        self._works = works
        self._runs: OrderedDict[str, LiveRun] = OrderedDict()
        self._looking: asyncio.Task[None] | None = None

    def __iter__(self) -> Iterator[LiveRun]:
        return iter(tuple(self._runs.values()))

    def get(self, run_id: str) -> LiveRun | None:
        """The run, if it is in memory."""
        return self._runs.get(run_id)

    async def find(self, run_id: str, viewer: str) -> LiveRun:
        """The run, from memory or from the database.

        Raises:
            NotFound: when there is none of that id for the viewer.
        """
        await self.found_unended()
        run = self._runs.get(run_id)
        if run is None:
            kept = await self._store.get(run_id)
            if kept is not None and run_id not in self._runs:
                self.hold(await self._loaded(kept))
            run = self._runs.get(run_id)
        if run is None or (run.audience and run.audience != viewer):
            raise NotFound(f"There is no run {run_id[:40]!r}.", hint="`lumina runs` lists those that there are.")
        self._runs.move_to_end(run_id)
        return run

    async def _loaded(self, kept: KeptRun) -> LiveRun:
        events = await self._store.events(kept.request.run_id)
        run_log = RunLog(kept.request, kept.created_at, self._store, events)
        persona = None
        if kept.request.persona:
            with suppress(UnknownName):  # it is needed only when the run is to go on
                persona = await self._personas.get(kept.request.persona)
        run = LiveRun(self._settings, kept.request, kept.audience, run_log, persona)
        if run.view.state in ENDED:
            run_log.end()
        return run

    def hold(self, run: LiveRun) -> LiveRun:
        """Have it in memory; the oldest that are over give way."""
        self._runs[run.id] = run
        for old in [each for each in self._runs.values() if not self._works(each.id) and each.id != run.id]:
            if len(self._runs) <= KEPT:
                break
            del self._runs[old.id]
        return run

    async def take_over(self, run: LiveRun) -> None:
        """Be the process that works on a run.

        Raises:
            RunNotReady: when another one still does.
        """
        kept = await self._store.get(run.id)
        if kept is None or kept.keeper == self._keeper():
            return
        if self._store.is_kept(kept) or not await self._store.keep(run.id, kept.keeper):
            raise RunNotReady("Another process works on this run.", hint="Ask there.")

    async def found_unended(self) -> None:
        """Once: what was under way when a server ended is interrupted from now on."""
        if self._looking is None or (self._looking.done() and self._looking.exception() is not None):
            self._looking = asyncio.get_running_loop().create_task(self._interrupt_unended())
        await asyncio.shield(self._looking)

    async def _interrupt_unended(self) -> None:
        for kept in await self._store.unended():
            run = await self._loaded(kept)
            waits = run.view.state == "waiting" and run.ledger.plan is not None and run.ledger.decided is None
            if waits and not run.view.step:
                continue  # a plan waits for a person, and nothing was under way
            if await self._store.keep(run.id, kept.keeper):
                run.state("interrupted", "The server ended while it worked; it can go on, be stopped or be undone.")
                await run.log.flush()
