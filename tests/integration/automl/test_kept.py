"""What becomes of searches that have ended: in Lumina's database, side by side, and with MLflow."""

from __future__ import annotations

import dataclasses
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sklearn

from lumina_jupyter.automl import AutoML
from lumina_jupyter.automl.experiment.experiment import Experiment
from lumina_jupyter.automl.fitting.fit import _track as tell_mlflow
from lumina_jupyter.automl.jobs.history import History
from lumina_jupyter.automl.jobs.shelf import Shelf
from lumina_jupyter.automl.progress import Warned
from lumina_jupyter.automl.register.comparison import compare
from lumina_jupyter.automl.register.entry import Entry, entry_of
from lumina_jupyter.automl.register.register import Register
from lumina_jupyter.automl.search.session import Session
from lumina_jupyter.automl.tracking import begin
from lumina_jupyter.automl.tracking.outcome import Outcome, outcome_of
from lumina_jupyter.errors import ExperimentMissing, SettingUnusable
from lumina_jupyter.storage import Database

from .tables import churn


@pytest.fixture(scope="module")
def mlflow_uri(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("mlflow")
    with pytest.MonkeyPatch.context() as patch:
        # What is no server keeps its artifacts beside the process.
        patch.chdir(folder)
        yield f"sqlite:///{folder / 'mlflow.db'}"


@pytest.fixture(scope="module")
def model(mlflow_uri: str) -> AutoML:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_URI", mlflow_uri)
        made = AutoML(
            time_budget=120,
            max_trials=3,
            families=["hist_gradient_boosting", "linear"],
            folds=2,
            name="kept",
            verbose=0,
        )
        return made.fit(churn(), "churn")


def sent(experiment: Experiment, seconds: float = 240.0) -> Outcome:
    until = time.monotonic() + seconds
    while (outcome := outcome_of(experiment)) is None or outcome.state == "sending":
        assert time.monotonic() < until, "Nothing was sent."
        time.sleep(0.1)
    return outcome


def test_mlflow_is_told_and_a_search_that_goes_on_is_the_same_run(
    model: AutoML, mlflow_uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mlflow import MlflowClient

    first = sent(model.experiment_)
    assert first.state == "sent", first.failure
    assert any("MLflow" in text for text in model.told_)
    client = MlflowClient(tracking_uri=mlflow_uri)
    run = client.get_run(first.run)
    assert run.info.run_name == "kept"
    assert run.info.status == "FINISHED"
    assert run.data.metrics["score"] == pytest.approx(model.best_score_)
    assert run.data.metrics["trials"] == 3
    assert run.data.metrics["seconds"] > 0
    facts = {"target": "churn", "task": "binary", "rows": "400", "columns": "4"}
    asked = {"time_budget": "120", "max_trials": "3", "families": '["hist_gradient_boosting", "linear"]'}
    assert run.data.params.items() >= {**facts, **asked}.items()
    assert model.verdict_ is not None
    assert run.data.tags["lumina.verdict"] == model.verdict_.text
    assert run.data.tags["lumina.metric"] == "roc_auc"
    assert run.data.tags["lumina.version.scikit-learn"] == sklearn.__version__
    history = [each.value for each in client.get_metric_history(first.run, "best_score")]
    assert history == sorted(history)
    assert history[-1] == pytest.approx(model.leaderboard_["score"].max())
    assert {each.path for each in client.list_artifacts(first.run)} == {"leaderboard.csv", "experiment.json"}

    (model.experiment_.folder / "mlflow.json").unlink()
    monkeypatch.setenv("MLFLOW_TRACKING_URI", mlflow_uri)
    AutoML.resume("kept", verbose=0)
    assert sent(model.experiment_).run == first.run
    assert len(client.search_runs([run.info.experiment_id])) == 1


def test_a_server_that_is_not_there_costs_the_search_nothing(model: AutoML, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://somebody:hunter2@127.0.0.1:9")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    found = AutoML.resume("kept", verbose=0)
    outcome = sent(found.experiment_)
    assert outcome.state == "failed"
    assert outcome.failure
    assert "hunter2" not in "".join([*found.told_, outcome.failure])
    assert len(found.predict(churn().drop(columns="churn"))) == len(churn())
    # Neither does a client that is not installed.
    monkeypatch.setattr(begin, "find_spec", lambda name: None)
    session = Session([])
    tell_mlflow(session, found.experiment_)
    (warned,) = session.said
    assert isinstance(warned, Warned)
    assert warned.text.startswith("MLflow was not told of this search.")


async def test_the_database_has_what_has_ended_also_when_its_folder_is_gone(model: AutoML, tmp_path: Path) -> None:
    entry = entry_of(model.experiment_, owner="ada", origin="here")
    assert entry is not None
    assert (entry.name, entry.owner, entry.task, entry.trials) == ("kept", "ada", "binary", 3)
    assert entry.score == pytest.approx(model.best_score_)
    assert sum(entry.models.values()) == pytest.approx(1.0, abs=0.01)
    database = Database("", tmp_path)
    register = Register(database)
    await register.keep([entry])
    went_on = dataclasses.replace(entry, seconds=entry.seconds + 1, score=None)
    notebooks = dataclasses.replace(entry, id="other", owner="", name="\0odd\udce9", began_at=entry.began_at + 1)
    await register.keep([went_on, notebooks])
    newest, oldest = await register.all("ada", "here")
    assert (newest.id, newest.name) == ("other", "\ufffdodd?")
    assert oldest == went_on
    assert [each.id for each in await register.all("grace", "here")] == ["other"]
    assert [each.id for each in await register.all("ada", "elsewhere")] == [entry.id]
    assert await register.all("", "elsewhere") == []
    await register.forget("kept", "elsewhere")
    assert len(await register.all("ada", "here")) == 2
    await register.forget("kept", "here")
    assert [each.id for each in await register.all("ada", "here")] == ["other"]
    await database.close()


async def test_what_has_ended_is_written_down_once_and_outlives_its_models(model: AutoML, tmp_path: Path) -> None:
    root = tmp_path / "automl"
    shutil.copytree(model.experiment_.folder, root / "kept")
    shutil.copytree(model.experiment_.folder, root / "unfinished")
    (root / "unfinished" / "result.json").unlink()
    database = Database("", tmp_path)

    def opened() -> History:
        return History(Shelf(tmp_path, root), Register(database))

    await opened().keep()
    shutil.rmtree(root / "kept")
    history = opened()
    assert [each.name for each in await history.all("grace")] == ["kept"]
    with pytest.raises(ExperimentMissing, match="unfinished"):
        await history.compare(["kept", "unfinished"], "grace")
    await history.forget("kept")
    assert await history.all("grace") == []
    await database.close()


def test_experiments_side_by_side(model: AutoML) -> None:
    found = entry_of(model.experiment_)
    assert found is not None
    longer = _like(found, name="longer", score=0.9, seconds=60.0, parameters={**found.parameters, "time_budget": 60})
    shorter = _like(found, name="shorter", score=0.8)
    told = compare([shorter, longer])
    assert told.best == "longer"
    assert told.text == "longer is best: roc_auc 0.9, before shorter with 0.8."
    assert [(each.what, each.values) for each in told.differences] == [("parameters.time_budget", [120, 60])]
    assert compare([_like(longer, greater_is_better=False), _like(shorter, greater_is_better=False)]).best == "shorter"
    equal = compare([longer, _like(longer, name="another", rows=5, versions={**found.versions, "pandas": "9"})])
    assert equal.text == "longer and another are equally good: roc_auc 0.9."
    assert {each.what: each.values for each in equal.differences} == {
        "rows": [400, 5],
        "versions.pandas": [found.versions["pandas"], "9"],
    }
    assert "different tables" in compare([shorter, _like(longer, data_hash="x")]).text
    assert "different metrics" in compare([shorter, _like(longer, metric="log_loss")]).text
    assert compare([shorter, _like(longer, score=None)]).best == ""
    with pytest.raises(SettingUnusable, match="can't be compared"):
        compare([shorter])


def _like(entry: Entry, **changes: object) -> Entry:
    return dataclasses.replace(entry, **changes)  # type: ignore[arg-type]  # each test names fields
