"""A search whose fits run in this process, on a clock of its own: what a search does with time is known to the second."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from lumina_jupyter.automl.execution.job import Job, Outcome
from lumina_jupyter.automl.execution.training import Trainer
from lumina_jupyter.automl.experiment.experiment import Experiment
from lumina_jupyter.automl.experiment.problem import Problem
from lumina_jupyter.automl.families.family import Family
from lumina_jupyter.automl.families.registry import FAMILIES
from lumina_jupyter.automl.metrics.metric import Metric
from lumina_jupyter.automl.progress import SearchEvent
from lumina_jupyter.automl.search.clock import BudgetClock
from lumina_jupyter.automl.search.run import Found, Search
from lumina_jupyter.automl.search.studies import Studies


class InProcess:
    """Trains at once what it is given, and says so when the fit's time is over.

    Args:
        folder: The experiment's folder.
        seconds: How long each fit takes by its clock.
        workers: How many run at once.
        waiting: Called whenever the search waits.
    """

    threads = 1

    def __init__(
        self, folder: Path, seconds: float, workers: int = 1, waiting: Callable[[], object] = lambda: None
    ) -> None:
        self.workers = workers
        self.now = 0.0
        self.submitted: list[Job] = []
        self.cancelled: list[Job] = []
        self._seconds = seconds
        self._waiting = waiting
        self._trainer = Trainer(folder)
        self._running: list[tuple[float, Outcome]] = []

    @property
    def free(self) -> int:
        """How many more jobs would run at once."""
        return self.workers - len(self._running)

    @property
    def running(self) -> tuple[Job, ...]:
        """The jobs that have no outcome yet."""
        return tuple(outcome.job for _, outcome in self._running)

    def open(self, folder: Path) -> None:
        """The data are there."""

    def submit(self, job: Job) -> None:
        """Train."""
        self.submitted.append(job)
        outcome = dataclasses.replace(self._trainer.run(job), seconds=self._seconds)
        self._running.append((self.now + self._seconds, outcome))

    def wait(self, seconds: float) -> list[Outcome]:
        """Let time pass until the first fit is over, but no more than so much."""
        self._waiting()
        # Of a clock's numbers two may be the same that are very near: a little passes always.
        self.now = min([self.now + max(seconds, 1e-3), *(end for end, _ in self._running)])
        over = [outcome for end, outcome in self._running if end <= self.now]
        self._running = [(end, outcome) for end, outcome in self._running if end > self.now]
        return over

    def cancel(self, job: Job) -> None:
        """Give it up; what it has left in the folder stays, as that of a worker that was just done."""
        self.cancelled.append(job)
        self._running = [each for each in self._running if each[1].job.key != job.key]

    def close(self) -> None:
        """Nothing lives on."""


class Played:
    """A search of a problem.

    Args:
        experiment: Its folder, in which the problem lies.
        problem: What is searched for.
        metric: By which candidates are compared.
        total: The budget in seconds.
        spent: Of these, how many an earlier run has spent.
        seconds: How long each fit takes.
        workers: How many fits run at once.
        families: Which ones are tried.
        most: How many trials at most; 0 for any number.
        said: Called with all that is said.
        waiting: Called whenever the search waits.
    """

    def __init__(
        self,
        experiment: Experiment,
        problem: Problem,
        metric: Metric,
        *,
        total: float = 1000.0,
        spent: float = 0.0,
        seconds: float = 7.0,
        workers: int = 1,
        families: Sequence[Family] = (FAMILIES["linear"],),
        most: int = 0,
        said: Callable[[SearchEvent], Any] = lambda event: None,
        waiting: Callable[[], object] = lambda: None,
    ) -> None:
        self.executor = InProcess(experiment.folder, seconds, workers, waiting)
        self.clock = BudgetClock(total, spent=spent, now=lambda: self.executor.now)
        self.stopping = threading.Event()
        self._search = Search(
            problem=problem,
            metric=metric,
            families=families,
            experiment=experiment,
            executor=self.executor,
            clock=self.clock,
            studies=Studies(experiment.folder),
            seed=0,
            most_trials=most,
            say=said,
            stopping=self.stopping,
            hurry=threading.Event(),
        )

    def run(self) -> Found:
        """Search."""
        return self._search.run()
