"""Workers are real processes: one that is killed, takes too much memory or too long costs one job, not the search."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from lumina_jupyter.automl.execution.choice import make_executor
from lumina_jupyter.automl.execution.job import ALL_ROWS, Job
from lumina_jupyter.automl.execution.local import LocalExecutor
from lumina_jupyter.automl.execution.nursery import Nursery
from lumina_jupyter.automl.experiment.experiment import Experiment
from lumina_jupyter.automl.fitting.preparation import prepare
from lumina_jupyter.automl.resources import LEAST_FIT, LIBRARIES

from .outcomes import only_outcome
from .tables import churn

SLOW = Job(trial=1, fold=0, family="random_forest", params={"trees": 200_000})
QUICK = Job(trial=2, fold=1, family="linear", params={"strength": 1.0})


@pytest.fixture
def experiment() -> Experiment:
    problem = prepare(
        churn(), "churn", kind=None, quantiles=(), kinds=None, groups=None, time=False, folds=2, weights=None, seed=0,
        say=lambda event: None,
    )  # fmt: skip
    made = Experiment.create("", "churn")
    problem.save(made.folder)
    return made


@pytest.fixture
def one_worker(experiment: Experiment) -> Iterator[LocalExecutor]:
    executor = LocalExecutor(1, 1)
    executor.open(experiment.folder)
    yield executor
    executor.close()


def ready_pid(executor: LocalExecutor) -> int:
    until = time.monotonic() + 240
    while not executor.pids:
        assert executor.wait(0.1) == []
        assert time.monotonic() < until
    return executor.pids[0]


def gone(pid: int) -> bool:
    try:
        process = psutil.Process(pid)
    except psutil.NoSuchProcess:
        return True
    return not psutil.wait_procs([process], timeout=60)[1]


def test_a_worker_that_is_killed_costs_one_job(one_worker: LocalExecutor, experiment: Experiment) -> None:
    one_worker.submit(SLOW)
    assert (one_worker.free, one_worker.running) == (0, (SLOW,))
    os.kill(ready_pid(one_worker), signal.SIGKILL)
    lost = only_outcome(one_worker)
    assert lost.job == SLOW
    assert "SIGKILL" in lost.failure

    one_worker.submit(QUICK)
    done = only_outcome(one_worker)
    assert (done.job, done.failure) == (QUICK, "")
    assert done.seconds > 0
    assert done.peak_bytes > 10_000_000
    assert done.model_bytes == experiment.files(2, 1).model.stat().st_size
    probabilities = experiment.prediction(2, 1)
    assert probabilities.shape == (200, 2)
    assert np.allclose(probabilities.sum(axis=1), 1)

    one_worker.submit(Job(trial=3, fold=ALL_ROWS, family="linear", params={"strength": -1.0}))
    failed = only_outcome(one_worker)
    assert failed.failure, "What a library raises is the job's failure."
    assert not experiment.files(3, ALL_ROWS).model.exists()


def test_too_long_and_given_up(one_worker: LocalExecutor) -> None:
    one_worker.submit(Job(trial=1, fold=0, family="random_forest", params={"trees": 200_000}, seconds=0.3))
    assert "not done after" in only_outcome(one_worker).failure
    one_worker.submit(SLOW)
    first = ready_pid(one_worker)
    one_worker.cancel(SLOW)
    assert gone(first)
    one_worker.submit(QUICK)
    assert only_outcome(one_worker).job == QUICK


def test_a_worker_ends_with_its_search_in_the_middle_of_a_fit(one_worker: LocalExecutor) -> None:
    one_worker.submit(SLOW)
    pid = ready_pid(one_worker)
    # What the system does when the process of the search dies.
    one_worker._workers[0]._child.requests.close()
    assert gone(pid)


def test_a_fit_has_its_share_of_the_memory_and_libraries_are_there_once(experiment: Experiment) -> None:
    budget = LIBRARIES + LEAST_FIT
    executor = make_executor("local", n_jobs=1, memory_budget=budget, rows=400, warn=lambda text: None)
    assert isinstance(executor, LocalExecutor)
    assert executor.memory == LEAST_FIT
    try:
        executor.open(experiment.folder)
        for _ in range(2):
            executor.submit(QUICK)
            assert only_outcome(executor).failure == "", "The libraries, which take more, are there before any fit."
        if Nursery.possible():
            # What the first fit has left was collected, and nothing that workers share was written to.
            held = psutil.Process(executor.pids[0]).memory_full_info()
            assert held.uss < held.rss / 4
        executor.submit(SLOW)
        assert "of memory, of 48 MB" in only_outcome(executor).failure
    finally:
        executor.close()


@pytest.mark.skipif(not Nursery.possible(), reason="Workers are not forked here.")
def test_libraries_are_held_by_workers_alone_once_they_are_there(one_worker: LocalExecutor) -> None:
    first = ready_pid(one_worker)
    nursery = psutil.Process(Nursery.shared()._process.pid)
    until = time.monotonic() + 240
    while nursery.memory_info().rss > psutil.Process(first).memory_info().rss / 3:
        assert time.monotonic() < until, "It holds what only its workers need."
        time.sleep(0.1)
    one_worker.submit(SLOW)
    os.kill(first, signal.SIGTERM)
    assert "SIGTERM" in only_outcome(one_worker).failure, "How a worker ended that it forked before is known."
    one_worker.submit(QUICK)
    assert only_outcome(one_worker).failure == ""
    assert ready_pid(one_worker) != first
    assert psutil.Process(ready_pid(one_worker)).ppid() == nursery.pid


def test_workers_that_are_programs_of_their_own(experiment: Experiment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Nursery, "possible", staticmethod(lambda: False))
    executor = LocalExecutor(1, 1)
    try:
        executor.open(experiment.folder)
        executor.submit(QUICK)
        assert only_outcome(executor).failure == ""
        pid = executor.pids[0]
    finally:
        executor.close()
    assert gone(pid)
    assert Path(experiment.folder / "workers.log").exists()
