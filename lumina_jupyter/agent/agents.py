"""The agent as a service: runs are started, watched, decided on, paused, stopped, undone; they outlive a server."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Literal

from ..errors import InvalidBody, LuminaError, NotFound, RunNotReady
from .control import Ending
from .executor.course import Course, break_off
from .executor.means import Means
from .gears import GEARS, GearName, Grid
from .held_runs import HeldRuns
from .ledger import StepRecord
from .live_run import GEAR_NAMES, LiveRun
from .personas import Personas
from .reporting import with_staleness
from .run import ENDED, RunRequest, RunView
from .run_events import Delegated, LoggedEvent, PlanDecided, Replied, Reported, StateChanged
from .run_log import RunLog
from .run_store import KeptRun, RunStore
from .run_view import view_of
from .undoing import can_be_redone, can_be_undone

STOP_SECONDS = 0.27
"""Seconds that what is under way gets to end when a run is stopped; the run is over then all the same."""
LISTED = 50

Views = list[RunView]
Events = list[LoggedEvent]
Records = list[StepRecord]
AudienceOf = Callable[[str], Awaitable[str]]
"""The one person whom a conversation is for; empty for a shared one."""
Place = Callable[[RunRequest], Awaitable[RunRequest]]
"""The request, in the conversation that it belongs to."""
Begun = Callable[[RunRequest], Awaitable[None]]
"""Is told of a run before it does anything."""
Over = Callable[[RunRequest, RunView], Awaitable[None]]
"""Is told of a run that is over."""

log = logging.getLogger(__name__)


class Agents:
    """The runs of one engine.

    Args:
        means: What runs work with.
        store: Where they are kept.
        keeper: The name of this process.
        audience: Whom a conversation is for.
        over: Is told of each run that is over; of one that is undone or redone afterwards it is not told again.
    """

    def __init__(
        self,
        means: Means,
        store: RunStore,
        keeper: Callable[[], str],
        audience: AudienceOf,
        over: Over | None = None,
    ) -> None:
        self._means = means
        self._store = store
        self._keeper = keeper
        self._audience = audience
        self._tell_over = over
        self._telling: set[asyncio.Task[None]] = set()
        self._work: dict[str, asyncio.Task[None]] = {}
        self._left: set[asyncio.Task[None]] = set()
        self._next_gears: dict[tuple[str, str], GearName] = {}
        """The gear that a person wants for the next task in a notebook."""
        self._remembering: dict[str, asyncio.Task[None]] = {}
        self._held = HeldRuns(means.settings, store, keeper, means.personas, self._work.__contains__)
        self._closed = False

    @property
    def personas(self) -> Personas:
        """Who can work."""
        return self._means.personas

    # --- beginning --------------------------------------------------------------------------------

    async def start(self, request: RunRequest, begun: Begun | None = None, place: Place | None = None) -> RunView:
        """Begin a run; it goes on whoever watches. In gear `reverse` the notebook's last run is undone.

        `place` gives it the conversation that it belongs to, once it is known that it can be done. `begun` is told of the run
        as it will be done, before it does anything; when it raises, the run is over.

        Raises:
            InvalidBody: when nothing is asked, or in no notebook.
            RunNotReady: when too many work at this moment.
            NotFound: when there is no such notebook or conversation, or nothing to undo.
        """
        await self._held.found_unended()
        if request.gear == "reverse":
            return await self._undo_last(request)
        if not request.words.strip():
            raise InvalidBody("Nothing is asked of the agent.", field="words")
        if not 1 <= request.most_gear <= max(GEARS):
            raise InvalidBody(f"There is no gear {request.most_gear}.", field="most_gear")
        if len(self._work) >= self._means.settings.agent_runs:
            raise RunNotReady(
                f"{len(self._work)} runs of the agent are at work already.",
                hint="Wait for one, stop one, or raise `c.Lumina.agent_runs`.",
            )
        persona = await self._means.personas.get(request.persona) if request.persona else None
        if persona is not None:
            request = replace(
                request,
                gear=persona.gear if request.gear == "auto" else request.gear,
                model=request.model or persona.model,
            )
        if request.gear == "auto":
            gear = self._next_gears.pop((request.notebook, request.user), request.gear)
            request = replace(request, gear=gear)
        if await self._store.get(request.run_id) is not None:
            raise RunNotReady(f"There is a run {request.run_id[:40]!r} already.", hint="Look at it, or begin another.")
        document = await self._means.notebooks.open(request.notebook, request.user)
        request = replace(request, notebook=document.path)
        if place is not None:
            request = await place(request)
        audience = await self._audience(request.conversation) if request.conversation else ""
        kept = KeptRun(
            request=request, audience=audience, state="reading", keeper=self._keeper(), created_at=time.time()
        )
        await self._store.add(kept)
        run = self._held.hold(
            LiveRun(self._means.settings, request, audience, RunLog(request, kept.created_at, self._store), persona)
        )
        if begun is not None:
            try:
                await begun(request)
            except LuminaError as error:
                run.control.ending = Ending("stopped", f"It did not begin: {error.message}")
                break_off(run)
                raise
        self._go(run)
        return run.view

    def _go(self, run: LiveRun) -> None:
        if self._closed:
            raise RunNotReady("Lumina is being shut down.")
        task = asyncio.get_running_loop().create_task(Course(self._means, run).go())
        run.control.hold(task)
        self._work[run.id] = task
        task.add_done_callback(lambda done: self._over(run, done))

    def _over(self, run: LiveRun, task: asyncio.Task[None]) -> None:
        self._left.discard(task)
        if self._work.get(run.id) is task:
            del self._work[run.id]
        break_off(run)
        self._remember(run)
        self._told_over(run)
        if not task.cancelled() and task.exception() is not None:
            log.error("a run of the agent broke", exc_info=task.exception())

    def _told_over(self, run: LiveRun) -> None:
        """Tell of a run that is over."""
        if self._tell_over is not None and run.view.state in ENDED:
            task = asyncio.get_running_loop().create_task(self._tell(self._tell_over, run))
            self._telling.add(task)
            task.add_done_callback(self._telling.discard)

    async def _tell(self, over: Over, run: LiveRun) -> None:
        try:
            await over(run.request, run.view)
        except LuminaError as error:
            log.error("it could not be told that a run is over: %s", error)

    def _remember(self, run: LiveRun) -> None:
        """Of a step that was stopped: what it has made of the variables, so that undoing it takes that back."""
        ending = run.control.ending
        if ending is None or ending.kind == "closing":
            return
        for record in run.ledger.records.values():
            if record.status == "stopped":
                task = asyncio.get_running_loop().create_task(self._means.checkpoints.after(run, record.step))
                self._remembering[run.id] = task
                task.add_done_callback(lambda _done: self._remembering.pop(run.id, None))

    # --- looking ------------------------------------------------------------------------------------

    async def get(self, run_id: str, viewer: str = "") -> RunView:
        """A run as it is now; the evidence of its report says whether it is stale.

        Raises:
            NotFound: when there is none of that id for the viewer.
        """
        run = await self._held.find(run_id, viewer)
        view = run.view
        if view.report is None:
            return view
        try:
            notebook = await (await self._means.notebooks.open(run.notebook, run.request.user)).read()
        except LuminaError:
            return replace(view, report=with_staleness(view.report, None))
        return replace(view, report=with_staleness(view.report, notebook))

    async def list(self, notebook: str = "", viewer: str = "") -> Views:
        """The latest runs of a notebook, or of all, that are for the viewer; the newest first."""
        await self._held.found_unended()
        views = []
        for kept in await self._store.latest(notebook, viewer, LISTED):
            run = self._held.get(kept.request.run_id)
            if run is not None:
                views.append(run.view)
            else:
                events = await self._store.events(kept.request.run_id)
                views.append(view_of(kept.request, kept.created_at, events))
        return views

    async def events(self, run_id: str, after: int = 0, viewer: str = "") -> Events:
        """What happened in a run after event number `after`.

        Raises:
            NotFound: when there is none of that id for the viewer.
        """
        run = await self._held.find(run_id, viewer)
        return [each for each in run.log.events if each.sequence > after]

    async def watch(self, run_id: str, after: int = 0, viewer: str = "") -> AsyncGenerator[LoggedEvent, None]:
        """The same, and then whatever happens, until the run has ended.

        Raises:
            NotFound: as `events`, before the first event.
        """
        run = await self._held.find(run_id, viewer)
        async for event in run.log.watch(after):
            yield event

    async def ended(self, run_id: str) -> RunView:
        """The run as it is once nobody works on it any more.

        Raises:
            NotFound: when there is none of that id.
        """
        run = self._held.get(run_id)
        if run is None:
            raise NotFound(f"There is no run {run_id[:40]!r} at work.")
        async for _ in run.log.watch(run.view.sequence):
            pass
        return run.view

    def at_work(self, run_id: str) -> LiveRun | None:
        """The run of that id while it works."""
        return self._held.get(run_id) if run_id in self._work else None

    # --- deciding -----------------------------------------------------------------------------------

    async def decide_plan(
        self, run_id: str, verdict: Literal["approve", "refuse"], by: str = "", viewer: str = ""
    ) -> RunView:
        """Approve the plan that waits, so that it is carried out, or refuse it, which ends the run.

        Raises:
            NotFound: when there is none of that id for the viewer.
            RunNotReady: when no plan waits.
        """
        run = await self._held.find(run_id, viewer)
        work = self._work.get(run.id)
        if work is not None and run.view.state == "waiting" and not run.waits and not run.control.asks:
            # It waits for nothing else than this, and is about to lie down.
            await asyncio.wait({work}, timeout=STOP_SECONDS)
        if run.view.state != "waiting" or run.id in self._work or run.ledger.plan is None or run.ledger.decided:
            raise RunNotReady("No plan of this run waits to be decided on.")
        await self._held.take_over(run)
        run.log.add(PlanDecided(verdict, by))
        if verdict == "refuse":
            run.control.ending = Ending("refused", f"{by or 'Somebody'} refused the plan.")
            break_off(run)
            self._told_over(run)
            return run.view
        run.state("running", "")
        self._go(run)
        return run.view

    async def reply(self, run_id: str, text: str, by: str = "", viewer: str = "") -> RunView:
        """Answer what the run asks.

        Raises:
            NotFound: when there is none of that id for the viewer.
            RunNotReady: when it asks nothing.
        """
        run = await self._held.find(run_id, viewer)
        if not run.control.asks:
            raise RunNotReady("The run asks nothing.")
        run.log.add(Replied(text, by))
        run.control.replied(text)
        return run.view

    async def shift(self, run_id: str, gear: int, grid: Grid = "step", viewer: str = "") -> RunView:
        """Have it work in another gear from the next step, phase or task on.

        Raises:
            NotFound: when there is none of that id for the viewer.
            InvalidBody: when there is no such gear.
            RunNotReady: when it has ended.
        """
        run = await self._held.find(run_id, viewer)
        if gear not in GEARS:
            raise InvalidBody(f"There is no gear {gear}.", field="gear")
        if run.view.state in ENDED:
            raise RunNotReady("The run has ended.")
        if grid == "task":
            self._next_gears[run.notebook, run.request.user] = GEAR_NAMES[gear]
        else:
            run.wish(gear, grid)
        return run.view

    # --- the hand on it ---------------------------------------------------------------------------

    async def pause(self, run_id: str, viewer: str = "") -> RunView:
        """Let nothing new begin. A call of a tool or a model that is under way comes to its end.

        Raises:
            NotFound: when there is none of that id for the viewer.
            RunNotReady: when it does not work.
        """
        run = await self._held.find(run_id, viewer)
        if run.id not in self._work:
            raise RunNotReady("The run does not work at this moment.")
        run.control.pause()
        run.state("paused", "Somebody paused it.")
        return run.view

    async def resume(self, run_id: str, viewer: str = "") -> RunView:
        """Go on with a run that was paused, or that the end of a server interrupted.

        Raises:
            NotFound: when there is none of that id for the viewer.
            RunNotReady: when it is neither.
        """
        run = await self._held.find(run_id, viewer)
        if run.control.paused:
            run.control.resume()
            run.go_on()
            return run.view
        if run.view.state != "interrupted" or run.id in self._work:
            raise RunNotReady("The run is neither paused nor interrupted.")
        if run.request.persona and run.persona is None:
            raise RunNotReady(f"The persona {run.request.persona} is not there any more.", hint="Undo or stop the run.")
        await self._held.take_over(run)
        run.was_interrupted = True
        run.state("running" if run.ledger.plan is not None else "reading", "It goes on where the server ended.")
        self._go(run)
        return run.view

    async def stop(self, run_id: str, by: str = "", viewer: str = "") -> RunView:
        """End a run: whatever it does is broken off, also a cell that it runs itself; nothing is done afterwards.

        Raises:
            NotFound: when there is none of that id for the viewer.
        """
        run = await self._held.find(run_id, viewer)
        if run.view.state in ENDED:
            return run.view
        await self._end(run, Ending("stopped", f"{by or 'Somebody'} stopped it."))
        return run.view

    async def _end(self, run: LiveRun, ending: Ending) -> None:
        work = self._work.get(run.id)
        run.control.end(ending)
        if work is not None:
            self._left.add(work)
            await asyncio.wait({work}, timeout=STOP_SECONDS)
        else:
            await self._held.take_over(run)
        break_off(run)
        if work is None:
            self._told_over(run)

    # --- undo and redo ------------------------------------------------------------------------------

    async def undo(self, run_id: str, step: str | None = None, by: str = "", viewer: str = "") -> RunView:
        """Take a run back, or one of its steps; what people did since stays. One that works is stopped first.

        Raises:
            NotFound: when there is no such run for the viewer, or nothing that is not undone already.
        """
        run = await self._held.find(run_id, viewer)
        if run.id in self._work:
            await self.stop(run_id, by, viewer)
        return await self._change(run, step, by, undo=True)

    async def redo(self, run_id: str, step: str | None = None, by: str = "", viewer: str = "") -> RunView:
        """Bring again what was undone.

        Raises:
            NotFound: when there is no such run for the viewer, or nothing that is undone.
            RunNotReady: when it works.
        """
        run = await self._held.find(run_id, viewer)
        if run.id in self._work:
            raise RunNotReady("The run works at this moment.")
        return await self._change(run, step, by, undo=False)

    async def _change(self, run: LiveRun, step: str | None, by: str, *, undo: bool) -> RunView:
        able = can_be_undone if undo else can_be_redone
        records = [each for name, each in run.ledger.records.items() if step in (None, name) and able(each)]
        if not records:
            raise NotFound(f"There is nothing of this run to {'undo' if undo else 'redo'}.")
        await self._held.take_over(run)
        if run.id in self._remembering:
            await asyncio.wait({self._remembering[run.id]})
        run.log.reopen()
        act = self._means.undoer.undo if undo else self._means.undoer.redo
        left = [*await act(run, records, by), *await self._change_colleagues(run, records, by, undo=undo)]
        why = f"Not brought back: {'; '.join(left)}." if left else ""
        if all(each.undone for each in run.ledger.records.values() if each.checkpoint is not None):
            run.state("undone", why)
        elif run.view.state == "undone" or left:
            run.log.add(StateChanged(_state_before(run), why))
        run.log.end()
        await run.log.flush()
        return run.view

    async def _change_colleagues(
        self, run: LiveRun, records: Sequence[StepRecord], by: str, *, undo: bool
    ) -> Sequence[str]:
        """Undo or redo what colleagues did in these steps; what could not be."""
        steps = {record.step.id for record in records}
        given = [each.event for each in run.log.events if isinstance(each.event, Delegated)]
        left = []
        for part in reversed(given) if undo else given:
            if part.step in steps:
                try:
                    await (self.undo if undo else self.redo)(part.run, None, by, run.audience)
                except NotFound:
                    continue  # it changed nothing
                except LuminaError as error:
                    left.append(f"what {part.persona} did: {error.message}")
        return left

    async def _undo_last(self, request: RunRequest) -> RunView:
        for kept in await self._store.latest(request.notebook, request.user, LISTED):
            run = await self._held.find(kept.request.run_id, request.user)
            if run.request.user == request.user and any(can_be_undone(each) for each in run.ledger.records.values()):
                return await self.undo(run.id, by=request.user, viewer=request.user)
        raise NotFound("There is no run of yours in this notebook that could be undone.")

    async def steps(self, run_id: str, viewer: str = "") -> Records:
        """The steps of a run and what became of each.

        Raises:
            NotFound: when there is none of that id for the viewer.
        """
        return [*(await self._held.find(run_id, viewer)).ledger.records.values()]

    # --- keeping ------------------------------------------------------------------------------------

    async def rename_notebook(self, old: str, new: str) -> None:
        """Let runs follow a notebook, or the notebooks in a folder, to the new path."""
        await self._store.rename(old, new)
        for run in self._held:
            if f"{run.notebook}/".startswith(f"{old}/"):
                run.notebook = new + run.notebook.removeprefix(old)

    async def close(self) -> None:
        """Interrupt what works; it can go on after the next start."""
        self._closed = True
        ending = Ending("closing", "The server was shut down while it worked; it can go on.")
        await asyncio.gather(*(self._end(run, ending) for run in self._held if run.id in self._work))
        for task in self._remembering.values():
            task.cancel()
        if self._telling:
            await asyncio.wait(self._telling)
        for run in self._held:
            try:
                await run.log.flush()
            except LuminaError as error:
                log.error("the end of a run could not be kept: %s", error)


def _state_before(run: LiveRun) -> Literal["done", "failed", "stopped"]:
    """How a run had ended before it was undone."""
    reports = [each.event.report for each in run.log.events if isinstance(each.event, Reported)]
    outcome = reports[-1].outcome if reports else "stopped"
    return "done" if outcome == "done" else "stopped" if outcome in ("stopped", "refused") else "failed"
