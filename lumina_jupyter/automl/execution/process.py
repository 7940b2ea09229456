"""A worker's process, seen from the search."""

from __future__ import annotations

import contextlib
import dataclasses
import queue
import signal
import threading
import time
from pathlib import Path
from typing import Any

import psutil

from .children import begin_child
from .job import Job
from .messages import read_message, write_message
from .worker import OUT_OF_MEMORY

Inbox = queue.SimpleQueue[tuple["WorkerProcess", dict[str, Any] | None]]


class WorkerProcess:
    """A worker: it gets jobs, what it says goes into an inbox, None when it has ended.

    Args:
        inbox: Where what it says is put, together with the worker.
        threads: How many threads its fits use.
    """

    def __init__(self, inbox: Inbox, threads: int) -> None:
        self.job: Job | None = None
        self.since = 0.0
        self.peak = 0
        self.pid = 0
        """The number of its process; 0 until it is ready."""
        self.libraries = 0
        """How many bytes it held when it was ready."""
        self._inbox = inbox
        self._child = begin_child(threads)
        self._watched: psutil.Process | None = None
        threading.Thread(target=self._read, name="lumina-automl-worker", daemon=True).start()

    def open(self, folder: Path, threads: int) -> None:
        """Let it read an experiment's data."""
        self._send({"open": str(folder), "threads": threads})

    def begin(self, job: Job) -> None:
        """Give it a job."""
        self.job = job
        self.since = time.monotonic()
        self.peak = 0
        self._send({"job": dataclasses.asdict(job)})

    def end(self) -> Job | None:
        """Note that its job is over. Returns the job."""
        job, self.job = self.job, None
        return job

    def is_ready(self, pid: int) -> None:
        """Note that it is there."""
        self.pid = pid
        with contextlib.suppress(psutil.Error):
            self._watched = psutil.Process(pid)
        self.libraries = self.memory()
        if self.job is not None:
            # What it had to load first is no time of the job.
            self.since = time.monotonic()

    def memory(self) -> int:
        """How many bytes its process holds now; the highest of these is `peak`."""
        if self._watched is None:
            return 0
        try:
            held = int(self._watched.memory_info().rss)
        except psutil.Error:
            return 0
        self.peak = max(self.peak, held)
        return held

    def kill(self) -> None:
        """End it at once with all that it began."""
        self._child.kill()

    def death(self) -> str:
        """Why it has ended, as a sentence."""
        code = self._child.status()
        if code == OUT_OF_MEMORY:
            return "There was not enough memory for it."
        if code < 0:
            name = signal.Signals(-code).name if -code in set(signal.Signals) else str(-code)
            why = ", as the system does when memory runs out" if name == "SIGKILL" else ""
            return f"Its process was ended by {name}{why}."
        return f"Its process ended with status {code}."

    def _send(self, message: dict[str, Any]) -> None:
        # One that has died is noticed where it is read from.
        with contextlib.suppress(OSError, ValueError):
            write_message(self._child.requests, message)

    def _read(self) -> None:
        replies = self._child.replies
        with contextlib.suppress(OSError, ValueError):
            while (message := read_message(replies)) is not None:
                self._inbox.put((self, message))
        replies.close()
        self._inbox.put((self, None))
