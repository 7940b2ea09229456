"""`AutoML` with real workers: what it finds, what it says, and how it is stopped."""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.metrics import log_loss, make_scorer, roc_auc_score
from threadpoolctl import threadpool_info  # type: ignore[import-untyped]  # ships no types

from lumina_jupyter.automl import AutoML
from lumina_jupyter.automl.experiment import control
from lumina_jupyter.automl.experiment.experiment import Experiment
from lumina_jupyter.automl.families.forest import RandomForest
from lumina_jupyter.automl.progress import (
    BestImproved,
    Decided,
    EnsembleMade,
    SearchEvent,
    StageBegan,
    TrialBegan,
    TrialChanged,
    Warned,
)
from lumina_jupyter.errors import DataUnusable, NothingTrained, SettingUnusable

from .tables import churn, coin, prices

QUICK = ["linear", "lightgbm", "extra_trees"]
OVER = "Everything that was to be tried"


def small(**settings: Any) -> AutoML:
    """It ends after a few trials, however slow the machine is."""
    return AutoML(**{"time_budget": 3000, "n_jobs": 2, "max_trials": 5, "folds": 3, "verbose": 0, **settings})


@pytest.fixture(scope="module")
def said() -> list[SearchEvent]:
    return []


@pytest.fixture(scope="module")
def threads() -> list[list[int]]:
    """Of the libraries of linear algebra: before the search, then with all that it says."""
    return [blas_threads()]


