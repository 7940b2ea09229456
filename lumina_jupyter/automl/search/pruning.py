"""When a trial is given up after its first folds."""

from __future__ import annotations

from collections.abc import Sequence

from ..candidate import Trial

ENOUGH = 4
"""How many trials must be done before one is given up."""
KEPT = 0.34
"""What is not among this share of the trials that are done, on the same folds, is given up; but for the best few."""
FEW = 5


def reason_to_prune(trial: Trial, done: Sequence[Trial]) -> str:
    """Why a trial is given up, as a sentence; empty when it goes on. Only the folds that it has are compared.

    Args:
        trial: One that runs, with at least one fold.
        done: The trials that ran through all folds on as many rows.
    """
    seen = {fold.fold for fold in trial.folds}
    own = trial.score_on(seen)
    others = sorted((score for each in done if (score := each.score_on(seen)) is not None), reverse=True)
    if own is None or len(others) < ENOUGH:
        return ""
    place = max(FEW, round(len(others) * KEPT))
    limit = others[min(place, len(others)) - 1]
    if own >= limit:
        return ""
    folds = "its first fold" if len(seen) == 1 else f"its first {len(seen)} folds"
    better = sum(score > own for score in others)
    return f"After {folds} {better} others were better."
