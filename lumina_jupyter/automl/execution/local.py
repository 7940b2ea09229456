"""Workers on this machine: each a process; one that dies, takes too long or too much memory costs one job."""

from __future__ import annotations

import queue
import time
from pathlib import Path
from typing import Any

from .job import Job, Outcome
from .process import Inbox, WorkerProcess

TICK = 0.2
"""Seconds between two looks at the workers' memory and time."""
DEATHS = 3
"""A worker that dies so often before it is ready is not started again."""


class LocalExecutor:
    """Runs jobs in processes. They are started at once, so that they load their libraries meanwhile.

    Args:
        workers: How many.
        threads: How many threads each fit uses.
        memory: How many bytes a worker may hold beside the libraries, which it holds from the beginning; 0 for no limit.
    """

    def __init__(self, workers: int, threads: int, memory: int = 0) -> None:
        self.workers = workers
        self.threads = threads
        self.memory = memory
        self._folder: Path | None = None
        self._inbox: Inbox = queue.SimpleQueue()
        self._workers = [WorkerProcess(self._inbox, threads) for _ in range(workers)]
        self._deaths = 0

    @property
    def free(self) -> int:
        """How many more jobs would run at once."""
        return sum(worker.job is None for worker in self._workers)

    @property
    def running(self) -> tuple[Job, ...]:
        """The jobs that have no outcome yet."""
        return tuple(worker.job for worker in self._workers if worker.job is not None)

    @property
    def pids(self) -> tuple[int, ...]:
        """The numbers of the processes of those workers that are ready."""
        return tuple(worker.pid for worker in self._workers if worker.pid)

    def open(self, folder: Path) -> None:
        """Let the workers read the data of an experiment."""
        self._folder = folder
        for worker in self._workers:
            worker.open(folder, self.threads)

    def submit(self, job: Job) -> None:
        """Give the job to a worker that has none."""
        next(worker for worker in self._workers if worker.job is None).begin(job)

    def wait(self, seconds: float) -> list[Outcome]:
        """The outcomes since the last call; waits at most so long for the first one."""
        until = time.monotonic() + seconds
        outcomes: list[Outcome] = []
        while True:
            outcomes += self._overdue()
            left = until - time.monotonic()
            try:
                worker, message = self._inbox.get(timeout=0 if outcomes or left <= 0 else min(left, TICK))
            except queue.Empty:
                if outcomes or left <= 0:
                    return outcomes
                continue
            outcomes += self._heard(worker, message)

    def cancel(self, job: Job) -> None:
        """Kill the worker that does it, and start another."""
        for worker in self._workers:
            if worker.job is not None and worker.job.key == job.key:
                self._replace(worker)

    def close(self) -> None:
        """Kill all workers."""
        for worker in self._workers:
            worker.kill()
        self._workers = []

    def _heard(self, worker: WorkerProcess, message: dict[str, Any] | None) -> list[Outcome]:
        if worker not in self._workers:
            return []  # it was replaced
        if message is None:
            job, why, peak = worker.job, worker.death(), worker.peak
            self._deaths += job is None
            self._replace(worker)
            return [_lost(job, worker.since, why, peak)] if job else []
        if "ready" in message:
            self._deaths = 0
            worker.is_ready(message["ready"])
            return []
        worker.memory()
        job = worker.end()
        if job is None:
            return []
        return [Outcome(**{**message["done"], "job": job, "peak_bytes": worker.peak})]

    def _overdue(self) -> list[Outcome]:
        outcomes = []
        for worker in list(self._workers):
            held = worker.memory() - worker.libraries
            job = worker.job
            if job is None:
                continue
            why = ""
            if self.memory and held > self.memory:
                why = f"It took {held / 2**20:,.0f} MB of memory, of {self.memory / 2**20:,.0f} MB that a fit may have."
            elif time.monotonic() - worker.since > job.seconds:
                why = f"It was not done after {job.seconds:.0f} seconds."
            if why:
                outcomes.append(_lost(job, worker.since, why, worker.peak))
                self._replace(worker)
        return outcomes

    def _replace(self, worker: WorkerProcess) -> None:
        worker.kill()
        self._workers.remove(worker)
        if self._deaths >= DEATHS * max(1, len(self._workers)):
            return
        fresh = WorkerProcess(self._inbox, self.threads)
        if self._folder is not None:
            fresh.open(self._folder, self.threads)
        self._workers.append(fresh)


def _lost(job: Job, since: float, why: str, peak: int) -> Outcome:
    return Outcome(job=job, seconds=time.monotonic() - since, peak_bytes=peak, failure=why)
