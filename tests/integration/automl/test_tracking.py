"""Searches that have ended, told to MLflow: to a store of its client's own, and to servers that work, fail or say nothing."""

from __future__ import annotations

import asyncio
import json
import logging
import shutil
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest
import sklearn
from filelock import FileLock

from lumina_jupyter.automl import AutoML
from lumina_jupyter.automl.experiment.experiment import Experiment
from lumina_jupyter.automl.fitting.fit import _track as tell_mlflow
from lumina_jupyter.automl.jobs.view import view_of
from lumina_jupyter.automl.progress import Warned
from lumina_jupyter.automl.search.session import Session
from lumina_jupyter.automl.tracking import begin
from lumina_jupyter.automl.tracking.outcome import Outcome, outcome_of, write_outcome
from lumina_jupyter.automl.tracking.program import LOCK, main
from tests.replay.server import Reply

from .mlflow_server import CREATE, FIRST, LOG, REFUSAL, UPDATE, RecordedMlflow
from .tables import churn

Copied = Callable[[str], Experiment]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("mlflow")
    with pytest.MonkeyPatch.context() as patch:
        # What is no server keeps its artifacts beside the process.
        patch.chdir(folder)
        yield f"sqlite:///{folder / 'mlflow.db'}"


@pytest.fixture(scope="module")
def model(store: str) -> AutoML:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_URI", store)
        made = AutoML(
            time_budget=120,
            max_trials=3,
            families=["hist_gradient_boosting", "linear"],
            folds=2,
            name="kept",
            verbose=0,
        )
        return made.fit(churn(), "churn")


@pytest.fixture
def copied(model: AutoML, tmp_path: Path) -> Copied:
    """Makes another experiment of the one that there is."""
    sent(model.experiment_)

    def copy(name: str) -> Experiment:
        found = Experiment(tmp_path / name)
        shutil.copytree(model.experiment_.folder, found.folder)
        (found.folder / "mlflow.json").unlink()
        spec = json.loads((found.folder / "experiment.json").read_bytes())
        (found.folder / "experiment.json").write_text(json.dumps({**spec, "id": uuid.uuid4().hex}))
        return found

    return copy


@asynccontextmanager
async def serving(patch: pytest.MonkeyPatch) -> AsyncIterator[RecordedMlflow]:
    """A server, which is the one that searches are sent to."""
    async with RecordedMlflow() as server:
        patch.setenv("MLFLOW_TRACKING_URI", server.url)
        patch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
        yield server


def sent(experiment: Experiment, seconds: float = 240.0) -> Outcome:
    until = time.monotonic() + seconds
    while (outcome := outcome_of(experiment)) is None or outcome.state == "sending":
        assert time.monotonic() < until, "Nothing was sent."
        time.sleep(0.1)
    return outcome


async def told(experiment: Experiment) -> Outcome:
    """What becomes of an experiment that is sent by this process."""
    await asyncio.to_thread(main, str(experiment.folder))
    outcome = outcome_of(experiment)
    assert outcome is not None
    return outcome


