"""Classes that are rare, and targets of numbers of which a few are far larger than the rest."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from lumina_jupyter.automl.profiling.finding import Finding
from lumina_jupyter.automl.profiling.view import View
from lumina_jupyter.automl.words import counted, listed, percent

RARE, VERY_RARE = 0.1, 0.01
FEW_ROWS = 20
FAR = 8.0
"""How many times the distance from the middle to the quartiles the largest target is away."""


def find_imbalance(view: View) -> Iterator[Finding]:
    """Rare classes; a target whose sizes are very unequal."""
    if view.task is None or view.values is None:
        return
    if view.classes:
        yield from _rare_classes(view, np.bincount(view.values, minlength=view.classes))
    else:
        yield from _long_tail(view)


def _rare_classes(view: View, counts: NDArray[np.intp]) -> Iterator[Finding]:
    shares = counts / counts.sum()
    limit = min(RARE, 0.2 / max(view.classes - 1, 1))
    rare = [each for each in np.argsort(counts) if shares[each] < limit]
    if not rare:
        return
    shown = listed(
        [f"{view.label(each)!r} {percent(shares[each], 1)} ({counted(int(counts[each]), 'row')})" for each in rare]
    )
    worst = rare[0]
    serious = shares[worst] < VERY_RARE or counts[worst] < FEW_ROWS
    yield Finding(
        kind="imbalance",
        severity="warning" if serious else "info",
        text=f"Some classes of {view.task.target if view.task else ''!r} are rare: {shown}.",
        evidence={view.label(each): round(float(shares[each]), 5) for each in rare[:20]},
        action="Gives folds the same share of every class where rows are drawn by chance; its own metric doesn't count right answers.",
        advice="Accuracy would look good whatever is learned: look at average precision or the confusion matrix."
        if view.classes == 2
        else "",
    )


def _long_tail(view: View) -> Iterator[Finding]:
    values = np.asarray(view.values, dtype=float)
    low, middle, high = np.quantile(values, [0.25, 0.5, 0.75])
    largest = float(np.abs(values - middle).max())
    width = max(float(high - middle), float(middle - low))
    if width <= 0 or largest < FAR * width:
        return
    far = int((np.abs(values - middle) > FAR * width).sum())
    if far / len(values) < 0.001 and far < 3:
        return
    name = view.task.target if view.task else ""
    yield Finding(
        kind="long tail",
        severity="info",
        text=f"A few values of {name!r} are far from the rest: {far:,} of {len(values):,}, up to {largest / width:.0f} times the usual spread.",
        evidence={"rows": far, "largest": float(values.max()), "middle": float(middle)},
        action="Tries models of its logarithm too, where all its values are positive; the error (RMSE) is mostly about these rows.",
        advice='Where large ones don\'t matter more, set metric="mae".',
    )
