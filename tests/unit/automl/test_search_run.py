"""A whole search, with time that passes as the test says: pauses, limits, its end, and how it goes on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from lumina_jupyter.automl.candidate import Candidate, FoldResult
from lumina_jupyter.automl.experiment.control import ask, asked
from lumina_jupyter.automl.experiment.experiment import Experiment
from lumina_jupyter.automl.experiment.problem import Problem, load_problem
from lumina_jupyter.automl.experiment.recovery import recover
from lumina_jupyter.automl.families.family import Params, Shape
from lumina_jupyter.automl.families.linear import Linear
from lumina_jupyter.automl.families.registry import FAMILIES
from lumina_jupyter.automl.fitting.preparation import prepare
from lumina_jupyter.automl.forecasting.preparation import prepare_forecast
from lumina_jupyter.automl.metrics.metric import METRICS, find_metric
from lumina_jupyter.automl.progress import BestImproved, SearchEvent, StageBegan, TrialBegan, TrialChanged
from lumina_jupyter.automl.search.book import Book
from lumina_jupyter.automl.search.finish import pool_of
from lumina_jupyter.automl.search.session import Session
from lumina_jupyter.automl.task import TaskKind

from .in_process import Played

RMSE = METRICS["rmse"]


@pytest.fixture(scope="module")
def problem() -> Problem:
    random = np.random.default_rng(0)
    frame = pd.DataFrame(random.normal(size=(90, 3)), columns=list("abc"))
    frame["y"] = frame["a"] + np.sin(frame["b"]) + random.normal(0, 0.2, 90)
    return prepare(
        frame, "y", kind=None, quantiles=(), kinds=None, groups=None, time=False, folds=3, weights=None, seed=0,
        say=lambda event: None,
    )  # fmt: skip


@pytest.fixture
def experiment(problem: Problem, tmp_path: Path) -> Experiment:
    made = Experiment.create("", "y", root=tmp_path)
    problem.save(made.folder)
    return made


def test_a_pause_before_the_table_was_looked_at_holds_the_search_and_none_calls_a_stop_off(
    experiment: Experiment,
) -> None:
    session = Session([])
    session.pause()
    session.keep_in(experiment)
    assert asked(experiment.folder) == "pause"
    ask(experiment.folder, "stop")
    session.pause()
    session.go_on()
    assert asked(experiment.folder) == "stop"


@pytest.mark.parametrize("elsewhere", [False, True], ids=["asked here", "asked from elsewhere"])
def test_a_pause_lets_what_runs_end_begins_nothing_and_costs_no_time(
    problem: Problem, experiment: Experiment, elsewhere: bool
) -> None:
    session = Session([])
    session.keep_in(experiment)
    said: list[SearchEvent] = []
    held: list[tuple[float, float, int]] = []

    def wish(to_pause: bool) -> None:
        if elsewhere:
            ask(experiment.folder, "pause" if to_pause else "go")
        else:
            (session.pause if to_pause else session.go_on)()

    def listen(event: SearchEvent) -> None:
        said.append(event)
        if isinstance(event, BestImproved) and not held:
            held.append((played.executor.now, played.clock.elapsed, len(played.executor.submitted)))
            wish(True)

    def waiting() -> None:
        if held and len(held) < 100:
            held.append((played.executor.now, played.clock.elapsed, len(played.executor.submitted)))
            if len(held) == 100:
                wish(False)

    played = Played(experiment, problem, RMSE, workers=2, most=4, said=listen, waiting=waiting)
    found = played.run()
    # One fit began with the one that was the best, and goes on; both workers are free when it is over.
    times, spent, submitted = zip(*held[1:], strict=True)
    assert times[-1] - times[0] > played.executor.workers * 7.0
    assert set(spent) == {held[0][1]}
    assert len(set(submitted)) == 1
    texts = [event.text for event in said if isinstance(event, StageBegan)]
    assert texts.count("Paused.") == texts.count("Going on.") == 1
    assert [event.text for event in said if isinstance(event, StageBegan) and event.paused] == ["Paused."]
    places = {text: said.index(next(each for each in said if getattr(each, "text", "") == text)) for text in texts}
    while_paused = said[places["Paused."] + 1 : places["Going on."]]
    assert all(isinstance(event, TrialChanged | BestImproved) for event in while_paused)
    assert played.clock.elapsed == pytest.approx(played.executor.now - (times[-1] - times[0]), abs=1.0)
    assert any(isinstance(event, TrialBegan) for event in said[places["Going on."] :])
    assert (found.ending, len(found.book.trials)) == ("exhausted", 4)


def test_fits_get_the_time_that_is_left_and_what_was_cut_short_goes_on_with_nothing_trained_twice(
    problem: Problem, experiment: Experiment
) -> None:
    left: list[float] = []
    first = Played(experiment, problem, RMSE, total=60.0, waiting=lambda: left.append(first.clock.left))
    found = first.run()
    assert found.ending == "time"
    assert 0.85 * 60 < first.clock.elapsed <= 0.97 * 60
    limits = [job.seconds for job in first.executor.submitted]
    # The very first one leaves time for another, as long as there is no model; a fit may end a little late.
    assert limits[0] <= 0.6 * 60
    assert limits[1:] == sorted(limits[1:], reverse=True)
    assert limits[-1] <= left[-1] + 7.0 + 5.0
    assert all(0 < job.patience <= job.seconds for job in first.executor.submitted)
    (cut,) = first.executor.cancelled
    trial = found.book[cut.trial]
    assert (trial.state, trial.reason) == ("pruned", "The time was over.")
    assert cut.fold not in {fold.fold for fold in trial.folds}

    # Another process goes on. The worker had just left its fit, which nobody has entered.
    recover(experiment, load_problem(experiment.folder), RMSE)
    said: list[SearchEvent] = []
    second = Played(
        experiment, load_problem(experiment.folder), RMSE, total=400.0, spent=first.clock.elapsed, said=said.append,
        most=len(found.book.trials) + 2,
    )  # fmt: skip
    again = second.run()
    jobs = [job.key for job in (*first.executor.submitted, *second.executor.submitted)]
    assert len(set(jobs)) == len(jobs), "A fold is paid for twice."
    assert again.book[cut.trial].state in ("done", "pruned")
    assert again.book[cut.trial].reason != "The time was over."
    assert cut.fold in {fold.fold for fold in again.book[cut.trial].folds}
    tried = [(trial.candidate.family, str(sorted(trial.candidate.params.items()))) for trial in again.book.trials]
    assert len(set(tried)) == len(tried) == len(found.book.trials) + 2
    assert again.selected.score >= max(trial.score or -np.inf for trial in found.book.complete())


class OfTwo(Linear):
    """Linear models of two configurations."""

    def portfolio(self, kind: TaskKind, shape: Shape) -> Iterator[Params]:
        """The first one."""
        yield {"strength": 1.0}

    def space(self, trial: Any, kind: TaskKind, shape: Shape) -> Params:
        """Either of them."""
        return {"strength": trial.suggest_categorical("strength", [1.0, 10.0])}


def test_when_nothing_is_left_to_be_tried_or_somebody_says_stop_it_ends_before_its_time(
    problem: Problem, experiment: Experiment
) -> None:
    played = Played(experiment, problem, RMSE, families=[OfTwo()], workers=2)
    found = played.run()
    assert found.ending == "exhausted"
    assert played.clock.elapsed < 100
    trained = {str(trial.candidate.params) for trial in found.book.trials if trial.candidate.family == "linear"}
    assert {"{'strength': 1.0}"} <= trained <= {"{'strength': 1.0}", "{'strength': 10.0}"}

    def listen(event: SearchEvent) -> None:
        if isinstance(event, TrialBegan):
            further.stopping.set()

    further = Played(experiment, problem, RMSE, said=listen)
    found = further.run()
    assert found.ending == "stopped"
    (cut,) = further.executor.cancelled
    assert found.book[cut.trial].reason == "The search was stopped."
    assert np.isfinite(found.model.predict(problem.features)).all()


def test_the_yardsticks_are_among_what_a_blend_is_chosen_from_whatever_there_is(tmp_path: Path) -> None:
    book = Book(Experiment.create("", "y", root=tmp_path), folds=1, mean="arithmetic")

    def enter(score: float, family: str, number: int = 0, **about: Any) -> int:
        trial = book.begin(Candidate(family=family, params={"number": number}, **about), rows=1.0, started=0.0)
        book.add(trial.number, FoldResult(fold=0, score=score))
        book.end(trial.number, "done")
        return trial.number

    naive = enter(0.1, "naive", origin="naive")
    baseline = enter(0.5, "hist_gradient_boosting", origin="baseline")
    better = [enter(0.6 + number / 100, "hist_gradient_boosting", number) for number in range(30)]
    other = enter(0.2, "linear")
    assert [trial.number for trial in pool_of(book)] == [*better[:9:-1], baseline, other, naive]


@pytest.mark.parametrize(
    ("metric", "predicts"), [("rmse", "naive"), ("accuracy", "model")], ids=["numbers", "decisions"]
)
def test_the_naive_model_predicts_where_none_is_likely_to_be_better(metric: str, predicts: str, tmp_path: Path) -> None:
    """By decisions alone a rare class is never foretold; how likely it is a model knows all the same."""
    random = np.random.default_rng(4)
    frame = pd.DataFrame(random.normal(size=(300, 3)), columns=list("abc"))
    rare = random.random(300) < 0.05 + 0.3 * (frame["a"] > 0.5)
    frame["y"] = random.normal(size=300) if metric == "rmse" else rare.map({True: "yes", False: "no"})
    noise = prepare(
        frame, "y", kind=None, quantiles=(), kinds=None, groups=None, time=False, folds=2, weights=None, seed=0,
        say=lambda event: None,
    )  # fmt: skip
    made = Experiment.create("", "y", root=tmp_path)
    noise.save(made.folder)
    found = Played(made, noise, METRICS[metric], most=6).run()
    verdict, naive = found.selected.verdict, found.book.of_origin("naive")
    assert verdict is not None
    assert naive is not None
    assert not verdict.skill
    assert (found.selected.weights == {naive.number: 1.0}) is (predicts == "naive")
    assert ("the naive one is what predicts" in verdict.text) is (predicts == "naive")
    if predicts == "naive":
        assert found.selected.score == pytest.approx(naive.score)
        assert found.model.predict(noise.features) == pytest.approx(frame["y"].mean())
    else:
        assert len(np.unique(found.model.predict_proba(noise.features)[:, 1])) > 100


def test_a_metric_of_ones_own_is_told_the_values_of_forecasts(tmp_path: Path) -> None:
    """Two series, of which one is a hundred times as large as the other, and growing."""
    time = np.arange(60)
    random = np.random.default_rng(0)
    small = 10 + time / 6 + 2 * (time % 7 > 4) + random.normal(0, 0.2, 60)
    values = np.concatenate([small, 100 * small[::-1]])
    frame = pd.DataFrame({"step": np.tile(time, 2), "shop": np.repeat(["a", "b"], 60), "sold": values})
    given = prepare_forecast(frame, "sold", time="step", series="shop", horizon=3).problem
    experiment = Experiment.create("", "sold", root=tmp_path)
    given.save(experiment.folder)
    told: list[tuple[NDArray[Any], NDArray[Any]]] = []

    def lost(truth: NDArray[Any], prediction: NDArray[Any]) -> float:
        """What it costs, in the unit of the values."""
        told.append((truth, prediction))
        return -float(np.abs(truth - prediction).sum())

    kept = load_problem(experiment.folder)
    own = find_metric(lost, given.task)
    families = [FAMILIES["seasonal_naive"], FAMILIES["linear"]]
    found = Played(experiment, kept, own, most=4, families=families).run()
    assert {trial.state for trial in found.book.trials} == {"done"}
    for truth, prediction in told:
        assert np.isin(truth.round(6), values.round(6)).all()
        assert np.abs(prediction / truth - 1).max() < 1
    # What repeats a season foretells values of before.
    assert any(np.isin(prediction.round(6), values.round(6)).all() for _, prediction in told)
    naive = found.book.of_origin("naive")
    assert naive is not None
    truth, said = told[0]
    assert naive.folds[0].score == pytest.approx(-np.abs(truth - said).sum())
    assert found.selected.score >= max(trial.score or -np.inf for trial in found.book.trials)
    assert found.selected.verdict is not None
    assert found.selected.verdict.skill

    # Errors as shares of the values can be compared, and those that large series would rule are of scaled ones.
    test = given.validation.folds[0].test
    foretold = experiment.prediction(naive.number, 0)
    share = find_metric("mape", given.task)
    assert share.read(kept.score(foretold, test, share)) == pytest.approx(np.mean(np.abs(said / truth - 1)))
    assert RMSE.read(kept.score(foretold, test, RMSE)) == pytest.approx(
        np.sqrt(np.mean((given.target[test] - foretold) ** 2))
    )
