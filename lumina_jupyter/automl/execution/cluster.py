"""Workers on a cluster: jobs go there and results come back over its own channel; only this side writes the experiment."""

from __future__ import annotations

import dataclasses
import json
import queue
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from lumina_jupyter.errors import ClusterUnavailable
from lumina_jupyter.storage import write_atomically

from ..experiment.experiment import Experiment
from . import station
from .job import Job, Outcome
from .report import Report, unpack_report
from .station import DATA, TOKEN, Source

TICK = 0.2
TRIES = 2
"""How often a job is given to the cluster, when it comes back with no result."""
THREADS = 1
"""For each fit: a place on a cluster is one core."""


class Cluster(Protocol):
    """What is asked of a cluster. Used by one thread."""

    name: str
    """What it is, for sentences."""
    memory: int
    """How many bytes there are for each place; 0 where that is not known."""

    def places(self) -> int:
        """How many jobs can run at once, now."""

    def lost(self) -> str:
        """Why it can't be reached any more, as a sentence; empty while it can."""

    def everywhere(self, function: Callable[..., Any], *args: Any) -> Mapping[str, Any]:
        """Call a function on each worker. Returns what it returned or raised, by the worker's address.

        Raises:
            ClusterUnavailable: when there is no answer.
        """

    def tell(self, function: Callable[..., Any], *args: Any) -> None:
        """Call a function on each worker soon, whatever comes of it."""

    def put(self, data: Any) -> Any:
        """Have data on all workers. Returns what stands for them among the arguments of `begin`.

        Raises:
            ClusterUnavailable: when they can't be brought there.
        """

    def begin(self, function: Callable[..., Any], *args: Any, over: Callable[[Any], None]) -> Any:
        """Run a function on some worker; `over` is called, in some thread, with what it returned or raised.

        Raises:
            ClusterUnavailable: when it can't be asked for.
        """

    def give_up(self, task: Any) -> None:
        """Forget what `begin` has begun."""

    def close(self) -> None:
        """Leave the cluster."""


@dataclasses.dataclass(slots=True)
class _Task:
    job: Job
    since: float
    handle: Any = None
    tries: int = 0


