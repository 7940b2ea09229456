"""Fits on real clusters of two cores: workers that are killed cost nothing but time, a lost cluster the rest of it."""

from __future__ import annotations

import contextlib
import importlib
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest
from sklearn.base import clone

from lumina_jupyter.automl import AutoML
from lumina_jupyter.automl.execution import dask, ray, station
from lumina_jupyter.automl.execution.cluster import ClusterExecutor
from lumina_jupyter.automl.execution.job import Job
from lumina_jupyter.automl.experiment.experiment import Experiment
from lumina_jupyter.automl.fitting.preparation import prepare
from lumina_jupyter.automl.progress import SearchEvent, TrialChanged
from lumina_jupyter.automl.search.studies import open_storage
from lumina_jupyter.errors import ClusterUnavailable, MissingExtra, SettingUnusable

from .clusters import DaskCluster, LocalCluster, RayCluster, wait_for
from .outcomes import only_outcome
from .tables import churn

SLOW = Job(trial=1, fold=0, family="random_forest", params={"trees": 200_000})
QUICK = Job(trial=2, fold=1, family="linear", params={"strength": 1.0})


@pytest.fixture(scope="module", params=[("distributed", DaskCluster), ("ray", RayCluster)], ids=["dask", "ray"])
def cluster(request: pytest.FixtureRequest, data_folder: Path) -> Iterator[LocalCluster]:
    library, make = request.param
    pytest.importorskip(library)
    made = make()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def experiment(data_folder: Path) -> Experiment:
    problem = prepare(
        churn(), "churn", kind=None, quantiles=(), kinds=None, groups=None, time=False, folds=2, weights=None, seed=0,
        say=lambda event: None,
    )  # fmt: skip
    made = Experiment.create("", "churn")
    problem.save(made.folder)
    return made


def first_fold_trained(event: SearchEvent) -> bool:
    return isinstance(event, TrialChanged) and event.trial.candidate.origin != "naive" and bool(event.trial.folds)


def test_a_search_goes_on_when_a_worker_is_killed(cluster: LocalCluster, tmp_path: Path) -> None:
    killed: list[psutil.Process] = []

    def kill_a_busy_worker(event: SearchEvent) -> None:
        if not killed and first_fold_trained(event):
            process = cluster.busiest()
            killed.extend([process, *process.children(recursive=True)])
            process.send_signal(signal.SIGKILL)

    storage = str(tmp_path / "studies.log")
    model = AutoML(
        executor=cluster.executor,
        storage=storage,
        time_budget=600,
        max_trials=6,
        folds=2,
        families=["linear"],
        verbose=0,
    )
    assert clone(model).executor is cluster.executor, "A client can't be copied."
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
    kept = model.experiment_.spec()["parameters"].get("executor")
    assert kept == (cluster.executor if isinstance(cluster.executor, str) else None), "A client is not kept."
    assert cluster.is_ours(), "It is the user's own."
    wait_for(cluster.is_clean, 60)  # long before what is idle ends by itself


def test_jobs_with_data_that_are_sent(
    cluster: LocalCluster, experiment: Experiment, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = station.versions()
    monkeypatch.setattr(station, "versions", lambda: {**real, "scikit-learn": "0.1"})
    executor = ClusterExecutor(cluster.connect(), most=1)
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
        wait_for(lambda: trains(cluster.workers()))
        (slow,) = trains(cluster.workers())
        executor.cancel(SLOW)
        assert executor.running == ()
        assert not psutil.wait_procs([slow], timeout=60)[1], "It was given up, and goes on."

        cluster.lose_data()
        executor.submit(QUICK)
        assert only_outcome(executor).failure == "", "Data that went with their workers are sent anew."
    finally:
        executor.close()
    wait_for(cluster.is_clean, 60)
    assert cluster.is_ours()


def trains(workers: list[psutil.Process]) -> list[psutil.Process]:
    """The processes that have trained for a while, on some workers."""
    found = [fit for worker in workers for nursery in worker.children() for fit in nursery.children()]
    return [process for process in found if process.cpu_times().user > 1.0]


def test_executors_that_are_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    for wrong in ("dask://nowhere", "dask://host:port", "ray://", "ray://host", "ssh://host", 3, None):
        with pytest.raises(SettingUnusable, match="executor"):
            AutoML(executor=wrong, verbose=0).fit(churn(), "churn")
    for library, address, whose in (("distributed", "dask", "Dask scheduler"), ("ray", "ray", "Ray cluster")):
        asked = AutoML(executor=f"{address}://127.0.0.1:1", verbose=0)
        with monkeypatch.context() as patch:
            patch.setattr({"dask": dask, "ray": ray}[address], "CONNECT_SECONDS", 0.3)
            with contextlib.suppress(ImportError):
                importlib.import_module(library)
                with pytest.raises(ClusterUnavailable, match=rf"No {whose} answers at 127\.0\.0\.1:1\.") as refused:
                    asked.fit(churn(), "churn")
                assert f"`{address} s" in refused.value.hint
            patch.setitem(sys.modules, library, None)
            with pytest.raises(MissingExtra) as missing:
                asked.fit(churn(), "churn")
            assert f"lumina-jupyter[{address}]" in missing.value.hint


def test_a_cluster_that_is_lost_leaves_the_best_so_far(cluster: LocalCluster) -> None:
    closing: list[threading.Thread] = []

    def close(event: SearchEvent) -> None:
        if not closing and first_fold_trained(event):
            closing.append(threading.Thread(target=cluster.stop))
            closing[0].start()

    model = AutoML(executor=cluster.address, time_budget=900, folds=2, families=["linear"], name="lost", verbose=0)
    model.listen(close).fit(churn(), "churn", time=False)
    closing[0].join()
    assert any("was lost" in text and "AutoML.resume" in text for text in model.told_), model.told_
    assert set(model.predict(churn(20, seed=1))) <= {"yes", "no"}
    assert model.experiment_.result()["ending"] == "lost"  # type: ignore[index]  # there is a result

    trained = {trial.number: len(trial.folds) for trial in model.trials_}
    again = AutoML.resume("lost", executor="local", time_budget=0.001, verbose=0)
    assert {trial.number: len(trial.folds) for trial in again.trials_ if trial.number in trained} == trained
