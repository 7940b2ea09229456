"""A search whose process is killed goes on where it was, and nothing that was trained is trained again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from lumina_jupyter.automl import AutoML
from lumina_jupyter.automl.experiment.experiment import Experiment
from lumina_jupyter.errors import ExperimentMissing, SettingUnusable

from .tables import churn

SCRIPT = """
from lumina_jupyter.automl import AutoML
from tests.integration.automl.tables import churn
AutoML(time_budget=900, n_jobs=2, max_trials=14, name="killed", folds=3, verbose=0).fit(churn(), "churn")
"""


def wait_for(condition: Callable[[], bool], seconds: float = 240.0) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "It did not come."
        time.sleep(0.05)


def outcomes(folder: Path) -> dict[str, int]:
    return {str(path.relative_to(folder)): path.stat().st_mtime_ns for path in folder.glob("trials/*/fold*.json")}


@pytest.mark.slow
def test_after_kill_9_the_search_goes_on_and_nothing_is_paid_twice(data_folder: Path) -> None:
    folder = data_folder / "lumina" / "automl" / "killed"
    kernel = subprocess.Popen([sys.executable, "-c", SCRIPT], env={**os.environ, "PYTHONPATH": str(Path.cwd())})
    wait_for(lambda: len(outcomes(folder)) >= 14 or kernel.poll() is not None)
    with pytest.raises(SettingUnusable, match="another process"):
        AutoML.resume("killed", verbose=0)
    helpers = psutil.Process(kernel.pid).children(recursive=True)
    assert len(helpers) >= 3, "A nursery and two workers."
    os.kill(kernel.pid, signal.SIGKILL)
    assert kernel.wait() == -signal.SIGKILL
    _, alive = psutil.wait_procs(helpers, timeout=60)
    assert not alive, "Workers outlive their search."

    before = outcomes(folder)
    spent = Experiment.open("killed").seconds()
    model = AutoML.resume("killed", verbose=0)
    after = outcomes(folder)
    assert {name: after[name] for name in before} == before, "What was there is trained again."
    assert len(model.trials_) == 14
    assert [trial.number for trial in model.trials_] == list(range(14))
    assert not any(trial.state == "running" for trial in model.trials_)
    assert Experiment.open("killed").seconds() > spent
    tried = [(trial.candidate.family, str(sorted(trial.candidate.params.items()))) for trial in model.trials_]
    assert len(set(tried)) == len(tried), "A candidate was tried twice."
    assert set(model.predict(churn(20, seed=1))) <= {"yes", "no"}
    assert model.score(churn(200, seed=1), churn(200, seed=1)["churn"]) > 0.8

    again = AutoML.resume("killed", time_budget=0.001, verbose=0)
    assert outcomes(folder) == after
    assert again.weights_ == model.weights_


def test_an_experiment_that_is_not_there_is_an_error() -> None:
    for name in ("nothing", "../nothing", ""):
        with pytest.raises(ExperimentMissing, match="There is no experiment"):
            AutoML.resume(name)
