"""A candidate: a family of models with its parameters; and what became of it, fold by fold."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from .metrics.fold_mean import Mean, fold_mean

Origin = Literal["naive", "baseline", "portfolio", "search"]
TrialState = Literal["running", "done", "pruned", "failed"]
_PLACES: Mapping[TrialState, int] = {"done": 0, "running": 1, "pruned": 2, "failed": 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What a trial tries.

    Args:
        family: Name of the family, as in `families.FAMILIES`.
        params: Parameters of the family's space, JSON values only.
        origin: Where it comes from. "naive" and "baseline" are what every result is compared with.
    """

    family: str
    params: Mapping[str, Any] = field(default_factory=dict)
    origin: Origin = "search"

    @property
    def key(self) -> str:
        """The same for candidates that try the same, wherever they come from."""
        return self.family + json.dumps(dict(self.params), sort_keys=True, default=str)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoldResult:
    """What a fit on one fold gave.

    Args:
        fold: Position of the fold in the validation's list.
        score: By the search's metric on the rows held out, greater is better (losses are negated); None when it failed.
        seconds: Wall time of the fit and the prediction.
        predict_seconds: Wall time of the prediction of the rows held out.
        iterations: How many trees or epochs early stopping kept; 0 where there is no such thing.
        peak_bytes: The most memory that the worker's process held.
        model_bytes: Size of the model on the disk.
        failure: Why it failed, as a sentence; empty when it did not.
    """

    fold: int
    score: float | None
    seconds: float = 0.0
    predict_seconds: float = 0.0
    iterations: int = 0
    peak_bytes: int = 0
    model_bytes: int = 0
    failure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A candidate and its results: a row of the leaderboard.

    Args:
        number: Counts from 0 in the order in which trials began, never given twice.
        candidate: What was tried.
        state: "pruned" is a trial that was given up because its first folds were bad.
        folds: What its folds gave so far, in the order of folds.
        rows: Share of the rows that it was trained on (1 is all), 0 to 1.
        started: Seconds since the search began.
        reason: Why it was pruned or failed, as a sentence.
        mean: How its folds' scores become one.
    """

    number: int
    candidate: Candidate
    state: TrialState = "running"
    folds: tuple[FoldResult, ...] = ()
    rows: float = 1.0
    started: float = 0.0
    reason: str = ""
    mean: Mean = "arithmetic"

    @property
    def score(self) -> float | None:
        """Of the folds that have one, as one; None as long as there are none."""
        return self.score_on({each.fold for each in self.folds if each.score is not None})

    def score_on(self, folds: Collection[int]) -> float | None:
        """Of some folds, as one; None where one of them has no score."""
        scores = [each.score for each in self.folds if each.fold in folds and each.score is not None]
        return fold_mean(scores, self.mean) if scores and len(scores) == len(folds) else None

    @property
    def complete(self) -> bool:
        """Whether it ran through all folds on all rows: only such scores can be compared with each other."""
        return self.state == "done" and self.rows >= 1.0

    @property
    def seconds(self) -> float:
        """What it took so far, summed over its folds."""
        return sum(each.seconds for each in self.folds)


def complete_trials(trials: Iterable[Trial]) -> list[Trial]:
    """Those that ran through all folds on all rows, best first."""
    return sorted((trial for trial in trials if trial.complete), key=place)


def place(trial: Trial) -> tuple[float, int]:
    """By which complete trials are sorted: best first, equal ones in the order in which they began."""
    return -(trial.score or 0.0), trial.number


def standing(state: TrialState, rows: float, score: float | None, number: int) -> tuple[int, bool, float, float, int]:
    """By which trials are sorted into a leaderboard: those that are done, best first; then those that run, were given up, failed.

    What was trained on a part of the rows comes behind what was trained on more: their scores can't be compared.

    Args:
        state: How far the trial is.
        rows: Share of the rows that it was trained on.
        score: Greater is better.
        number: The trial's number.
    """
    return _PLACES[state], score is None, -rows, -(score or 0.0), number