def blas_threads() -> list[int]:
    return [each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas"]


@pytest.fixture(scope="module")
def fitted(data_folder: object, said: list[SearchEvent], threads: list[list[int]]) -> AutoML:
    model = small(families=QUICK, name="kept").listen(said.append).listen(lambda event: threads.append(blas_threads()))
    return model.fit(churn(), "churn", time=False)


def test_the_search_itself_takes_one_thread_and_gives_the_others_back(fitted: AutoML, threads: list[list[int]]) -> None:
    before, *during = threads
    assert {number for each in during for number in each} == {1}
    assert blas_threads()[: len(before)] == before


def test_the_leaderboard_has_every_trial_the_yardsticks_among_them(fitted: AutoML) -> None:
    board = fitted.leaderboard_
    assert len(board) == 5
    assert set(board.origin) >= {"naive", "baseline", "portfolio"}
    assert set(board.family) == {"naive", "hist_gradient_boosting", *QUICK}
    done = board[board.state == "done"]
    assert done.score.is_monotonic_decreasing
    assert done.set_index("family").score["naive"] == 0.5
    assert board.weight.sum() == pytest.approx(1.0)
    assert fitted.best_score_ >= done.score.max() - 1e-9
    assert (done.folds == 3).all()
    assert fitted.verdict_ is not None
    assert fitted.verdict_.skill


def test_it_predicts_in_the_words_of_the_data(fitted: AutoML) -> None:
    rows = churn(200, seed=1)
    probabilities = fitted.predict_proba(rows.drop(columns="churn"))
    assert fitted.classes_.tolist() == ["no", "yes"]
    assert np.allclose(probabilities.sum(axis=1), 1)
    assert (fitted.predict(rows) == fitted.classes_[probabilities.argmax(axis=1)]).all()
    assert fitted.score(rows, rows["churn"]) == pytest.approx(roc_auc_score(rows["churn"], probabilities[:, 1]))
    assert fitted.score(rows, rows["churn"]) > 0.8
    mixed = (
        rows[["plan", "since", "extra", "price", "months"]] if "extra" in rows else rows.iloc[:, ::-1].assign(extra=1)
    )
    assert np.allclose(fitted.predict_proba(mixed), probabilities), "Order and further columns don't matter."
    unseen = rows.assign(plan="gold", price=np.nan, since="nonsense")
    assert np.isfinite(fitted.predict_proba(unseen)).all()
    with pytest.raises(DataUnusable, match="'price'"):
        fitted.predict(rows.drop(columns=["price"]))
    with pytest.raises(DataUnusable, match="not trained on: maybe"):
        fitted.score(rows, ["maybe"] * len(rows))


def test_what_it_says_comes_in_order_and_is_kept(fitted: AutoML, said: list[SearchEvent]) -> None:
    stages = [event.stage for event in said if isinstance(event, StageBegan)]
    assert stages == ["looking", "searching", "ensembling", "done"]
    kinds = [type(event) for event in said]
    assert kinds.index(Decided) < kinds.index(TrialBegan) < kinds.index(TrialChanged)
    first = next(event for event in said if isinstance(event, TrialChanged))
    assert (first.trial.candidate.origin, first.trial.state) == ("naive", "done")
    scores = [event.score for event in said if isinstance(event, BestImproved)]
    assert scores == sorted(scores)
    assert any(isinstance(event, EnsembleMade) and event.weights == fitted.weights_ for event in said)
    assert [event for event in said if isinstance(event, StageBegan)][-1].text.startswith(OVER)
    experiment = Experiment.open("kept")
    assert list(experiment.events()) == said
    assert [trial.number for trial in experiment.trials()] == [0, 1, 2, 3, 4]
    result = experiment.result()
    assert result is not None
    assert result["score"] == fitted.best_score_
    assert experiment.folder.stat().st_mode & 0o077 == 0
    with pytest.raises(SettingUnusable, match="There is an experiment named 'kept' already"):
        small(name="kept").fit(churn(), "churn")


def test_alternatives_are_single_models(fitted: AutoML) -> None:
    found = fitted.alternatives_
    assert set(found) == {"fast", "small", "interpretable"}
    assert found["interpretable"].family == "linear"
    assert found["fast"].row_seconds > 0
    rows = churn(100, seed=2)
    fast = fitted.alternative("fast")
    assert list(fast.weights_) == [found["fast"].trial]
    assert fast.score(rows, rows["churn"]) > 0.75
    assert len(fitted.weights_) == len(fitted.best_pipeline_.models_), "The other object is as it was."
    with pytest.raises(SettingUnusable, match="no alternative 'huge'"):
        fitted.alternative("huge")


def test_a_fitted_object_is_cloned_pickled_and_refitted(fitted: AutoML) -> None:
    rows = churn(100, seed=2)
    fresh = clone(fitted)
    assert not hasattr(fresh, "best_pipeline_")
    assert fresh.get_params() == fitted.get_params()
    again = pickle.loads(pickle.dumps(fitted))
    assert (again.predict(rows) == fitted.predict(rows)).all()
    again.refit()
    assert again.score(rows, rows["churn"]) > 0.8
    other = churn(300, seed=7)
    again.refit(other, "churn")
    assert again.score(other, other["churn"]) > again.score(rows, rows["churn"]) - 0.1
    assert list(again.weights_) == list(fitted.weights_)


def test_numbers_with_weights_and_a_scorer() -> None:
    table = prices()

    def half_off(truth: Any, prediction: Any) -> float:
        return float(np.mean(np.abs(truth - prediction) > 10_000))

    model = small(metric=make_scorer(half_off, greater_is_better=False), families=["linear", "lightgbm"], max_trials=4)
    X, y = table[["size", "rooms"]], table["price"]
    model.fit(X, y, sample_weight=np.ones(len(table)))
    assert list(model.feature_names_in_) == ["size", "rooms"]
    assert model.leaderboard_.score.min() >= 0
    assert model.score(X, y) == -half_off(y, model.predict(X))
    assert not hasattr(model, "classes_")
    with pytest.raises(SettingUnusable, match="is a function, half_off"):
        AutoML.resume(model.experiment_.name, verbose=0)
    again = AutoML.resume(model.experiment_.name, metric=model.metric, time_budget=0.001, verbose=0)
    assert again.best_score_ == model.best_score_


def test_quantiles_come_in_columns() -> None:
    model = small(task="quantile", quantiles=(0.1, 0.9), families=["lightgbm"], max_trials=3, folds=2)
    table = prices()
    model.fit(table, "price")
    low, high = model.predict(table).T
    assert (low < high).mean() > 0.95
    assert 0.5 < ((table["price"] > low) & (table["price"] < high)).mean() <= 1.0


def test_no_skill_is_said_plainly() -> None:
    said: list[SearchEvent] = []
    model = small(families=["linear", "lightgbm"]).listen(said.append).fit(coin(), "y")
    assert model.verdict_ is not None
    assert not model.verdict_.skill
    assert any(isinstance(event, Warned) and event.text.startswith("No skill") for event in said)
    assert any(text.startswith("No skill") for text in model.told_)


def ended_by(act: Callable[[AutoML], None]) -> tuple[AutoML, list[SearchEvent]]:
    """A search without end, on which `act` is done as soon as the yardstick is there."""
    said: list[SearchEvent] = []
    model = AutoML(time_budget=3000, n_jobs=2, folds=2, verbose=0)
    done = threading.Event()

    def listen(event: SearchEvent) -> None:
        said.append(event)
        if isinstance(event, BestImproved) and event.number > 0 and not done.is_set():
            done.set()
            act(model)

    model.listen(listen).fit(churn(), "churn", time=False)
    assert done.is_set()
    assert model.score(churn(100, seed=3), churn(100, seed=3)["churn"]) > 0.75
    return model, said


def test_a_fit_that_would_take_hours_is_killed_when_the_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RandomForest, "portfolio", lambda *_: iter([{"trees": 1_000_000}]))
    model = AutoML(time_budget=8, n_jobs=1, folds=2, verbose=0, families=["random_forest"], max_trials=3)
    model.fit(churn(), "churn", time=False)
    endless = model.leaderboard_.set_index("family").loc["random_forest"]
    assert endless["reason"].startswith(("The time was over", "It was not done after"))
    assert set(model.predict(churn(20, seed=1))) <= {"yes", "no"}


