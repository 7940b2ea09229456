"""Runs: cells that the server runs on the notebook's own kernel, with outputs that go into the notebook as they come.

A run goes on whoever watches it, and is stopped by its id. One kernel has one run at a time.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar
from uuid import uuid4

from ...errors import InvalidBody, KernelDied, LuminaError, NotFound, RunInterrupted
from ...settings import Lumina
from ..document.author import Author
from ..document.cell import Cell, Notebook
from ..document.document import NotebookDocument
from ..document.refusals import cell_changed, cell_gone
from ..presence import Work
from ..seats import Seat, Seats
from .cell_run import CellRun
from .displays import Displays
from .kernel_link import KernelLink
from .kernels import NotebookKernel, NotebookKernels
from .run_events import CellProgress, CellStarted, RunEvent, RunFinished, RunQueued, RunStatus

T = TypeVar("T")
KEPT = 100
"""Runs that are over and can still be watched from their beginning."""
CLOSE_TIMEOUT = 2.0
"""Seconds that runs get to be stopped when all ends."""

log = logging.getLogger(__name__)


class OpensNotebooks(Protocol):
    """Where notebooks are to be had."""

    async def open(self, path: str, user: str = "") -> NotebookDocument:
        """The notebook at a path."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRequest:
    """What is to be run. Without `cells` it is all code cells of the notebook, in their order.

    `hashes` are those of cells as whoever asks has read them: the run is refused when one is another. `timeout` is in
    seconds and for each cell; 0 is none. `approved` says that a person agreed to this code: only then are its outputs
    trusted, so that widgets and scripts in them come to life. An `author` makes the outputs part of their own work;
    without one the run is an author by itself.
    """

    path: str
    cells: tuple[str, ...] = ()
    hashes: Mapping[str, str] = field(default_factory=dict)
    timeout: float = 0.0
    approved: bool = False
    user: str = ""
    author: Author | None = None


