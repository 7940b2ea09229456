"""Processes for workers: forked by a nursery where the system can, else begun as programs of their own."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from typing import IO, Protocol, cast

from .environment import worker_environment
from .nursery import Nursery
from .process_group import kill_group

MODULE = "lumina_jupyter.automl.execution.worker"


class Child(Protocol):
    """A process that runs the worker's program."""

    requests: IO[bytes]
    """What is written here it reads."""
    replies: IO[bytes]
    """What it writes is read here."""

    def kill(self) -> None:
        """End it at once, with all that it began."""

    def status(self) -> int:
        """Its exit status when it is gone; a signal's number is negative."""


class Program:
    """A worker that is a program of its own: it loads its libraries itself, which takes seconds."""

    def __init__(self, threads: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", MODULE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=worker_environment(threads),
            # Beyond reach of the interrupts that are sent to a kernel's group; and a group that can be killed.
            start_new_session=True,
        )
        self.requests = cast("IO[bytes]", self._process.stdin)
        self.replies = cast("IO[bytes]", self._process.stdout)

    def kill(self) -> None:
        """End its group."""
        kill_group(self._process.pid)
        with contextlib.suppress(OSError):
            self._process.kill()
        self._process.wait()
        with contextlib.suppress(OSError):
            self.requests.close()

    def status(self) -> int:
        """Its exit status."""
        return self._process.wait()


def begin_child(threads: int) -> Child:
    """A process for a worker."""
    if Nursery.possible():
        with contextlib.suppress(OSError):
            return Nursery.shared().begin()
    return Program(threads)
