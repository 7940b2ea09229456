"""A worker's process, seen from the search."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, BinaryIO, cast

import psutil

from .environment import worker_environment
from .job import Job
from .messages import read_message, write_message
from .worker import OUT_OF_MEMORY

Inbox = queue.SimpleQueue[tuple["WorkerProcess", dict[str, Any] | None]]


class WorkerProcess:
    """A worker: it gets jobs, what it says goes into an inbox, None when it has ended.

    Args:
        inbox: Where what it says is put, together with the worker.
        threads: How many threads its fits use.
        log: The file that gets what libraries print.
    """

    def __init__(self, inbox: Inbox, threads: int, log: Path | None = None) -> None:
        self.job: Job | None = None
        self.since = 0.0
        self.peak = 0
        self._inbox = inbox
        with contextlib.ExitStack() as stack:
            errors = stack.enter_context(log.open("ab")) if log else subprocess.DEVNULL
            self._process = subprocess.Popen(
                [sys.executable, "-m", "lumina_jupyter.automl.execution.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=worker_environment(threads),
                # Beyond reach of the interrupts that are sent to a kernel's group; and a group that can be killed.
                start_new_session=True,
            )
        self._watched: psutil.Process | None = None
        with contextlib.suppress(psutil.Error):
            self._watched = psutil.Process(self._process.pid)
        threading.Thread(target=self._read, name="lumina-automl-worker", daemon=True).start()

    @property
    def pid(self) -> int:
        """The number of its process."""
        return self._process.pid

    def open(self, folder: Path) -> None:
        """Let it read an experiment's data."""
        self._send({"open": str(folder)})

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
        """End it at once with all that it began, and wait until it is gone."""
        if hasattr(os, "killpg"):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        with contextlib.suppress(OSError):
            self._process.kill()
        self._process.wait()
        with contextlib.suppress(OSError):
            cast("BinaryIO", self._process.stdin).close()

    def death(self) -> str:
        """Why it has ended, as a sentence."""
        code = self._process.wait()
        if code == OUT_OF_MEMORY:
            return "There was not enough memory for it."
        if code < 0:
            name = signal.Signals(-code).name if -code in set(signal.Signals) else str(-code)
            return f"Its process was ended by {name}, as the system does when memory runs out."
        return f"Its process ended with status {code}."

    def _send(self, message: dict[str, Any]) -> None:
        # One that has died is noticed where it is read from.
        with contextlib.suppress(OSError, ValueError):
            write_message(cast("BinaryIO", self._process.stdin), message)

    def _read(self) -> None:
        replies = cast("BinaryIO", self._process.stdout)
        with contextlib.suppress(OSError, ValueError):
            while (message := read_message(replies)) is not None:
                self._inbox.put((self, message))
        replies.close()
        self._inbox.put((self, None))