class ClusterExecutor:
    """Runs jobs on a cluster. Results are written into the experiment's folder by this process alone.

    Args:
        cluster: The cluster.
        most: How many jobs may run at once; 0 for as many as there are places.
        memory: How many bytes all jobs together may hold; 0 for what the workers have.

    Raises:
        ClusterUnavailable: when its workers can't do the work.
    """

    def __init__(self, cluster: Cluster, *, most: int = 0, memory: int = 0) -> None:
        self.threads = THREADS
        self.told: tuple[str, ...] = ()
        """What is to be known of the workers, as sentences."""
        self._cluster = cluster
        self._most = most
        self._tasks: dict[str, _Task] = {}
        self._inbox: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
        self._experiment: Experiment | None = None
        self._source = Source(token="", folder="")
        self._parcel: Any = None
        greetings = cluster.everywhere(station.greet)
        _refuse_strangers(cluster, greetings)
        self.told = _differences(cluster, list(greetings.values()))
        self._memory = memory // self.workers if memory else cluster.memory

    @property
    def workers(self) -> int:
        """How many jobs run at once; it changes as workers come and go."""
        places = self._cluster.places()
        return max(1, min(self._most, places) if self._most else places)

    @property
    def free(self) -> int:
        """How many more jobs would run at once."""
        places = self._cluster.places()
        return max(0, (min(self._most, places) if self._most else places) - len(self._tasks))

    @property
    def running(self) -> tuple[Job, ...]:
        """The jobs that have no outcome yet."""
        return tuple(task.job for task in self._tasks.values())

    def open(self, folder: Path) -> None:
        """Let the workers read the data of an experiment; they are sent when not all of them see its folder.

        Raises:
            ClusterUnavailable: when the cluster does not answer.
        """
        self._experiment = Experiment(folder)
        self._source = Source(token=uuid.uuid4().hex, folder=str(folder.resolve()))
        self._parcel = None
        write_atomically(folder / TOKEN, self._source.token.encode())
        seen = self._cluster.everywhere(station.sees, self._source)
        if not all(each is True for each in seen.values()):
            self._send_data()

    def submit(self, job: Job) -> None:
        """Give the job to the cluster.

        Raises:
            ClusterUnavailable: when the cluster was lost.
        """
        self._begin(_Task(job=job, since=time.monotonic()))

    def wait(self, seconds: float) -> list[Outcome]:
        """The outcomes since the last call; waits at most so long for the first one.

        Raises:
            ClusterUnavailable: when the cluster was lost.
        """
        until = time.monotonic() + seconds
        outcomes: list[Outcome] = []
        while True:
            if why := self._cluster.lost():
                raise ClusterUnavailable(why)
            left = until - time.monotonic()
            try:
                ticket, found = self._inbox.get(timeout=0 if outcomes or left <= 0 else min(left, TICK))
            except queue.Empty:
                if outcomes or left <= 0:
                    return outcomes
                continue
            task = self._tasks.pop(ticket, None)
            if task is not None:  # else it was given up
                outcomes += self._heard(task, found)

    def cancel(self, job: Job) -> None:
        """End what does it, wherever that is."""
        for ticket, task in list(self._tasks.items()):
            if task.job.key == job.key:
                del self._tasks[ticket]
                self._cluster.give_up(task.handle)
                self._cluster.tell(station.give_up, self._source.token, ticket)

    def close(self) -> None:
        """End all work of this search on the cluster, and leave it."""
        for task in self._tasks.values():
            self._cluster.give_up(task.handle)
        self._tasks.clear()
        if self._experiment is not None:
            self._cluster.tell(station.forget, self._source.token)
            (self._experiment.folder / TOKEN).unlink(missing_ok=True)
        self._parcel = None
        self._cluster.close()

    def _opened(self) -> Experiment:
        if self._experiment is None:
            raise RuntimeError("Jobs come after `open`.")
        return self._experiment

    def _send_data(self) -> None:
        data = self._opened().folder / DATA
        files = [path for path in sorted(data.rglob("*")) if path.is_file()]
        self._parcel = self._cluster.put({path.relative_to(data).as_posix(): path.read_bytes() for path in files})

    def _begin(self, task: _Task) -> None:
        ticket = uuid.uuid4().hex
        task.tries += 1
        self._tasks[ticket] = task
        inbox = self._inbox
        task.handle = self._cluster.begin(
            station.work,
            self._source,
            self._parcel,
            task.job,
            self._memory,
            ticket,
            over=lambda found: inbox.put((ticket, found)),
        )

    def _heard(self, task: _Task, found: Any) -> list[Outcome]:
        try:
            report = found if isinstance(found, Exception) else unpack_report(found, task.job)
        except ValueError as error:
            report = error
        if isinstance(report, Report) and report.outcome is not None:
            return [self._keep(report.outcome, report)]
        if why := self._cluster.lost():
            raise ClusterUnavailable(why)
        if task.tries < TRIES:
            # Its worker has gone, or came and sees nothing of the data, or those that held them have gone.
            if self._parcel is not None or isinstance(report, Report):
                self._send_data()
            self._begin(task)
            return []
        why = f"{type(report).__name__}: {report}" if isinstance(report, Exception) else "the data did not arrive there"
        failure = f"No worker of {self._cluster.name} could do it: {' '.join(why.split())[:300]}"
        return [Outcome(job=task.job, seconds=time.monotonic() - task.since, failure=failure)]

    def _keep(self, outcome: Outcome, report: Report) -> Outcome:
        """Write what came back; the outcome last, because it says that the rest is there."""
        files = self._opened().files(*outcome.job.key)
        files.model.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        for path, content in ((files.prediction, report.prediction), (files.model, report.model)):
            if content:
                write_atomically(path, content)
        write_atomically(files.outcome, json.dumps(dataclasses.asdict(outcome)).encode())
        return outcome


def _refuse_strangers(cluster: Cluster, greetings: Mapping[str, Any]) -> None:
    """Refuse a cluster with workers that can't run anything of this package."""
    failures = [each for each in greetings.values() if isinstance(each, Exception)]
    if not failures:
        return
    raise ClusterUnavailable(
        f"{len(failures)} of {len(greetings)} workers of {cluster.name} can't run fits: {failures[0]}.",
        hint=f"Install lumina-jupyter[automl]=={station.versions()['lumina-jupyter']} in the workers' environment.",
    )


def _differences(cluster: Cluster, workers: Sequence[Mapping[str, str]]) -> tuple[str, ...]:
    """What differs between the workers and this process, as sentences."""
    here = station.versions()
    told = []
    for name in sorted({*here, *(each for worker in workers for each in worker)}):
        own = here.get(name, "")
        others = [worker.get(name, "") for worker in workers]
        different = sorted({other for other in others if other != own})
        if different:
            count = sum(other != own for other in others)
            told.append(
                f"{name} is {', '.join(each or 'missing' for each in different)} on {count} of {len(workers)} workers of "
                f"{cluster.name}, and {own or 'missing'} here: fits may fail, or models not load here."
            )
    return tuple(told)
