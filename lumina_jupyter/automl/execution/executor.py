"""What runs jobs: processes here, or a cluster."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from .job import Job, Outcome


class Executor(Protocol):
    """Runs jobs. Used by one thread."""

    @property
    def workers(self) -> int:
        """How many jobs run at once."""

    @property
    def threads(self) -> int:
        """How many threads each of them may use."""

    @property
    def free(self) -> int:
        """How many more jobs would run at once."""

    @property
    def running(self) -> tuple[Job, ...]:
        """The jobs that were submitted and have no outcome yet."""

    def open(self, folder: Path) -> None:
        """Let the workers read the data of an experiment; jobs come after this."""

    def submit(self, job: Job) -> None:
        """Run a job. Call it only while there is a free place."""

    def wait(self, seconds: float) -> list[Outcome]:
        """The outcomes since the last call; waits at most so long for the first one."""

    def cancel(self, job: Job) -> None:
        """Give a job up; it has no outcome. Nothing happens when it has one already."""

    def close(self) -> None:
        """End all workers. Jobs that run are given up."""