@pytest.fixture
def interruptible() -> Iterator[None]:
    """A process that hears interrupts: one that a shell began in the background ignores them."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_an_interrupt_keeps_the_best_so_far(interruptible: None) -> None:
    _, said = ended_by(lambda model: os.kill(os.getpid(), signal.SIGINT))
    assert any(isinstance(event, Warned) and "interrupted" in event.text for event in said)
    assert isinstance(said[-1], StageBegan)
    assert said[-1].stage == "stopped"


def test_pause_go_on_and_stop_from_elsewhere_and_from_here() -> None:
    def act(model: AutoML) -> None:
        folder = next(Path(os.environ["JUPYTER_DATA_DIR"]).glob("lumina/automl/churn-*/search.lock")).parent
        control.ask(folder, "pause")
        # Who asks last is heard, wherever it is.

        def told(text: str, times: int) -> None:
            wait_for(lambda: (folder / "events.jsonl").read_text().count(text) == times)

        def later() -> None:
            told("Paused.", 1)
            model.go_on()
            told("Going on.", 1)
            model.pause()
            told("Paused.", 2)
            control.ask(folder, "go")
            told("Going on.", 2)
            model.stop()

        threading.Thread(target=later).start()

    for old in Path(os.environ["JUPYTER_DATA_DIR"]).glob("lumina/automl/churn-*"):
        Experiment(old).remove()
    _, said = ended_by(act)
    texts = [event.text for event in said if isinstance(event, StageBegan)]
    paused = [text for text in texts if text in ("Paused.", "Going on.", "The best models are put together.")]
    assert paused == [*["Paused.", "Going on."] * 2, "The best models are put together."]
    assert texts[-1].startswith("The search was stopped")
    with pytest.raises(SettingUnusable, match="can't be asked"):
        control.ask(Path(), "dance")  # type: ignore[arg-type]  # what it refuses


def wait_for(condition: Callable[[], bool], seconds: float = 240.0) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with contextlib.suppress(OSError):
            if condition():
                return
        time.sleep(0.05)


def explodes(truth: Any, prediction: Any) -> float:
    raise RuntimeError("boom")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"task": "guess"}, "no task 'guess'"),
        ({"metric": "rmse"}, "does not fit a binary task"),
        ({"metric": "roc_acu"}, "Did you mean roc_auc"),
        ({"time_budget": 0}, "no number of seconds"),
        ({"time_budget": "60"}, "no number of seconds"),
        ({"time_budget": float("inf")}, "no number of seconds"),
        ({"memory_budget": -1}, "no number of bytes"),
        ({"memory_budget": "2GB"}, "no number of bytes"),
        ({"memory_budget": 8_000}, "takes 250 MB whatever the table"),
        ({"n_jobs": "two"}, "no number of cores"),
        ({"random_state": -3}, "no seed"),
        ({"max_trials": 0}, "no number of trials"),
        ({"families": "lightgbm"}, "no list of names"),
        ({"folds": [(["a"], ["b"])]}, "no pairs of positions"),
        ({"kinds": "number"}, "no dict"),
        ({"task": "quantile", "quantiles": (0.5, 2)}, "between 0 and 1"),
        ({"metric": explodes}, "explodes could not be computed: RuntimeError: boom"),
        ({"families": ["forest"]}, "no family 'forest'"),
        ({"name": "../elsewhere"}, "can't be named"),
        ({"name": 5}, "can't be named 5"),
        ({"kinds": {"prize": "number"}}, "no column 'prize'"),
    ],
)
def test_a_setting_that_can_not_be_used_is_an_error_with_a_hint(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingUnusable, match=message) as caught:
        small(**settings).fit(churn(60), "churn")
    assert caught.value.hint


def test_data_that_can_not_be_used_is_an_error() -> None:
    table = churn(60)
    for X, y, message in (
        (table, "churm", "Did you mean 'churn'"),
        (table, None, "y is None"),
        (table.assign(churn="yes"), "churn", "one class"),
        (table.iloc[:1], "churn", "one row"),
        (table[["months"]], table["churn"][:50], "60 rows"),
        (table.assign(churn=None), "churn", "missing"),
    ):
        with pytest.raises(DataUnusable, match=message):
            small().fit(X, y)
    with pytest.raises(DataUnusable, match="infinite or negative"):
        small().fit(table, "churn", sample_weight=-np.ones(60))
    with pytest.raises(DataUnusable, match="no numbers"):
        small().fit(table, "churn", sample_weight=["much"] * 60)
    with pytest.raises(NothingTrained, match="Its score is not a finite number"):
        small(metric=lambda truth, prediction: float("nan"), max_trials=2).fit(table, "churn")


def test_a_hostile_table_is_learned_from_and_what_was_made_of_it_is_told() -> None:
    rows, random = 200, np.random.default_rng(0)
    days = pd.Series(pd.date_range("2020-01-01", periods=rows)).sample(frac=1, random_state=0)
    formats = ["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%b %d, %Y", "%Y%m%d"]
    strange = [1, "two", 3.5, None, True, pd.Timestamp("2020-01-01"), b"x", (1, 2), [3], {"k": 1}]
    columns: dict[str, Any] = {
        "größe 🙂\ud800": random.normal(size=rows) * 1e300,
        "signal": np.where(np.arange(rows) % 7, random.normal(size=rows), -np.inf),
        "empty": [np.nan] * rows,
        "nothing": [None] * rows,
        "mixed": strange * (rows // 10),
        "kind": random.choice(["u", "v"], rows),
        **{f"born {each}": days.dt.strftime(each).to_numpy() for each in formats},
        "same": random.normal(size=rows),
        "same again": random.normal(size=rows),
    }
    table = pd.DataFrame(list(columns.values()), dtype=object).T.infer_objects()
    table.columns = pd.Index([*list(columns)[:-1], "same"], dtype=object)
    target = pd.Series(np.where(columns["signal"] > 0, "да", "нет"), name="цель")
    target[:9] = None
    model = small(families=["linear", "lightgbm"], max_trials=4, folds=2).fit(table, target)
    told = " ".join(model.told_)
    assert "9 of 200 rows are left out" in told
    assert "Columns with the same name were told apart: 'same.2'" in told
    assert "'empty': It has no value in any row." in told
    assert model.schema_.of(["datetime"]) == [f"born {each}" for each in formats]
    assert model.verdict_ is not None
    assert model.verdict_.skill
    unseen = table.assign(kind="never", mixed=[object()] * rows).iloc[:, ::-1]
    unseen.columns = pd.Index(["same.2", *unseen.columns[1:]], dtype=object)
    assert set(model.predict(unseen)) == {"да", "нет"}
    assert np.isfinite(model.predict_proba(unseen)).all()


def test_log_loss_of_a_multiclass_target_and_array_input() -> None:
    random = np.random.default_rng(0)
    X = random.normal(size=(240, 3))
    y = np.digitize(X[:, 0] + random.normal(0, 0.3, 240), [-0.5, 0.5]) * 10
    model = small(families=["linear"], max_trials=3, folds=2).fit(X, y)
    assert model.classes_.tolist() == [0, 10, 20]
    assert model.n_features_in_ == 3
    assert not hasattr(model, "feature_names_in_")
    assert model.score(X, y) == pytest.approx(
        -log_loss(y, model.predict_proba(pd.DataFrame(X, columns=["x0", "x1", "x2"])))
    )
