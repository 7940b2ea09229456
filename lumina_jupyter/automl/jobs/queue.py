"""The queue of a server's searches, and the processes of those whose turn it is."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from lumina_jupyter.errors import LuminaError
from lumina_jupyter.settings import Lumina

from ..execution.process_group import kill_group
from .child import begin
from .job import OVER, Job, JobView
from .shelf import Shelf

if TYPE_CHECKING:
    from filelock import BaseFileLock

LOOK_SECONDS = 1.0
"""How often it is looked whether a process has ended that a server before this one began."""

log = logging.getLogger(__name__)


class Queue:
    """Begins jobs in the order in which they came.

    What is in it survives the server: what waits is begun by the next one, what worked goes on when the server was killed,
    and has been interrupted when it was ended.

    Args:
        settings: `automl_jobs` is how many work at the same time.
        shelf: Where jobs are kept.
    """

    def __init__(self, settings: Lumina, shelf: Shelf) -> None:
        self._settings = settings
        self._shelf = shelf
        self._waiting: list[str] = []
        self._working: dict[str, asyncio.Task[None]] = {}
        self._pids: dict[str, int] = {}
        self._stopped: set[str] = set()
        self._opening = asyncio.Lock()
        self._opened = False
        self._closed = False
        self._lock: BaseFileLock | None = None

    @property
    def mine(self) -> frozenset[str]:
        """The jobs that this server works on."""
        return frozenset(self._working)

    def placed(self, view: JobView) -> JobView:
        """A job with its place in the queue."""
        if view.state != "queued" or view.name not in self._waiting:
            return view
        return replace(view, place=self._waiting.index(view.name) + 1)

    async def open(self) -> None:
        """Take over what a server before this one has left; only the first call does."""
        async with self._opening:
            if self._opened:
                return
            self._opened = True
            self._lock = await asyncio.to_thread(self._shelf.hold_queue)
            if self._lock is None:
                return  # another server of the same person works here, and begins what waits itself
            for job in reversed(await asyncio.to_thread(self._shelf.jobs)):
                name = job.view.name
                if job.view.state == "running":
                    self._pids[name] = job.pid
                    self._work(name, self._adopted(name))
                elif job.view.state == "queued":
                    self._waiting.append(name)
        self._pump()

    def put(self, job: Job) -> JobView:
        """Have a job that is kept wait for its turn, which may come at once."""
        self._waiting.append(job.view.name)
        view = self.placed(job.view)
        self._pump()
        return view

    async def stop(self, name: str) -> None:
        """Take a job out of the queue, or end its process with all that it began."""
        self._stopped.add(name)
        try:
            if name in self._waiting:
                self._waiting.remove(name)
                await asyncio.to_thread(self._note_end, name)
            elif name in self._working:
                self._kill(name)
                await asyncio.wait([self._working[name]])
        finally:
            self._stopped.discard(name)

    async def close(self) -> None:
        """End all processes; no other begins."""
        self._closed = True
        for name in self._working:
            self._kill(name)
        if self._working:
            await asyncio.wait(list(self._working.values()))
        if self._lock is not None:
            self._lock.release()

    # --- within -------------------------------------------------------------------------------------

    def _pump(self) -> None:
        while self._waiting and len(self._working) < self._settings.automl_jobs and not self._closed:
            name = self._waiting.pop(0)
            self._work(name, self._begun(name))

    def _work(self, name: str, work: Coroutine[None, None, None]) -> None:
        self._working[name] = asyncio.create_task(self._over(name, work))

    async def _over(self, name: str, work: Coroutine[None, None, None]) -> None:
        """See a job to its end, and note how it ended."""
        try:
            try:
                await work
            except (LuminaError, OSError):
                log.exception("search %r could not be begun", name)
            view = await asyncio.to_thread(self._note_end, name)
            log.info("search %r is over: %s", name, view.state if view is not None else "deleted")
        except (LuminaError, OSError):
            log.exception("how search %r ended cannot be written", name)
        finally:
            self._pids.pop(name, None)
            del self._working[name]
            self._pump()

    async def _begun(self, name: str) -> None:
        folder = self._shelf.folder(name)
        job = await asyncio.to_thread(folder.read)
        if job is None or self._is_unwanted(name):
            return
        process = await begin(self._settings, answers=False)
        self._pids[name] = process.pid
        running = replace(job, view=replace(job.view, state="running", began_at=time.time()), pid=process.pid)
        try:
            await asyncio.to_thread(folder.write, running)
        except LuminaError:
            kill_group(process.pid)
            raise
        finally:
            if self._is_unwanted(name):
                kill_group(process.pid)
            order = {
                "do": "search",
                "kind": job.view.kind,
                "seconds": job.view.seconds,
                "folder": str(folder.path.absolute()),
                "request": job.request,
                "root": job.root,
            }
            with suppress(OSError):
                await process.communicate(json.dumps(order).encode())

    async def _adopted(self, name: str) -> None:
        """Wait for a process that is no child of this one."""
        while True:
            job = await asyncio.to_thread(self._shelf.job, name)
            if job is None or job.view.state in OVER:
                return
            await asyncio.sleep(LOOK_SECONDS)

    def _is_unwanted(self, name: str) -> bool:
        return self._closed or name in self._stopped

    def _kill(self, name: str) -> None:
        if self._pids.get(name, 0):
            kill_group(self._pids[name])

    def _note_end(self, name: str) -> JobView | None:
        folder = self._shelf.folder(name)
        job = folder.read()
        if job is None or job.view.state in OVER:
            return None if job is None else job.view
        if job.view.state == "queued" and self._closed:
            return job.view  # it was never begun, and the next server begins it
        fruitless = name in self._stopped and self._shelf.experiment(name) is None
        ended = folder.ended(job, time.time(), stopped=fruitless)
        folder.write(ended)
        return ended.view
