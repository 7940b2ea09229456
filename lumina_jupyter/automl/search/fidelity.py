"""Large tables: candidates are tried on a part of the rows first, and the best third of them on more."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from ..candidate import Candidate, Trial

SHARES = (1 / 16, 1 / 4, 1.0)
LEAST_ROWS = 4_000
"""Fewer rows say too little about how a candidate does on all of them."""
ENOUGH = 20
"""When so many more trials on all rows fit into the time, no part is needed."""
KEPT = 3
"""One of so many goes up."""
LARGE = 2e7
"""From so many cells on a first model of a part of the rows comes before all others, so that there is one soon."""


class Ladder:
    """Decides on how many rows a candidate is tried, and which ones go on to more.

    Args:
        rows: How many rows there are to train on.
        cells: Rows times columns.
    """

    def __init__(self, rows: int, cells: int) -> None:
        self.shares = tuple(share for share in SHARES if share * rows >= LEAST_ROWS or share == 1.0)
        self.large = cells >= LARGE and len(self.shares) > 1

    @property
    def least(self) -> float:
        """The smallest share on which candidates are tried."""
        return self.shares[0]

    def share(self, expected: float, left: float) -> float:
        """The share for a candidate that would take so many seconds on all rows, with so many left."""
        for share in reversed(self.shares):
            if expected * share * ENOUGH <= left:
                return share
        return self.least

    def promotion(self, trials: Sequence[Trial], expected: float, left: float) -> tuple[Candidate, float] | None:
        """A candidate that was among the best third on a part of the rows, and the next share to try it on.

        Args:
            trials: All trials.
            expected: How long a trial on all rows takes, about.
            left: Seconds that are left.
        """
        for lower, upper in reversed(list(pairwise(self.shares))):
            if expected * upper > left:
                continue
            done = [trial for trial in trials if trial.state == "done" and trial.rows == lower]
            done.sort(key=lambda trial: -(trial.score or 0.0))
            above = {trial.candidate.key for trial in trials if trial.rows > lower}
            for trial in done[: len(done) // KEPT]:
                if trial.candidate.key not in above:
                    return trial.candidate, upper
        return None
