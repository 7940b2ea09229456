"""What a search decides: which candidate comes next, on how many rows, and which trial is given up."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lumina_jupyter.automl.candidate import Candidate, FoldResult, Trial
from lumina_jupyter.automl.families.family import Shape
from lumina_jupyter.automl.families.registry import FAMILIES
from lumina_jupyter.automl.search.fidelity import Ladder
from lumina_jupyter.automl.search.proposing import Proposer
from lumina_jupyter.automl.search.pruning import PLENTY, SCARCE, promise, reason_to_prune
from lumina_jupyter.automl.search.sampling import Sampler
from lumina_jupyter.automl.search.studies import JOURNAL

SHAPE = Shape(rows=500, features=5, classes=2)


def trial(number: int, *scores: float, state: Any = "done", rows: float = 1.0, **candidate: Any) -> Trial:
    folds = tuple(FoldResult(fold=fold, score=score, seconds=1.0) for fold, score in enumerate(scores))
    chosen = Candidate(**{"family": "lightgbm", "params": {"leaves": number}, **candidate})
    return Trial(number=number, candidate=chosen, state=state, folds=folds, rows=rows)


def test_only_what_is_clearly_behind_is_given_up() -> None:
    done = [trial(number, 0.9 - number / 100, 0.5 - number / 100) for number in range(10)]
    assert not reason_to_prune(trial(10, 0.1, state="running"), done[:3]), "Too few to compare with."
    assert not reason_to_prune(trial(10, 0.87, state="running"), done)
    assert "After its first fold 10 others were better" in reason_to_prune(trial(10, 0.7, state="running"), done)
    assert not reason_to_prune(trial(10, state="running"), done)
    assert "first 2 folds" in reason_to_prune(trial(10, 0.7, 0.4, state="running"), done)


def test_an_easy_fold_is_no_merit() -> None:
    done = [trial(number, 0.9 - number / 100, 0.5 - number / 100) for number in range(10)]
    promised = promise(trial(10, 0.8, state="pruned"), done)
    assert promised is not None
    assert promised.score == pytest.approx(0.6), "As much less on all folds as it was for the others."
    assert promised.doubt == pytest.approx(0)


def test_where_there_is_time_for_many_more_a_fold_that_says_little_ends_nothing() -> None:
    # Of two folds either may be the luckier one.
    done = sorted(
        (trial(n, 0.7 + n % 3 / 20, 0.7 - n % 3 / 20) for n in range(12)), key=lambda each: -(each.score or 0)
    )
    behind = trial(12, 0.73, state="running")
    promised = promise(behind, done)
    assert promised is not None
    assert promised.score < 0.7 < promised.score + promised.doubt
    assert reason_to_prune(behind, done, trials_left=SCARCE)
    assert not reason_to_prune(behind, done, trials_left=PLENTY)
    assert reason_to_prune(trial(13, 0.2, state="running"), done, trials_left=10 * PLENTY), "That is no bad luck."


def test_large_tables_are_climbed() -> None:
    assert Ladder(2_000, 10_000).shares == (1.0,)
    ladder = Ladder(1_000_000, 30_000_000)
    assert ladder.large
    assert ladder.least == 1 / 16
    assert ladder.share(expected=1, left=1000) == 1.0
    assert ladder.share(expected=300, left=1000) == ladder.share(expected=1e6, left=1) == 1 / 4 / 4
    low = [trial(number, 0.8 + number / 100, rows=1 / 16) for number in range(6)]
    first = ladder.promotion(low, expected=10, left=1000)
    assert first == (low[5].candidate, 1 / 4), "The best third goes up, the best first."
    up = trial(6, 0.9, rows=1 / 4, params=low[5].candidate.params)
    assert ladder.promotion([*low, up], expected=10, left=1000) == (low[4].candidate, 1 / 4)
    assert ladder.promotion(low, expected=10_000, left=1000) is None, "No time for more rows."
    assert ladder.promotion(low[:2], expected=10, left=1000) is None


@pytest.fixture
def sampler(tmp_path: Path) -> Sampler:
    return Sampler(tmp_path, 0, "binary", SHAPE)


def proposals(proposer: Proposer, count: int, seconds: float, took: float = 1.0) -> Iterator[Candidate]:
    for number in range(count):
        candidate = proposer.next(number, seconds)
        assert candidate is not None
        result = FoldResult(fold=0, score=0.8, seconds=took)
        proposer.over(Trial(number=number, candidate=candidate, state="done", folds=(result,)), 0.8)
        yield candidate


def test_the_yardstick_then_every_family_then_optuna_and_nothing_twice(sampler: Sampler, tmp_path: Path) -> None:
    families = [FAMILIES[name] for name in ("linear", "hist_gradient_boosting", "lightgbm")]
    made = list(proposals(Proposer(families, sampler, "binary", SHAPE), 40, 1e6))
    assert (made[0].family, made[0].origin) == ("hist_gradient_boosting", "baseline")
    assert {each.family for each in made[:3]} == {"linear", "hist_gradient_boosting", "lightgbm"}
    keys = [(each.family, str(sorted(each.params.items()))) for each in made]
    assert len(set(keys)) == len(keys)
    assert {"portfolio", "search"} <= {each.origin for each in made}
    again = Sampler(tmp_path, 0, "binary", SHAPE)
    resumed = Proposer(families, again, "binary", SHAPE)
    for number, each in enumerate(made):
        done = Trial(number=number, candidate=each, state="done", folds=(FoldResult(fold=0, score=0.8),))
        resumed.known(done)
        resumed.over(done, done.score)
    fresh = resumed.next(len(made), 1e6)
    assert fresh is not None
    assert (fresh.family, str(sorted(fresh.params.items()))) not in keys


def test_a_family_that_takes_too_long_waits(sampler: Sampler) -> None:
    families = [FAMILIES[name] for name in ("hist_gradient_boosting", "linear", "random_forest")]
    made = list(proposals(Proposer(families, sampler, "binary", SHAPE), 4, 3.0, took=1.4))
    assert "random_forest" not in {each.family for each in made[:2]}


def test_a_family_too_dear_to_begin_with_is_not_begun_while_others_have_something_to_try(sampler: Sampler) -> None:
    """It promises nothing that is known, which must not be taken for much."""
    families = [FAMILIES[name] for name in ("hist_gradient_boosting", "linear", "neural_network")]
    dear = FAMILIES["neural_network"].cost(SHAPE)
    seconds = 2.0 * dear  # Of which its first trial would take a half.
    made = list(proposals(Proposer(families, sampler, "binary", SHAPE), 30, seconds, took=1.0))
    assert {each.family for each in made} == {"hist_gradient_boosting", "linear"}


def test_trials_that_a_crash_left_open_are_failed(sampler: Sampler, tmp_path: Path) -> None:
    import optuna

    sampler.propose(FAMILIES["lightgbm"], 0)
    Sampler(tmp_path, 0, "binary", SHAPE).propose(FAMILIES["lightgbm"], 1)
    storage = optuna.storages.JournalStorage(optuna.storages.journal.JournalFileBackend(str(tmp_path / JOURNAL)))
    states = [each.state.name for each in optuna.load_study(study_name="lightgbm", storage=storage).trials]
    assert states == ["FAIL", "RUNNING"]
