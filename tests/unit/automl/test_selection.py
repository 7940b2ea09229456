"""Blends: the greedy one, the linear stack, and which of them is taken."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from lumina_jupyter.automl.candidate import Candidate, FoldResult, Trial
from lumina_jupyter.automl.metrics.metric import METRICS
from lumina_jupyter.automl.search.choosing import LEAST_ROWS, choose_blend
from lumina_jupyter.automl.search.held_out import HeldOut
from lumina_jupyter.automl.search.selection import blended, greedy_weights
from lumina_jupyter.automl.search.skill import judge
from lumina_jupyter.automl.search.stacking import stack_weights

METRIC_NAMES = ["roc_auc", "log_loss", "accuracy"]


def probabilities(random: np.random.Generator, truth: NDArray[Any], strength: float) -> NDArray[Any]:
    classes = int(truth.max()) + 1
    logits = random.normal(size=(len(truth), classes)) + strength * np.eye(classes)[truth]
    shares = np.exp(logits)
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


@given(
    seed=st.integers(0, 10_000),
    members=st.integers(1, 6),
    metric=st.sampled_from(METRIC_NAMES),
    patience=st.integers(0, 300),
)
def test_greedy_is_a_mean_that_is_never_worse_than_the_best_single_one(
    seed: int, members: int, metric: str, patience: int
) -> None:
    random = np.random.default_rng(seed)
    truth = np.append([0, 1], random.integers(0, 2, 40))
    predictions = {10 * n: probabilities(random, truth, random.uniform(-1, 2)) for n in range(members)}
    held_out = HeldOut(METRICS[metric], truth, None, [len(truth) // 2, len(truth) - len(truth) // 2])
    calls = 0

    def over() -> bool:
        nonlocal calls
        calls += 1
        return calls > patience

    weights = greedy_weights(predictions, held_out.score, over=over)
    best = max(held_out.score(each) for each in predictions.values())
    assert set(weights) <= set(predictions)
    assert all(weight > 0 for weight in weights.values())
    assert sum(weights.values()) == pytest.approx(1.0)
    assert held_out.score(blended(predictions, weights)) >= best - 1e-9
    if patience == 0:
        assert len(weights) == 1, "With no time there is the best single one."


@given(seed=st.integers(0, 10_000), members=st.integers(1, 6), classifies=st.booleans(), weighted=st.booleans())
def test_a_stack_is_a_mean_and_about_as_good_as_the_best_member(
    seed: int, members: int, classifies: bool, weighted: bool
) -> None:
    random = np.random.default_rng(seed)
    counts = random.uniform(0.1, 2, 60) if weighted else None
    if classifies:
        truth: NDArray[Any] = random.integers(0, 3, 60)
        predictions = {n: probabilities(random, truth, random.uniform(-1, 2)) for n in range(members)}
        metric = METRICS["log_loss"]
    else:
        truth = np.asarray(random.normal(1e6, 1e3, 60))
        predictions = {n: truth + random.normal(0, random.uniform(1, 2e3), 60) for n in range(members)}
        metric = METRICS["mse"]
    weights = stack_weights(predictions, truth, counts, classifies=classifies)
    assert all(weight > 0 for weight in weights.values())
    assert sum(weights.values()) == pytest.approx(1.0)
    best = min(metric.read(metric.score(truth, each, counts)) for each in predictions.values())
    assert metric.read(metric.score(truth, blended(predictions, weights), counts)) <= best * 1.05


def regression(errors: list[NDArray[Any]]) -> tuple[dict[int, NDArray[Any]], HeldOut]:
    truth = np.random.default_rng(9).normal(size=len(errors[0]))
    half = len(truth) // 2
    held_out = HeldOut(METRICS["rmse"], truth, None, [half, len(truth) - half])
    return {number: truth + error for number, error in enumerate(errors)}, held_out


def test_members_whose_errors_differ_are_blended_and_copies_are_not() -> None:
    random = np.random.default_rng(3)
    first, second = random.normal(size=(2, 1000))
    predictions, held_out = regression([first, second, first * 3])
    choice = choose_blend(predictions, held_out, classifies=False, stackable=True, in_order=False, seconds=30)
    assert choice.kind in {"greedy", "stack"}
    assert choice.weights[0] == pytest.approx(0.5, abs=0.1)
    assert choice.score > held_out.score(predictions[0])
    assert set(choice.honest_scores) == {"single", "greedy", "stack"}
    assert choice.honest.shape == (1000,)

    same, held_out = regression([first, first, first])
    choice = choose_blend(same, held_out, classifies=False, stackable=True, in_order=True, seconds=30)
    assert (choice.kind, choice.weights) == ("single", {0: 1.0}), "The simpler one of equals."


@pytest.mark.parametrize("seed", [18, 56, 101])
def test_one_unlucky_way_to_halve_rows_does_not_decide(seed: int) -> None:
    """Three rows are far off for each member: a half that has them of one alone takes the others for better."""
    random = np.random.default_rng(seed)
    errors = []
    for _ in range(3):
        error = random.normal(0, 0.1, 300)
        error[random.choice(300, 3, replace=False)] = random.normal(0, 6, 3)
        errors.append(error)
    predictions, held_out = regression(errors)
    choice = choose_blend(predictions, held_out, classifies=False, stackable=False, in_order=False, seconds=1000)
    assert choice.kind == "greedy"


def test_what_is_taken_is_never_worse_than_one_of_its_members_alone() -> None:
    """One is without error where the few rows lie by which is chosen in a hurry, and worse than the other on all of them."""
    errors = np.full(60_000, 1.1)
    errors[np.linspace(0, len(errors) - 1, LEAST_ROWS).astype(int)] = 0.0
    predictions, held_out = regression([np.ones(60_000), errors])
    singles = {number: held_out.score(each) for number, each in predictions.items()}
    for known in (None, singles):
        choice = choose_blend(
            predictions, held_out, classifies=False, stackable=True, in_order=False, seconds=0.0, singles=known
        )
        assert (choice.kind, choice.weights, choice.score) == ("single", {0: 1.0}, singles[0])
        assert np.array_equal(choice.honest, predictions[0])


def test_in_a_hurry_the_best_single_one_is_taken() -> None:
    random = np.random.default_rng(3)
    predictions, held_out = regression([*random.normal(size=(2, 200))])
    choice = choose_blend(
        predictions, held_out, classifies=False, stackable=True, in_order=False, seconds=0, hurry=lambda: True
    )
    assert choice.kind == "single"
    assert len(choice.weights) == 1


def test_rows_are_thinned_out_when_there_is_little_time() -> None:
    random = np.random.default_rng(3)
    predictions, held_out = regression([*random.normal(size=(4, 60_000))])
    choice = choose_blend(predictions, held_out, classifies=False, stackable=True, in_order=False, seconds=0.0)
    assert choice.honest.shape == (60_000,)
    assert choice.score == pytest.approx(held_out.score(blended(predictions, choice.weights)))


@pytest.mark.parametrize("in_order", [False, True])
@pytest.mark.parametrize("metric", METRIC_NAMES)
def test_halves_are_disjoint_and_complete(metric: str, in_order: bool) -> None:
    truth = np.tile([0, 1, 1], 33)
    held_out = HeldOut(METRICS[metric], truth, None, [50, 49])
    first, second = held_out.halves(in_order=in_order)
    assert sorted([*first, *second]) == list(range(99))
    assert [len(fold) for fold in (first, second)] in ([50, 49], [49, 50])
    part = held_out.take(first)
    assert len(part) == len(first)
    assert [fold.stop - fold.start for fold in part.folds] in ([25, 24], [25, 25])


@pytest.mark.parametrize("metric", ["rmse", "rmsle", "mae", "mse"])
def test_a_score_over_folds_is_that_of_all_rows_together(metric: str) -> None:
    """A fold that was far off counts as much as it does for who adds up the errors of all rows."""
    random = np.random.default_rng(0)
    truth = random.gamma(2.0, size=600)
    prediction = truth + np.repeat([0.1, 0.2, 4.0], 200) * random.random(600)
    used = METRICS[metric]
    held_out = HeldOut(used, truth, None, [200, 200, 200])
    folds = tuple(
        FoldResult(fold=number, score=used.score(truth[rows], prediction[rows]))
        for number, rows in enumerate(held_out.folds)
    )
    trial = Trial(number=0, candidate=Candidate(family="linear"), folds=folds, mean=used.mean)
    assert held_out.score(prediction) == pytest.approx(used.score(truth, prediction))
    assert trial.score == pytest.approx(used.score(truth, prediction))
    assert trial.score_on({0}) == folds[0].score
    assert trial.score_on({0, 7}) is None


def test_skill_is_what_noise_does_not_explain() -> None:
    random = np.random.default_rng(5)
    truth = random.normal(size=800)
    held_out = HeldOut(METRICS["rmse"], truth, None, [400, 400])
    naive = np.zeros(800)
    for in_order in (False, True):
        good = judge(0.5 * truth, naive, held_out, in_order=in_order, seconds=60)
        assert good.skill
        assert good.gain > 0
        worse = judge(random.normal(size=800) * 0.1, naive, held_out, in_order=in_order, seconds=60)
        assert not worse.skill
        assert worse.text.startswith("No skill")
    same = judge(naive, naive, held_out, in_order=False, seconds=0)
    assert not same.skill
