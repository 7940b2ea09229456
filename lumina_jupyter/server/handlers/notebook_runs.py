"""`/lumina/api/notebooks/run`: cells run from the server on the notebook's own kernel; closed to kernels."""

from __future__ import annotations

import math

from jupyter_server.auth.decorator import authorized

from ...errors import InvalidBody
from ..notebook_base import NotebookBase
from ..progress import ProgressHandler

LONGEST = 365 * 24 * 3600.0


class RunsHandler(ProgressHandler, NotebookBase):
    """Begins runs."""

    also = (("execute", "kernels"),)

    @authorized
    async def post(self) -> None:
        """Run cells and tell how it goes; the run goes on when nobody listens, until it is over or interrupted."""
        from ...collaboration.execution.execution import RunRequest
        from ..cell_bodies import NewRun

        new = await self.body(NewRun)
        if not math.isfinite(new.timeout) or not 0 <= new.timeout <= LONGEST:
            raise InvalidBody("timeout must be seconds, 0 for none.", field="timeout")
        path = await self.path_of(new.path, new.kernel_id)
        engine = await self.engine()
        request = RunRequest(
            path=path,
            cells=new.cells,
            hashes=new.hashes,
            timeout=new.timeout,
            approved=new.approved,
            user=self.asker,
        )
        await self.stream(engine.runs.run(request))


class RunHandler(ProgressHandler, NotebookBase):
    """One run."""

    @authorized
    async def get(self, run_id: str) -> None:
        """Tell how it went so far, and how it goes on."""
        engine = await self.engine()
        await self.stream(engine.runs.watch(run_id))


class InterruptHandler(NotebookBase):
    """Stops runs."""

    kernels_allowed = False
    also = (("execute", "kernels"),)

    @authorized
    async def post(self, run_id: str) -> None:
        """Interrupt the cell that runs; those that wait do not begin."""
        engine = await self.engine()
        self.answer({"interrupted": engine.runs.interrupt(run_id)})
