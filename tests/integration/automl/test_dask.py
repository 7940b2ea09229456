"""Fits on a real Dask cluster of two processes: workers that are killed cost nothing but time, a lost cluster the rest of it."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
from sklearn.base import clone

from lumina_jupyter.automl import AutoML
from lumina_jupyter.automl.execution import dask, station
from lumina_jupyter.automl.execution.cluster import ClusterExecutor
from lumina_jupyter.automl.execution.job import Job, Outcome
from lumina_jupyter.automl.experiment.experiment import Experiment
from lumina_jupyter.automl.preparation import prepare
from lumina_jupyter.automl.progress import SearchEvent, TrialChanged
from lumina_jupyter.automl.search.studies import open_storage
from lumina_jupyter.errors import ClusterUnavailable, MissingExtra, SettingUnusable

from .tables import churn

SLOW = Job(trial=1, fold=0, family="random_forest", params={"trees": 200_000})
QUICK = Job(trial=2, fold=1, family="linear", params={"strength": 1.0})


@pytest.fixture(scope="module")
def distributed() -> Any:
    """Loaded when a test asks for it, not when tests are collected."""
    return pytest.importorskip("distributed")


@pytest.fixture(scope="module")
def cluster(distributed: Any, data_folder: Path) -> Iterator[Any]:
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
    ) as made:
        yield made


@pytest.fixture(scope="module")
def client(distributed: Any, cluster: Any) -> Iterator[Any]:
    with distributed.Client(cluster, set_as_default=False) as made:
        yield made


@pytest.fixture(scope="module")
def experiment(data_folder: Path) -> Experiment:
    problem = prepare(
        churn(), "churn", kind=None, quantiles=(), kinds=None, groups=None, time=False, folds=2, weights=None, seed=0,
        say=lambda event: None,
    )  # fmt: skip
    made = Experiment.create("", "churn")
    problem.save(made.folder)
    return made


def wait_for(condition: Callable[[], Any], seconds: float = 240.0) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "It did not come."
        time.sleep(0.02)


def only_outcome(executor: ClusterExecutor) -> Outcome:
    until = time.monotonic() + 240
    while time.monotonic() < until:
        for outcome in executor.wait(1.0):
            return outcome
    raise AssertionError("Nothing came back.")


def first_fold_trained(event: SearchEvent) -> bool:
    return isinstance(event, TrialChanged) and event.trial.candidate.origin != "naive" and bool(event.trial.folds)


def test_a_search_goes_on_when_a_worker_is_killed(client: Any, tmp_path: Path) -> None:
    killed: list[psutil.Process] = []

    def kill_a_busy_worker(event: SearchEvent) -> None:
        if not killed and first_fold_trained(event):
            pids = client.run(os.getpid)
            busy = [address for address, keys in client.processing().items() if keys]
            process = psutil.Process(pids[(busy or list(pids))[0]])
            killed.extend([process, *process.children(recursive=True)])
            process.send_signal(signal.SIGKILL)

    storage = str(tmp_path / "studies.log")
    model = AutoML(
        executor=client, storage=storage, time_budget=600, max_trials=6, folds=2, families=["linear"], verbose=0
    )
    assert clone(model).executor is client, "A client can't be copied."
    model.listen(kill_a_busy_worker).fit(churn(), "churn", time=False)
    assert len(killed) >= 2, "A worker and what loads libraries for it."
    assert not psutil.wait_procs(killed, timeout=60)[1], "What a worker began outlives it."

    trials = model.trials_
    assert [trial.number for trial in trials] == list(range(6))
    assert {trial.state for trial in trials} == {"done"}, [trial.reason for trial in trials]
    assert all([fold.fold for fold in trial.folds] == [0, 1] for trial in trials)
    assert all(fold.peak_bytes > 10_000_000 for trial in trials[1:] for fold in trial.folds)
    assert sorted(model.leaderboard_["trial"]) == list(range(6))
    assert set(model.predict(churn(20, seed=1))) <= {"yes", "no"}
    assert model.score(churn(200, seed=1), churn(200, seed=1)["churn"]) > 0.8
    assert not any("versions" in text or "missing" in text for text in model.told_), model.told_
    folder = model.experiment_.folder
    shared = open_storage(storage).get_all_studies()
    assert {study.study_name.split()[-1] for study in shared} == {"linear", "hist_gradient_boosting"}
    assert model.experiment_.spec()["parameters"]["storage"] == storage
    assert not (folder / station.TOKEN).exists()
    assert "executor" not in model.experiment_.spec()["parameters"], "A client is not kept, and resumed here."
    assert client.status == "running", "It is the user's own."


def test_jobs_with_data_that_are_sent(
    distributed: Any, client: Any, experiment: Experiment, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = station.versions()
    monkeypatch.setattr(station, "versions", lambda: {**real, "scikit-learn": "0.1"})
    executor = ClusterExecutor(dask.connect(client), most=1)
    try:
        assert [text.partition(" on ")[0] for text in executor.told] == [f"scikit-learn is {real['scikit-learn']}"]
        executor.open(experiment.folder)
        # As for workers that come later, and do not see the folder: the file in it is that of another search.
        (experiment.folder / station.TOKEN).write_text("another")
        assert (executor.workers, executor.free, executor.running) == (1, 1, ())
        executor.submit(QUICK)
        assert (executor.free, executor.running) == (0, (QUICK,))
        done = only_outcome(executor)
        assert (done.job, done.failure) == (QUICK, "")
        files = experiment.files(QUICK.trial, QUICK.fold)
        assert done.model_bytes == files.model.stat().st_size
        assert np.allclose(experiment.prediction(QUICK.trial, QUICK.fold).sum(axis=1), 1)
        assert files.outcome.exists()

        executor.submit(Job(trial=3, fold=0, family="random_forest", params={"trees": 200_000}, seconds=0.3))
        assert "not done after" in only_outcome(executor).failure
        assert not experiment.files(3, 0).model.exists()

        executor.submit(SLOW)
        wait_for(lambda: trains(client))
        (slow,) = trains(client)
        executor.cancel(SLOW)
        assert executor.running == ()
        assert not psutil.wait_procs([slow], timeout=60)[1], "It was given up, and goes on."

        sent = {key for keys in client.has_what().values() for key in keys}
        client.cancel([distributed.Future(key, client=client) for key in sent], force=True)
        executor.submit(QUICK)
        assert only_outcome(executor).failure == "", "Data that went with their workers are sent anew."
    finally:
        executor.close()
    wait_for(lambda: not fits(client), 60)  # long before idle ones end by themselves


def fits(client: Any) -> list[psutil.Process]:
    """The processes that train, on all workers."""
    found = []
    for pid in client.run(os.getpid).values():
        for nursery in psutil.Process(pid).children():
            found += nursery.children()
    return found


def trains(client: Any) -> list[psutil.Process]:
    """Those of them that have trained for a while."""
    return [process for process in fits(client) if process.cpu_times().user > 1.0]


def test_executors_that_are_not_there(distributed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask, "CONNECT_SECONDS", 0.3)
    with pytest.raises(ClusterUnavailable, match=r"No Dask scheduler answers at 127\.0\.0\.1:1\.") as refused:
        AutoML(executor="dask://127.0.0.1:1", verbose=0).fit(churn(), "churn")
    assert "dask scheduler" in refused.value.hint
    with pytest.raises(SettingUnusable, match="not run on Ray") as refused_ray:
        AutoML(executor="ray://127.0.0.1:10001", verbose=0).fit(churn(), "churn")
    assert "dask://" in refused_ray.value.hint
    for wrong in ("dask://nowhere", "dask://host:port", "ssh://host", 3, None):
        with pytest.raises(SettingUnusable, match="executor"):
            AutoML(executor=wrong, verbose=0).fit(churn(), "churn")
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MissingExtra) as missing:
        AutoML(executor="dask://127.0.0.1:1", verbose=0).fit(churn(), "churn")
    assert "lumina-jupyter[dask]" in missing.value.hint


def test_a_cluster_that_is_lost_leaves_the_best_so_far(cluster: Any) -> None:
    closing: list[threading.Thread] = []

    def close(event: SearchEvent) -> None:
        if not closing and first_fold_trained(event):
            closing.append(threading.Thread(target=cluster.close))
            closing[0].start()

    address = cluster.scheduler_address.replace("tcp://", "dask://")
    model = AutoML(executor=address, time_budget=900, folds=2, families=["linear"], name="lost", verbose=0)
    model.listen(close).fit(churn(), "churn", time=False)
    closing[0].join()
    assert any("was lost" in text and "AutoML.resume" in text for text in model.told_), model.told_
    assert set(model.predict(churn(20, seed=1))) <= {"yes", "no"}
    assert model.experiment_.result()["ending"] == "lost"  # type: ignore[index]  # there is a result

    trained = {trial.number: len(trial.folds) for trial in model.trials_}
    again = AutoML.resume("lost", executor="local", time_budget=0.001, verbose=0)
    assert {trial.number: len(trial.folds) for trial in again.trials_ if trial.number in trained} == trained
