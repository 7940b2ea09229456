"""Rows to train on that are among the rows to test on."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lumina_jupyter.automl.profiling.detectors.duplicates import row_hashes
from lumina_jupyter.automl.profiling.finding import Finding
from lumina_jupyter.automl.profiling.view import View
from lumina_jupyter.automl.words import counted, percent, verb

MANY = 0.01


def find_overlap(view: View) -> Iterator[Finding]:
    """Test rows whose features are those of a training row, more often than training rows are each other's twins."""
    if view.test is None or not len(view.test):
        return
    known, tested = row_hashes(view, view.frame), row_hashes(view, view.test)
    shared = np.isin(tested, known)
    count = int(shared.sum())
    natural = 1 - len(np.unique(known)) / len(known)
    share = count / len(tested)
    if share <= max(MANY, 2 * natural) and not (count and natural == 0.0):
        return
    yield Finding(
        kind="overlap",
        severity="serious" if share > MANY else "warning",
        text=f"{counted(count, 'row')} of the test table ({percent(share, 1)}) {verb(count, 'is', 'are')} in the training table as well.",
        evidence={"rows": count, "share": round(share, 4), "positions": np.flatnonzero(shared)[:20].tolist()},
        action="Uses the test table for nothing.",
        advice="Scores on these rows show what was remembered: leave them out of one of the tables.",
    )
