"""On a worker of a cluster: the fits of an experiment, each in a process of its own that can be killed, in a folder of its own.

Nothing that this module loads is heavy: a cluster's worker reads it while it answers others. The processes load the rest.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import platform
import shutil
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lumina_jupyter._version import __version__

from .job import Job, Outcome
from .local import LocalExecutor
from .nursery import Nursery
from .report import Report, pack_report

TOKEN = "cluster.token"  # noqa: S105 - the name of a file
IDLE = 120.0
"""Seconds after which the processes of an experiment that asks for nothing more are ended, and its folder is deleted."""
TICK = 0.2
DATA = "data"
_TOLD = ("scikit-learn", "numpy", "pandas", "joblib", "lightgbm", "xgboost", "xgboost-cpu", "catboost", "jax")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where workers find an experiment's data.

    Args:
        token: Names the search among others.
        folder: The experiment's folder; it is read where a file in it holds the token.
    """

    token: str
    folder: str


def greet() -> dict[str, str]:
    """The versions of what matters to fits, here. Libraries begin to be loaded."""
    if Nursery.possible():
        Nursery.shared()
    return versions()


def versions() -> dict[str, str]:
    """The versions of what matters to fits; what is not installed is left out."""
    found = {"python": ".".join(platform.python_version_tuple()[:2]), "lumina-jupyter": __version__}
    for name in _TOLD:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found[name.removesuffix("-cpu")] = importlib.metadata.version(name)
    return found


def sees(source: Source) -> bool:
    """Whether the experiment's own folder can be read here."""
    try:
        return (Path(source.folder) / TOKEN).read_text() == source.token
    except (OSError, ValueError):
        return False


def work(
    source: Source, parcel: Mapping[str, bytes] | None, job: Job, memory: int, ticket: str, parent: str = ""
) -> bytes:
    """Do a job.

    Args:
        source: Where the data are.
        parcel: The files of the data, where they were sent.
        job: What is to be done.
        memory: How many bytes its process may hold; 0 for no limit.
        ticket: By which it is given up.
        parent: The folder in which files are left meanwhile; empty for the system's.

    Returns:
        A report, packed.
    """
    station = _enter(source.token, parent)
    try:
        return pack_report(station.run(source, parcel, job, memory, ticket))
    finally:
        _leave(station)


def give_up(token: str, ticket: str) -> None:
    """End a job; its report says so."""
    with _lock:
        if token in _stations:
            _stations[token].given_up.add(ticket)


def forget(token: str) -> None:
    """End all processes of an experiment, and delete its files."""
    with _lock:
        station = _stations.pop(token, None)
    if station is not None:
        station.close()


class Station:
    """An experiment on this worker.

    Args:
        token: Its name.
        parent: Where its folder is made.
    """

    def __init__(self, token: str, parent: str) -> None:
        self.token = token
        self.given_up: set[str] = set()
        self.busy = 0
        self.rest: threading.Timer | None = None
        self._folder = Path(tempfile.mkdtemp(prefix="lumina-automl-", dir=parent or None))
        self._idle: list[tuple[int, LocalExecutor]] = []
        self._settling = threading.Lock()
        self._closed = False

    def run(self, source: Source, parcel: Mapping[str, bytes] | None, job: Job, memory: int, ticket: str) -> Report:
        """Do a job, as `work` says."""
        if not self._settle(source, parcel):
            return Report(state="no data")
        executor = self._take(job.threads, memory)
        done: list[Outcome] = []
        try:
            executor.submit(job)
            while not done:
                if self._closed or ticket in self.given_up:
                    return Report(state="given up")
                done = executor.wait(TICK)
        finally:
            executor.cancel(job)
            self._put_back(memory, executor)
        return self._report(done[0])

    def close(self) -> None:
        """End what is idle; what is busy ends by itself."""
        self._closed = True
        if self.rest is not None:
            self.rest.cancel()
        while self._idle:
            self._idle.pop()[1].close()
        if not self.busy:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _settle(self, source: Source, parcel: Mapping[str, bytes] | None) -> bool:
        """Have the data below this folder. Returns whether they are."""
        data = self._folder / DATA
        with self._settling:
            if data.exists():
                return True
            if parcel is not None:
                arriving = self._folder / "arriving"
                for name, content in parcel.items():
                    path = arriving / name
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(content)
                arriving.rename(data)
                return True
            if sees(source):
                with contextlib.suppress(OSError):
                    data.symlink_to(Path(source.folder) / DATA, target_is_directory=True)
                    return True
            return False

    def _take(self, threads: int, memory: int) -> LocalExecutor:
        for place in list(self._idle):
            if place[0] == memory and place[1].threads == threads:
                with contextlib.suppress(ValueError):  # another job was quicker
                    self._idle.remove(place)
                    return place[1]
        executor = LocalExecutor(1, threads, memory)
        executor.open(self._folder)
        return executor

    def _put_back(self, memory: int, executor: LocalExecutor) -> None:
        if self._closed or not executor.free:
            executor.close()
        else:
            self._idle.append((memory, executor))

    def _report(self, outcome: Outcome) -> Report:
        from ..experiment.experiment import Experiment

        files = Experiment(self._folder).files(outcome.job.trial, outcome.job.fold)
        report = Report(
            state="done",
            outcome=outcome,
            prediction=b"" if outcome.failure else _content(files.prediction),
            model=b"" if outcome.failure else _content(files.model),
        )
        for path in (files.prediction, files.model, files.outcome):
            path.unlink(missing_ok=True)
        return report


_stations: dict[str, Station] = {}
_lock = threading.Lock()


def _enter(token: str, parent: str) -> Station:
    with _lock:
        station = _stations.get(token)
        if station is None:
            station = _stations[token] = Station(token, parent)
        station.busy += 1
        if station.rest is not None:
            station.rest.cancel()
        return station


def _leave(station: Station) -> None:
    with _lock:
        station.busy -= 1
        current = _stations.get(station.token) is station
        if current and not station.busy:
            # The search may have died with its computer: nobody says then that this can go.
            station.rest = threading.Timer(IDLE, _rest, [station])
            station.rest.daemon = True
            station.rest.start()
    if not current:
        station.close()


def _rest(station: Station) -> None:
    with _lock:
        if station.busy or _stations.get(station.token) is not station:
            return
        del _stations[station.token]
    station.close()


def _content(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""