def test_mlflow_is_told_and_a_search_that_goes_on_is_the_same_run(
    model: AutoML, store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mlflow import MlflowClient

    first = sent(model.experiment_)
    assert first.state == "sent", first.failure
    assert any("MLflow" in text for text in model.told_)
    client = MlflowClient(tracking_uri=store)
    run = client.get_run(first.run)
    assert run.info.run_name == "kept"
    assert run.info.status == "FINISHED"
    assert run.data.metrics["score"] == pytest.approx(model.best_score_)
    assert run.data.metrics["trials"] == 3
    assert run.data.metrics["seconds"] > 0
    # It took what the search took, and not until it was told of it.
    assert run.info.end_time - run.info.start_time == pytest.approx(1000 * run.data.metrics["seconds"], abs=1)
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
    monkeypatch.setenv("MLFLOW_TRACKING_URI", store)
    AutoML.resume("kept", verbose=0)
    assert sent(model.experiment_).run == first.run
    assert len(client.search_runs([run.info.experiment_id])) == 1


def test_one_that_is_sent_twice_at_once_is_one_run(
    copied: Copied, store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mlflow import MlflowClient

    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "twice")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", store)
    experiment = copied("twice")
    for _ in range(2):
        tell_mlflow(Session([]), experiment)
    assert sent(experiment).state == "sent"
    # The last one is done when nobody holds the lock and no process is left.
    until = time.monotonic() + 240
    while senders(experiment):
        assert time.monotonic() < until, "It is still being sent."
        time.sleep(0.1)
    client = MlflowClient(tracking_uri=store)
    place = client.get_experiment_by_name("twice")
    assert place is not None
    assert len(client.search_runs([place.experiment_id])) == 1


def test_a_server_that_is_not_there_costs_the_search_nothing(
    model: AutoML, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    sent(model.experiment_)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://somebody:hunt@er2@127.0.0.1:9")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    with caplog.at_level(logging.WARNING):
        found = AutoML.resume("kept", verbose=0)
        outcome = sent(found.experiment_)
        until = time.monotonic() + 60
        while not caplog.messages:
            assert time.monotonic() < until, "Nobody was told."
            time.sleep(0.05)
    assert outcome.state == "failed"
    assert outcome.failure.startswith("No server can be reached at http://127.0.0.1:9. ")
    assert "er2" not in "".join([*found.told_, *caplog.messages, outcome.failure, outcome.place])
    assert len(found.predict(churn().drop(columns="churn"))) == len(churn())
    # Whoever looks at the search finds it, and what to do.
    (warned,) = caplog.messages
    assert outcome.failure in warned
    opened = AutoML.open("kept")
    for text in (view_of(found.experiment_).warnings[0], opened.told_[-1]):
        assert text.startswith("MLflow was not told of this search. No server can be reached")
        assert text.endswith("or by `AutoML.resume('kept')`.")


def test_what_keeps_it_from_being_told_ends_no_search(
    copied: Copied, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    experiment = copied("untold")

    def warning() -> str:
        session = Session([])
        tell_mlflow(session, experiment)
        (warned,) = session.said
        assert isinstance(warned, Warned)
        assert warned.text.startswith("MLflow was not told of this search. ")
        return warned.text

    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://[somebody:hunter2@127.0.0.1:9")
    assert "'http://127.0.0.1:9' is no address of an MLflow server. Give it as http://host:port" in warning()
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    with monkeypatch.context() as patch:
        patch.setattr(begin, "find_spec", lambda name: None)
        assert "pip install 'lumina-jupyter[mlflow]'" in warning()
    with monkeypatch.context() as patch:
        patch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "config"))
        (tmp_path / "config").mkdir()
        (tmp_path / "config" / "jupyter_lumina_config.json").write_text("{")
        assert "jupyter_lumina_config.json" in warning()
    shutil.rmtree(experiment.folder)
    assert "cannot be written" in warning()


async def test_over_http_a_run_is_made_filled_and_ended(copied: Copied, monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(monkeypatch) as server:
        monkeypatch.setenv("MLFLOW_TRACKING_URI", f"{server.url.replace('://', '://ada:hunt%40er2@')}/ ")
        monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "houses & more")
        experiment = copied("over http")
        session = Session([])
        tell_mlflow(session, experiment)
        outcome = await asyncio.to_thread(sent, experiment)
        assert outcome == Outcome(state="sent", place=f"{server.url}/", kept_in="houses & more", run=server.run)
        assert session.texts == [f"The search is sent to MLflow at {server.url}/."]
        assert {each.headers["authorization"] for each in server.requests} == {"Basic YWRhOmh1bnRAZXIy"}
        assert server.asked(FIRST)[0].path.endswith("=houses+%26+more")
        (made,) = server.asked(CREATE)
        (filled,) = server.asked(LOG)
        (ended,) = server.asked(UPDATE)
        assert json.loads(made.body)["run_name"] == "over http"
        assert {each["key"] for each in json.loads(filled.body)["metrics"]} == {
            "score",
            "seconds",
            "trials",
            "best_score",
        }
        assert json.loads(ended.body)["end_time"] > json.loads(made.body)["start_time"]
        files = {each.path.rpartition("/")[2]: each.body for each in server.requests if each.method == "PUT"}
        assert files["leaderboard.csv"].startswith(b"number,family,")
        assert json.loads(files["experiment.json"])["name"] == "over http"


async def test_nobody_waits_for_a_server_that_never_answers(copied: Copied, monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(monkeypatch) as server:
        server.instead[FIRST] = Reply(stall_after=0, body=b"{}")
        experiment = copied("stalled")
        tell_mlflow(Session([]), experiment)
        await server.until_answering(1)
        found = outcome_of(experiment)
        assert found is not None
        assert found.state == "sending"
        # What is ended while it waits has not told MLflow, and that is known.
        (sender,) = senders(experiment)
        sender.kill()
        ended = await asyncio.to_thread(sent, experiment)
        assert ended.state == "failed"
        assert ended.failure == "The process that was to do it ended with code -9."


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Reply(status=401, content_type="text/html", body=REFUSAL), "does not let it in. Lumina takes the name and"),
        (
            Reply(status=403, content_type="text/html", body=b"Permission denied"),
            "does not let it in. Lumina takes the",
        ),
        (Reply(status=500, content_type="text/plain", body=b"Internal Server Error"), "answered with errors whenever"),
        (Reply(stall_after=0, body=b"{}"), "did not answer in time. "),
        (Reply(close_after=0, body=b"{}"), "broke the connection. "),
        (Reply(content_type="text/html", body=b"<html>\n Welcome </html>"), "did not take it. (MlflowException: "),
    ],
    ids=["refused", "denied", "failing", "stalled", "cut", "no MLflow"],
)
async def test_why_a_server_was_not_told_is_said(
    copied: Copied, monkeypatch: pytest.MonkeyPatch, reply: Reply, said: str
) -> None:
    async with serving(monkeypatch) as server:
        monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "1")
        server.instead[FIRST] = reply
        outcome = await told(copied("failing"))
        assert outcome.state == "failed"
        assert outcome.failure.startswith(f"The server at {server.url} {said}")
        assert "\n" not in outcome.failure


