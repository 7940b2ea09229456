"""One cell that runs: the kernel's messages into the document, with a time limit and a way to stop it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ...errors import (
    CellFailed,
    CellGone,
    InputRefused,
    KernelDied,
    LuminaError,
    RunInterrupted,
    RunTimedOut,
)
from ..presence import Work
from .execution_outputs import CellOutputs, begin_cell, end_cell
from .kernel_link import STDIN_REFUSED, KernelLink
from .run_events import CellFinished, CellStatus

if TYPE_CHECKING:
    from ..document.author import Author
    from ..document.document import NotebookDocument
    from ..seats import Seat
    from .displays import Displays
    from .kernels import NotebookKernel

TICK = 0.1
"""Seconds between two writes to a live notebook, at least."""
FILE_TICK = 1.0
"""The same for a file."""
LOAD = 10
"""Writing may take one part in so many of the time."""
PROGRESS_EVERY = 1.0
"""Seconds between two tellings of a cell that puts nothing out."""
INTERRUPTED = "Somebody interrupted the kernel."
"""What is told of code that ended because of it, and not because its run was stopped."""
AGAIN_AFTER = 5.0
"""Seconds after which a kernel that runs on is interrupted again."""
GIVE_UP_AFTER = 30.0
"""Seconds after which one that cannot be interrupted is left to itself."""

log = logging.getLogger(__name__)

Tell = Callable[[float | None, int], None]
"""Told the seconds since the cell began (None when it begins) and the bytes of output."""


class CellRun:
    """Runs one cell once.

    Args:
        document: The notebook.
        author: As whom the outputs are written.
        cell_id: The cell.
        limit: Bytes of output that are kept.
        displays: Outputs of the same kernel that the code may change.
        seat: Where others see the author.
        execution: The run that it is part of.
        trusted: Whether the outputs are to be trusted.
        timeout: Seconds that the code may take; 0: no limit.
        stop: Set when the code is to be interrupted.
    """

    def __init__(
        self,
        document: NotebookDocument,
        author: Author,
        cell_id: str,
        *,
        limit: int,
        displays: Displays,
        seat: Seat,
        execution: str,
        trusted: bool,
        timeout: float,
        stop: asyncio.Event,
    ) -> None:
        self._document = document
        self._author = author
        self._cell_id = cell_id
        self._seat = seat
        self._execution = execution
        self._trusted = trusted
        self._timeout = timeout
        self._stop = stop
        self._outputs = CellOutputs(cell_id, limit=limit, displays=displays)
        self._began: float | None = None
        self._ended: float | None = None
        self._written = 0.0
        self._write_took = 0.0
        self._reply: dict[str, Any] = {}
        self._stopped_for: LuminaError | None = None
        self._interrupted: list[float] = []
        self._number = 0

    async def run(self, link: KernelLink, kernel: NotebookKernel, tell: Tell) -> tuple[CellStatus, LuminaError | None]:
        """Run it to its end, or until it is stopped.

        Raises:
            LuminaError: when the notebook cannot be read any more.
        """
        try:
            source = (await self._document.cell(self._cell_id)).source
            index = await self._document.write(
                self._author, lambda document: begin_cell(document, self._cell_id, trusted=self._trusted), save=False
            )
        except CellGone:
            index = None
        if index is None:
            return "gone", None
        self._number = index + 1
        try:
            return await self._run(source, link, kernel, tell)
        finally:
            self._ended = self._now
            await self._finish()

    def finished(self, run_id: str, status: CellStatus, error: LuminaError | None) -> CellFinished:
        """How it ended, as it is told."""
        return CellFinished(
            run=run_id,
            cell=self._cell_id,
            status=status,
            elapsed=self._elapsed,
            output_bytes=self._outputs.bytes,
            left_out_bytes=self._outputs.left_out,
            execution_count=self._outputs.execution_count,
            message="" if error is None else error.message,
            hint="" if error is None else error.hint,
        )

    # --- while it runs -----------------------------------------------------------------------------

    async def _run(
        self, source: str, link: KernelLink, kernel: NotebookKernel, tell: Tell
    ) -> tuple[CellStatus, LuminaError | None]:
        if not source.strip():
            tell(None, 0)
            return "ok", None
        await self._show()
        listening = asyncio.create_task(self._listen(source, link, tell))
        told = self._now
        try:
            while not listening.done():
                await asyncio.wait({listening}, timeout=TICK)
                told = await self._report(tell, told)
                if not await self._go_on(kernel):
                    break
                await self._write_now_and_then()
            return self._outcome(listening)
        finally:
            listening.cancel()
            await asyncio.wait({listening})

    async def _listen(self, source: str, link: KernelLink, tell: Tell) -> None:
        async for kind, content in link.execute(source, self._cell_id):
            if kind == "started":
                self._began = self._now
                tell(None, 0)
            elif kind == "execute_reply":
                self._reply = dict(content)
            else:
                self._outputs.take(kind, content)

    async def _report(self, tell: Tell, told: float) -> float:
        if self._began is None or self._now - told < PROGRESS_EVERY:
            return told
        tell(self._elapsed, self._outputs.bytes)
        await self._show()
        return self._now

    async def _show(self) -> None:
        work = Work(
            doing="waiting" if self._began is None else "running",
            cell=self._cell_id,
            number=self._number,
            began=self._began,
            execution=self._execution,
        )
        await self._seat.show(work)

    async def _go_on(self, kernel: NotebookKernel) -> bool:
        """Interrupt the kernel when it is time to; False when it does not let itself be interrupted."""
        if self._began is None:
            return True  # what has not begun cannot be interrupted, only what is somebody else's
        if self._stopped_for is None:
            if self._stop.is_set():
                self._stopped_for = RunInterrupted("The run was stopped.")
            elif self._timeout and self._elapsed > self._timeout:
                self._stopped_for = RunTimedOut(f"The cell took longer than its {self._timeout:g} seconds.")
        if self._stopped_for is None:
            return True
        if self._interrupted and self._now - self._interrupted[0] > GIVE_UP_AFTER:
            return False
        if not self._interrupted or self._now - self._interrupted[-1] > AGAIN_AFTER:
            self._interrupted.append(self._now)
            await kernel.interrupt()
        return True

    def _outcome(self, listening: asyncio.Task[None]) -> tuple[CellStatus, LuminaError | None]:
        if not listening.done():
            stopped = self._stopped_for or RunInterrupted("The run was stopped.")
            stopped.message += " The code does not let itself be interrupted and goes on in the kernel."
            stopped.hint = "Restart the kernel to end it."
            return self._told("timed_out" if isinstance(stopped, RunTimedOut) else "interrupted", stopped)
        try:
            listening.result()
        except KernelDied as died:
            return self._told("kernel_died", died)
        if self._reply.get("status") == "ok":
            return "ok", None
        name, value = self._outputs.error or (str(self._reply.get("ename", "")), str(self._reply.get("evalue", "")))
        if isinstance(self._stopped_for, RunTimedOut):
            return self._told("timed_out", self._stopped_for)
        if self._stopped_for is not None:
            return "interrupted", self._stopped_for
        if name == STDIN_REFUSED:
            refused = InputRefused("The cell asks for input, and in a run from the server there is nobody to ask.")
            return self._told("error", refused)
        if name == "KeyboardInterrupt":
            return "interrupted", RunInterrupted(INTERRUPTED)
        return "error", CellFailed(f"{name}: {value}"[:500])

    def _told(self, status: CellStatus, error: LuminaError) -> tuple[CellStatus, LuminaError]:
        """Say in the notebook, too, what its own outputs do not."""
        self._outputs.say(f"Lumina: {error.message} {error.hint}\n")
        return status, error

    # --- into the document -------------------------------------------------------------------------

    async def _write_now_and_then(self) -> None:
        pause = max(TICK if self._document.live else FILE_TICK, LOAD * self._write_took)
        if self._outputs.waits and self._now - self._written >= pause:
            began = self._now
            try:
                await self._write()
            except LuminaError as error:
                # It stays in the document; the next write, or the last, tells if it still cannot be saved.
                log.warning("outputs could not be saved yet: %s", error)
            self._written = self._now
            self._write_took = self._written - began

    async def _write(self, *, last: bool = False) -> None:
        sealed = self._outputs.seal()
        apart = sealed.takes_back and self._document.live
        if apart:
            await self._document.write(self._author, sealed.take_back, save=False)

        def change(document: Any) -> None:
            if not apart:
                sealed.take_back(document)
            sealed.write(document)
            if last:
                end_cell(document, self._cell_id, self._outputs.execution_count)

        await self._document.write(self._author, change, save=last)

    async def _finish(self) -> None:
        await self._write(last=True)

    @property
    def _elapsed(self) -> float:
        return 0.0 if self._began is None else (self._ended or self._now) - self._began

    @property
    def _now(self) -> float:
        return asyncio.get_running_loop().time()
