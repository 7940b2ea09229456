"""Somebody has taken over a worker of the cluster: nothing of what it sends is run here, and the search is told of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lumina_jupyter.automl.execution import dask, ray, station
from lumina_jupyter.automl.execution.cluster import ClusterExecutor
from lumina_jupyter.automl.execution.job import Job
from lumina_jupyter.automl.experiment.experiment import Experiment
from lumina_jupyter.errors import ClusterUnavailable

from . import hostile_worker
from .clusters import RayCluster, wait_for
from .outcomes import only_outcome

JOB = Job(trial=1, fold=0, family="linear", params={"strength": 1.0})


@pytest.fixture(scope="module")
def dask_address(data_folder: Path) -> Iterator[str]:
    """A Dask cluster with one worker, and with no client of the user's in this process."""
    distributed = pytest.importorskip("distributed")
    made = distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
    )
    yield made.scheduler_address.replace("tcp://", "dask://")
    made.close()


@pytest.fixture(scope="module")
def ray_address(data_folder: Path) -> Iterator[str]:
    pytest.importorskip("ray")
    made = RayCluster()
    yield made.address
    made.stop()


@pytest.fixture(params=[dask, ray], ids=["dask", "ray"])
def executor(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ClusterExecutor]:
    address = request.getfixturevalue("dask_address" if request.param is dask else "ray_address")
    made = ClusterExecutor(request.param.connect(address))
    (tmp_path / "data").mkdir()
    made.open(tmp_path)
    yield made
    made.close()


@pytest.mark.parametrize("said", [hostile_worker.return_program, hostile_worker.return_much, hostile_worker.warn])
def test_what_dask_unpickles_here_is_values(said: Callable[..., Any], dask_address: str, tmp_path: Path) -> None:
    path = str(tmp_path / "ran-")
    cluster = dask.connect(dask_address)
    try:
        found: list[Any] = []
        cluster.begin(said, path, over=found.append)
        wait_for(lambda: found, 60)
        if said is hostile_worker.warn:
            # It comes by a connection of its own; what is asked after it is answered when it has come, or not long before.
            assert found == ["warned"]
            wait_for(lambda: cluster._client.get_events("warn"), 60)
        else:
            assert isinstance(found[0], Exception)
            assert "builtins.eval, which is no value" in str(found[0])
            with pytest.raises(ClusterUnavailable, match=r"builtins\.eval, which is no value"):
                cluster.everywhere(said, path)
        assert not hostile_worker.has_run(path)
        (greeted,) = cluster.everywhere(station.greet).values()
        assert greeted == station.versions(), "It goes on."
    finally:
        cluster.close()
    assert not hostile_worker.has_run(path)


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        (hostile_worker.send_program, ""),  # of which each kind of cluster says something else
        (hostile_worker.send_prediction, "What came for its predictions is no array of numbers"),
        (hostile_worker.send_model, "What was sent is no model that AutoML has written: It names builtins.eval"),
    ],
)
def test_what_is_sent_in_place_of_a_report(
    sent: Callable[..., Any],
    why: str,
    executor: ClusterExecutor,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(station, "work", sent)
    executor.submit(JOB)
    outcome = only_outcome(executor)
    assert "could do it: " in outcome.failure
    assert why in outcome.failure
    files = Experiment(tmp_path).files(*JOB.key)
    assert not files.prediction.exists()
    assert not files.model.exists()
    assert not hostile_worker.has_run(str(tmp_path / "ran-"))
