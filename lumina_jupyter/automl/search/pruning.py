"""What a trial's first folds promise, and when it is given up for that."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from statistics import median

from ..candidate import Trial

ENOUGH = 4
"""How many trials must be done before one is judged by some of its folds."""
KEPT = 0.34
"""What is not expected among this share of the trials that are done is given up; but for the best few."""
FEW = 5
MOST = 40
"""By how many of the best it is judged, at most."""
SCARCE, PLENTY = 20, 200
"""When so many more trials like it fit into the time, a trial must be expected among the best; may merely be among them."""
NORMAL = 1.4826
"""The standard deviation of normal errors for each unit of their median absolute deviation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """What a trial is expected to reach.

    Args:
        score: On all folds, greater is better.
        doubt: The standard deviation of that.
    """

    score: float
    doubt: float


def promise(trial: Trial, done: Sequence[Trial]) -> Promise | None:
    """What a trial is expected to reach on all folds; None when it has none yet, or there are too few to compare it with.

    Folds differ in how hard they are, and scores of some folds can't be compared with those of all: what is missing is
    taken to be what it was for the better half of the trials that are done.

    Args:
        trial: One with at least one fold.
        done: The trials that ran through all folds on as many rows, best first.
    """
    seen = {fold.fold for fold in trial.folds}
    own = trial.score_on(seen)
    gaps = []
    for each in done[: max(ENOUGH, min(MOST, len(done) // 2))]:
        full, part = each.score, each.score_on(seen)
        if full is not None and part is not None:
            gaps.append(full - part)
    if own is None or len(gaps) < ENOUGH:
        return None
    usual = median(gaps)
    return Promise(score=own + usual, doubt=NORMAL * median(abs(gap - usual) for gap in gaps))


def lenience(trials: float) -> float:
    """How many standard deviations are given to a trial, when so many more like it fit into the time that is left."""
    return min(1.0, max(0.0, math.log(max(trials, 1e-9) / SCARCE) / math.log(PLENTY / SCARCE)))


def reason_to_prune(trial: Trial, done: Sequence[Trial], trials_left: float = 0.0) -> str:
    """Why a trial is given up, as a sentence; empty when it goes on.

    Args:
        trial: One that runs, with at least one fold.
        done: The trials that ran through all folds on as many rows, best first.
        trials_left: How many more like it fit into the time that is left.
    """
    promised = promise(trial, done)
    if promised is None:
        return ""
    hoped = promised.score + lenience(trials_left) * promised.doubt
    better = bisect_left(done, -hoped, key=lambda each: -(each.score or 0.0))
    if better < min(len(done), max(FEW, round(len(done) * KEPT))):
        return ""
    return f"After {_first(trial.folds)} {better} others were better."


def _first(folds: Collection[object]) -> str:
    return "its first fold" if len(folds) == 1 else f"its first {len(folds)} folds"
