"""Labels that are likely wrong: rows whose class is another than that of the rows most like them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lumina_jupyter.automl.profiling.finding import Finding
from lumina_jupyter.automl.profiling.forest import unseen_chances
from lumina_jupyter.automl.profiling.view import View
from lumina_jupyter.automl.words import counted, percent

LEAST_ROWS = 100
MOST_ROWS = 4_000
MOST_CLASSES = 40
TREES = 60
SURE = 0.9
"""Share of trees that have not seen a row and all say that it is of another class."""
MANY = 0.01
FEWEST = 3
RECOGNISED = 0.9
"""Share of a class that must be recognised, or its rows aren't wrong but hard to tell."""


def find_label_noise(view: View) -> Iterator[Finding]:
    """Rows whose label a forest that has not seen them is sure is wrong."""
    if not 2 <= view.classes <= MOST_CLASSES or view.values is None or len(view.rows) < LEAST_ROWS:
        return
    names = [each.name for each in view.columns() if each.kind not in ("constant", "identifier", "text")]
    drawn = np.sort(np.random.default_rng(view.seed).permutation(len(view.rows))[:MOST_ROWS])
    target = view.values[view.rows[drawn]]
    if not names or np.bincount(target, minlength=view.classes).min() < 2:
        return
    columns = [view.codes(name)[drawn] for name in names]
    chances = unseen_chances(columns, target, trees=TREES, leaf=2, seed=view.seed)
    said = chances.argmax(axis=1)
    recognised = np.bincount(target[said == target], minlength=view.classes) / np.bincount(
        target, minlength=view.classes
    )
    told = (recognised[target] >= RECOGNISED) & (recognised[said] >= RECOGNISED)
    doubtful = np.flatnonzero(told & (said != target) & (chances.max(axis=1) >= SURE))
    if len(doubtful) < FEWEST:
        return
    doubtful = doubtful[np.argsort(-chances.max(axis=1)[doubtful])]
    share = len(doubtful) / len(target)
    right = float((said == target).mean())
    looked = f"of {len(target):,} looked at" if len(target) < len(view.values) else f"of {len(target):,}"
    first = doubtful[0]
    yield Finding(
        kind="label noise",
        severity="warning" if share >= MANY else "info",
        text=f"{counted(len(doubtful), 'row')} {looked} ({percent(share, 1)}) look like another class than they have; row "
        f"{view.origin[view.rows[drawn[first]]]:,}, for example, is {view.label(target[first])!r} and looks like "
        f"{view.label(said[first])!r}.",
        evidence={
            "rows": len(doubtful),
            "share": round(share, 4),
            "positions": view.origin[view.rows[drawn[doubtful[:20]]]].tolist(),
            "right_elsewhere": round(right, 4),
        },
        action="Keeps them as they are.",
        advice="Look at some of them: `positions` in the finding's evidence are rows of your table, the strangest first.",
    )