async def test_what_a_server_could_not_be_told_is_sent_with_the_next_search_that_reaches_it(
    copied: Copied, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(monkeypatch) as server:
        server.instead[LOG] = Reply(close_after=0, body=b"{}")
        with monkeypatch.context() as patch:
            patch.setenv("MLFLOW_EXPERIMENT_NAME", "mornings")
            halfway = copied("a")
            assert (await told(halfway)).state == "failed"
        server.instead.clear()
        others = Outcome(state="failed", place="http://127.0.0.1:9", kept_in="lumina-automl")
        ended = Outcome(state="sending", place=server.url, kept_in="lumina-automl")
        elsewhere, cut_short, at_work, had = copied("b"), copied("c"), copied("d"), copied("e")
        for each, outcome in ((elsewhere, others), (cut_short, ended), (at_work, ended)):
            write_outcome(each, outcome)
        write_outcome(had, Outcome(state="sent", place=server.url, run="had"))
        server.requests.clear()
        with FileLock(at_work.folder / LOCK):
            assert (await told(copied("f"))).state == "sent"
        assert [json.loads(each.body)["run_name"] for each in server.asked(CREATE)] == ["f", "a", "c"]
        assert outcome_of(halfway) == Outcome(state="sent", place=server.url, kept_in="mornings", run=server.run)
        assert [each.path.rpartition("=")[2] for each in server.asked(FIRST)] == [
            "lumina-automl",
            "mornings",
            "lumina-automl",
        ]
        assert (outcome_of(elsewhere), outcome_of(at_work)) == (others, ended)


async def test_a_server_that_fails_again_is_asked_for_no_more(copied: Copied, monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(monkeypatch) as server:
        waits = Outcome(state="failed", place=server.url, kept_in="lumina-automl")
        odd, other = copied("a"), copied("b")
        write_outcome(odd, waits)
        write_outcome(other, waits)
        server.instead[FIRST] = Reply(close_after=0, body=b"{}")
        assert (await told(copied("c"))).state == "failed"
        assert len(server.asked(FIRST)) == 1
        # One that can't be sent for a reason of its own keeps no other from being sent.
        server.instead.clear()
        (odd.folder / "result.json").unlink()
        last = await told(copied("d"))
        assert last.state == "sent", last.failure
        found = outcome_of(odd)
        assert found is not None
        assert "has not ended" in found.failure
        assert outcome_of(other) == Outcome(state="sent", place=server.url, kept_in="lumina-automl", run=server.run)


def senders(experiment: Experiment) -> list[psutil.Process]:
    """The processes that send it."""
    found = []
    for each in psutil.Process().children():
        try:
            if begin.MODULE in (line := each.cmdline()) and str(experiment.folder.absolute()) in line:
                found.append(each)
        except psutil.Error:
            continue
    return found