class Run:
    """One run, as those who watch see it. It remembers what happened, but of the progress only the last."""

    def __init__(self, request: RunRequest, document: NotebookDocument, cells: tuple[str, ...]) -> None:
        self.id = f"run_{uuid4().hex[:12]}"
        self.request = request
        self.document = document
        self.cells = cells
        self.author = request.author or Author(run=self.id, user=request.user)
        self.stop = asyncio.Event()
        self.task: asyncio.Task[None] | None = None
        self.finished: RunFinished | None = None
        self._happened: list[RunEvent] = []
        self._progress: CellProgress | None = None
        self._changed = asyncio.Condition()
        self._tells: set[asyncio.Task[None]] = set()

    def tell(self, event: RunEvent) -> None:
        """Let those who watch know."""
        if isinstance(event, CellProgress):
            self._progress = event
        else:
            self._progress = None
            self._happened.append(event)
        if isinstance(event, RunFinished):
            self.finished = event
        task = asyncio.get_running_loop().create_task(self._notify())
        self._tells.add(task)
        task.add_done_callback(self._tells.discard)

    async def watch(self) -> AsyncGenerator[RunEvent, None]:
        """What happened so far, and then whatever does."""
        seen, progress = 0, None
        while True:
            while seen < len(self._happened):
                event = self._happened[seen]
                seen += 1
                yield event
                if isinstance(event, RunFinished):
                    return
            if self._progress is not None and self._progress is not progress:
                progress = self._progress
                yield progress
                continue
            async with self._changed:
                if seen == len(self._happened) and self._progress in (None, progress):
                    await self._changed.wait()

    async def unless_stopped(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of some waiting.

        Raises:
            RunInterrupted: when the run is stopped meanwhile; the work is cancelled.
        """
        task, stopped = asyncio.ensure_future(work), asyncio.ensure_future(self.stop.wait())
        try:
            await asyncio.wait({task, stopped}, return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                raise RunInterrupted("The run was stopped before its cells had their turn.")
            return task.result()
        finally:
            stopped.cancel()
            if not task.done():
                task.cancel()
                await asyncio.wait({task})

    async def _notify(self) -> None:
        async with self._changed:
            self._changed.notify_all()


class _Lane:
    """The runs of one kernel, one after the other, and the outputs that they can change later."""

    def __init__(self) -> None:
        self.turn = asyncio.Lock()
        self.runs = 0
        self.kernel: NotebookKernel | None = None
        self.displays = Displays()


class Runs:
    """Runs cells of notebooks.

    Args:
        settings: For how much output a cell may have.
        notebooks: Where notebooks are to be had.
        kernels: Where their kernels are to be had; None where there are none.
        seats: Where others see who runs what.
    """

    def __init__(
        self, settings: Lumina, notebooks: OpensNotebooks, kernels: NotebookKernels | None, seats: Seats
    ) -> None:
        self._settings = settings
        self._notebooks = notebooks
        self._kernels = kernels
        self._seats = seats
        self._runs: OrderedDict[str, Run] = OrderedDict()
        self._lanes: dict[str, _Lane] = {}

    async def start(self, request: RunRequest) -> Run:
        """Begin a run; it goes on whoever watches.

        Raises:
            NotFound: when there is no such notebook, or nothing that runs cells.
            CellGone: when there is no such cell.
            CellChanged: when one is not as whoever asks has read it.
            InvalidBody: when one is no code cell.
        """
        if self._kernels is None:
            raise NotFound(
                "There is no Jupyter server that could run cells.",
                hint="Start one with `lumina lab` or `lumina serve`.",
            )
        document = await self._notebooks.open(request.path, request.user)
        notebook = await document.read()
        run = Run(request, document, _chosen(notebook, request))
        self._runs[run.id] = run
        self._forget()
        run.task = asyncio.create_task(self._work(run, self._kernels, _kernelspec(notebook)))
        return run

    async def run(self, request: RunRequest) -> AsyncGenerator[RunEvent, None]:
        """Begin a run and watch it.

        Raises:
            LuminaError: as `start`, before the first event.
        """
        run = await self.start(request)
        async for event in run.watch():
            yield event

    async def kernel(self, path: str, *, start: bool = False) -> NotebookKernel | None:
        """The kernel in which the cells of the notebook at a path run; None when there is none.

        Args:
            path: The notebook's path.
            start: Whether it is started where there is none.

        Raises:
            NotFound: when there is no such notebook.
            KernelUnavailable: when it cannot be started.
        """
        if self._kernels is None:
            return None
        if not start:
            return await self._kernels.running(path)
        document = await self._notebooks.open(path)
        return await self._kernels.of(document.path, _kernelspec(await document.read()))

    def watch(self, run_id: str) -> AsyncGenerator[RunEvent, None]:
        """What happened in a run so far, and then whatever does.

        Raises:
            NotFound: when there is no such run.
        """
        return self._get(run_id).watch()

    def path_of(self, run_id: str) -> str:
        """The notebook that a run is in.

        Raises:
            NotFound: when there is no such run.
        """
        return self._get(run_id).document.path

    def interrupt(self, run_id: str) -> bool:
        """Stop a run: the cell that runs is interrupted, the others do not begin. Whether it was under way.

        Raises:
            NotFound: when there is no such run.
        """
        run = self._get(run_id)
        run.stop.set()
        return run.finished is None

    async def close(self) -> None:
        """Stop all runs."""
        tasks = [run.task for run in self._runs.values() if run.task is not None and not run.task.done()]
        for run in self._runs.values():
            run.stop.set()
        if tasks:
            await asyncio.wait(tasks, timeout=CLOSE_TIMEOUT)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # --- one run -----------------------------------------------------------------------------------

    async def _work(self, run: Run, kernels: NotebookKernels, spec: str) -> None:
        began = asyncio.get_running_loop().time()
        status: RunStatus = "failed"
        error: LuminaError | None = None
        try:
            status, error = await self._in_lane(run, kernels, spec)
        except RunInterrupted as stopped:
            status, error = "interrupted", stopped
        except KernelDied as died:
            status, error = "kernel_died", died
        except LuminaError as failed:
            error = failed
        except asyncio.CancelledError:
            status, error = "interrupted", RunInterrupted("The server ended while cells ran.")
        except Exception:
            log.exception("a run failed")
            error = LuminaError("The run failed inside of Lumina; the server's log has the details.")
        run.tell(
            RunFinished(
                run=run.id,
                status=status,
                elapsed=asyncio.get_running_loop().time() - began,
                code="" if error is None else error.code,
                message="" if error is None else error.message,
                hint="" if error is None else error.hint,
            )
        )

    async def _in_lane(self, run: Run, kernels: NotebookKernels, spec: str) -> tuple[RunStatus, LuminaError | None]:
        kernel = await run.unless_stopped(kernels.of(run.document.path, spec))
        lane = self._lanes.setdefault(kernel.id, _Lane())
        run.tell(RunQueued(run=run.id, cells=run.cells, ahead=lane.runs))
        lane.runs += 1
        try:
            async with self._seats.taken(run.document, run.author) as seat:
                if run.cells:
                    await seat.show(Work(doing="waiting", cell=run.cells[0], execution=run.id))
                await run.unless_stopped(lane.turn.acquire())
                try:
                    # It can have been restarted, or the notebook got another, while others had their turn.
                    kernel = await run.unless_stopped(kernels.of(run.document.path, spec))
                    return await self._on_kernel(run, kernel, lane, seat)
                finally:
                    lane.turn.release()
        finally:
            lane.runs -= 1
            if not lane.runs and not await kernel.lives():
                self._lanes.pop(kernel.id, None)

    async def _on_kernel(
        self, run: Run, kernel: NotebookKernel, lane: _Lane, seat: Seat
    ) -> tuple[RunStatus, LuminaError | None]:
        link = KernelLink(kernel)
        await link.open()
        try:
            for number, cell_id in enumerate(run.cells, start=1):
                cell = CellRun(
                    run.document,
                    run.author,
                    cell_id,
                    limit=int(self._settings.run_output_mb * 1e6),
                    displays=lane.displays,
                    seat=seat,
                    execution=run.id,
                    trusted=run.request.approved,
                    timeout=run.request.timeout,
                    stop=run.stop,
                )
                tell = _teller(run, cell_id, number)
                await run.unless_stopped(link.ready())
                status, error = await cell.run(link, kernel, tell)
                run.tell(cell.finished(run.id, status, error))
                if status != "ok" and status != "gone":
                    return status, error
        finally:
            await link.close()
        return "ok", None

    def _get(self, run_id: str) -> Run:
        run = self._runs.get(run_id)
        if run is None:
            raise NotFound(f"There is no run {run_id!r}.", hint="It may have ended long ago.")
        return run

    def _forget(self) -> None:
        over = [run.id for run in self._runs.values() if run.finished is not None]
        for run_id in over[: max(0, len(over) - KEPT)]:
            del self._runs[run_id]


def _teller(run: Run, cell_id: str, number: int) -> Callable[[float | None, int], None]:
    def tell(elapsed: float | None, output_bytes: int) -> None:
        if elapsed is None:
            run.tell(CellStarted(run=run.id, cell=cell_id, number=number, of=len(run.cells)))
        else:
            run.tell(CellProgress(run=run.id, cell=cell_id, elapsed=elapsed, output_bytes=output_bytes))

    return tell


def _chosen(notebook: Notebook, request: RunRequest) -> tuple[str, ...]:
    known = {cell.id: cell for cell in notebook.cells}
    chosen = request.cells or tuple(cell.id for cell in notebook.cells if cell.type == "code")
    for cell_id in (*chosen, *request.hashes):
        cell = known.get(cell_id)
        if cell is None:
            raise cell_gone(cell_id)
        _check(cell, request)
    if len(set(chosen)) != len(chosen):
        raise InvalidBody("A cell is named twice; a run has each once.", field="cells")
    return chosen


def _check(cell: Cell, request: RunRequest) -> None:
    if cell.type != "code":
        raise InvalidBody(f"The cell {cell.id} is a {cell.type} cell, which cannot run.", field="cells")
    if request.hashes.get(cell.id, cell.hash) != cell.hash:
        raise cell_changed(cell)


def _kernelspec(notebook: Notebook) -> str:
    spec = notebook.metadata.get("kernelspec")
    return str(spec.get("name") or "") if isinstance(spec, Mapping) else ""
