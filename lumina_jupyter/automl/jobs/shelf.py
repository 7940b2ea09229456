"""All jobs and experiments of a server, as they are on the disk; what blocks is called in threads."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from lumina_jupyter.errors import ExperimentMissing, SettingUnusable
from lumina_jupyter.storage.folders import private_folder

from ..experiment.experiment import Experiment, check_name, made_names
from ..experiment.listing import Listed, experiments
from .child import is_alive
from .job import OVER, Job, JobFolder

if TYPE_CHECKING:
    from filelock import BaseFileLock

BEGINNING_SECONDS = 60.0
"""Seconds in which a process has come so far as to hold its job."""


class Shelf:
    """Where jobs and experiments lie.

    Args:
        data: Lumina's data folder.
        root: The folder of all experiments.
    """

    def __init__(self, data: Path, root: Path) -> None:
        self._jobs = data / "automl-jobs"
        self.root = root

    def folder(self, name: str) -> JobFolder:
        """A job's folder, whether or not it is there.

        Raises:
            ExperimentMissing: when nothing can be named so.
        """
        try:
            check_name(name)
        except SettingUnusable:
            raise missing(name) from None
        return JobFolder(self._jobs / name)

    def job(self, name: str, mine: Iterable[str] = ()) -> Job | None:
        """A job as it is now: one whose process is gone has ended.

        Args:
            name: Its name.
            mine: Names of the jobs whose processes are known to be at work, or about to be.
        """
        folder = self.folder(name)
        job = folder.read()
        if job is None or job.view.state != "running" or name in mine:
            return job
        beginning = time.time() - job.view.began_at < BEGINNING_SECONDS and is_alive(job.pid)
        if beginning or folder.is_held():
            return job
        ended = folder.ended(job, time.time())
        folder.write(ended)
        return ended

    def jobs(self, mine: Iterable[str] = ()) -> list[Job]:
        """All jobs, the newest first; one whose experiment was deleted elsewhere is forgotten."""
        names = [path.parent.name for path in self._jobs.glob("*/job.json")]
        known = [job for name in names if (job := self.job(name, mine)) is not None]
        found = []
        for job in known:
            if job.view.state == "done" and self.experiment(job.view.name) is None:
                self.folder(job.view.name).remove()
            else:
                found.append(job)
        return sorted(found, key=lambda job: job.view.created_at, reverse=True)

    def hold_queue(self) -> BaseFileLock | None:
        """The lock of the server that begins what waits here; None while another server has it."""
        from filelock import FileLock, Timeout

        lock = FileLock(private_folder(self._jobs) / "queue.lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return None
        return lock

    def take(self, name: str, target: str, owner: str) -> JobFolder:
        """A new job's folder; a name is made when none is given.

        Raises:
            SettingUnusable: when the name is taken. A job of the same person that came to nothing does not keep its name.
        """
        for each in [name] if name else made_names(target):
            folder = self.folder(each)
            if (self.root / each).exists():
                continue
            before = self.job(each)
            if before is not None and before.owner == owner and before.view.state in OVER:
                folder.remove()
            if folder.make():
                return folder
        raise SettingUnusable(
            f"There is an experiment named {name!r} already.", hint="Go on with it (`resume`), or take another name."
        )

    def experiment(self, name: str) -> Experiment | None:
        """An experiment; None while there is none of this name."""
        try:
            return Experiment.open(name, root=self.root)
        except ExperimentMissing:
            return None

    def experiments(self) -> list[Listed]:
        """All experiments, newest first."""
        return experiments(self.root)


def missing(name: str) -> ExperimentMissing:
    """What is told to whoever asks for an experiment that is not there, or not theirs."""
    return ExperimentMissing(f"There is no experiment named {name[:100]!r}.")
