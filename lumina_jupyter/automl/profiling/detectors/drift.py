"""Drift: rows to test on, or later rows, that differ from those that are trained on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lumina_jupyter.automl.columns import Column
from lumina_jupyter.automl.plain.table_reader import read_texts
from lumina_jupyter.automl.profiling.finding import Finding
from lumina_jupyter.automl.profiling.forest import unseen_chances
from lumina_jupyter.automl.profiling.power import area, binned
from lumina_jupyter.automl.profiling.view import View, is_numeric, numbers_of
from lumina_jupyter.automl.words import listed, percent

LEAST_ROWS = 50
MOST_ROWS = 4_000
MOST_COLUMNS = 100
TREES = 40
COARSE = 10
"""Bins that distributions are compared in."""
MOVED = 0.15
"""Share of the rows that would have to change for a column to look as before, beyond what chance does."""
MATTERS = 0.02
"""Power from which on it matters that a column has moved."""
TOLD_APART = 0.65
"""Area under the ROC curve from which on rows can be told apart by their features."""
LATER = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sides:
    """Two tables, how people are told that they differ, and the column that they differ in by their making."""

    before: pd.DataFrame
    after: pd.DataFrame
    differ: str
    without: str


def find_drift(view: View) -> Iterator[Finding]:
    """Columns, and the target, that are spread otherwise in the test rows, or in the last quarter of rows in time."""
    sides = _sides(view)
    if sides is None or min(len(sides.before), len(sides.after)) < LEAST_ROWS:
        return
    kinds = (
        ("number", "category", "boolean", "datetime") if view.test is not None else ("number", "category", "boolean")
    )
    columns = [each for each in view.columns() if each.kind in kinds and each.name != sides.without][:MOST_COLUMNS]
    moved, codes = {}, []
    for column in columns:
        both = _codes(sides, column)
        if view.test is None and _only_counts(both, len(sides.before)):
            continue
        codes.append(both)
        effect = _moved(_coarse(both, column), len(sides.before))
        if effect >= MOVED:
            moved[column.name] = effect
    yield from _told(view, sides, moved, codes)
    yield from _target_moved(view, sides)


def _sides(view: View) -> _Sides | None:
    if view.test is not None:
        draw = _drawn(len(view.frame), view.seed), _drawn(len(view.test), view.seed)
        return _Sides(
            before=view.frame.iloc[draw[0]],
            after=view.test.iloc[draw[1]],
            differ="The test rows differ from the training rows",
            without="",
        )
    if view.validation is None or view.validation.kind != "forward":
        return None
    last = view.validation.folds[-1]
    order = np.concatenate([last.train, last.test])
    cut = int(len(order) * (1 - LATER))
    before, after = order[:cut], order[cut:]
    draw = _drawn(len(before), view.seed), _drawn(len(after), view.seed)
    return _Sides(
        before=view.frame.iloc[before[draw[0]]],
        after=view.frame.iloc[after[draw[1]]],
        differ="The last quarter of the rows differs from those before it",
        without=view.validation.by,
    )


def _drawn(rows: int, seed: int) -> NDArray[np.intp]:
    order = np.random.default_rng(seed).permutation(rows) if rows > MOST_ROWS else np.arange(rows)
    return np.sort(order[:MOST_ROWS])


def _codes(sides: _Sides, column: Column) -> NDArray[np.intp]:
    if is_numeric(column, sides.before[column.name]):
        parts = [numbers_of(each[column.name], column) for each in (sides.before, sides.after)]
        return binned(np.concatenate(parts))
    texts = [read_texts(each[column.name]) for each in (sides.before, sides.after)]
    return np.asarray(pd.factorize(np.concatenate(texts), use_na_sentinel=False)[0], dtype=np.intp)


def _coarse(codes: NDArray[np.intp], column: Column) -> NDArray[np.intp]:
    """Few bins: rare levels of a category together, neighbouring bins of numbers together."""
    size = int(codes.max()) + 1
    if size <= COARSE:
        return codes
    counts = np.bincount(codes, minlength=size)
    if column.kind == "category":
        rank = np.argsort(np.argsort(-counts))
        return np.asarray(np.minimum(rank, COARSE - 1)[codes], dtype=np.intp)
    share = np.cumsum(counts) / counts.sum()
    return np.asarray(np.minimum((share * COARSE).astype(np.intp), COARSE - 1)[codes], dtype=np.intp)


def _moved(codes: NDArray[np.intp], cut: int) -> float:
    """Total variation distance between both sides, less what chance alone makes of it."""
    size = int(codes.max()) + 1
    before, after = codes[:cut], codes[cut:]
    first = np.bincount(before, minlength=size) / len(before)
    second = np.bincount(after, minlength=size) / len(after)
    every = np.bincount(codes, minlength=size) / len(codes)
    chance = 0.5 * np.sqrt(2 / np.pi * every * (1 - every) * (1 / len(before) + 1 / len(after))).sum()
    return float(max(0.0, 0.5 * np.abs(first - second).sum() - chance))


def _only_counts(codes: NDArray[np.intp], cut: int) -> bool:
    """Whether a column only goes on with time: that later rows have later values of it is no news."""
    before, after = codes[:cut], codes[cut:]
    return bool(np.median(after) > np.quantile(before, 0.99) or np.median(after) < np.quantile(before, 0.01))


def _told(view: View, sides: _Sides, moved: dict[str, float], codes: list[NDArray[np.intp]]) -> Iterator[Finding]:
    apart = _area(codes, len(sides.before), view.seed) if codes else 0.5
    if not moved and apart < TOLD_APART:
        return
    weight = {name: effect * min(1.0, view.power(name).score / MATTERS) for name, effect in moved.items()}
    names = sorted(moved, key=lambda name: -weight[name])
    shown = listed([f"{name!r} ({percent(moved[name])} of the rows)" for name in names])
    where = f", most of all in {shown}" if names else ", though no single column does by much"
    matters = any(view.power(name).score >= MATTERS for name in names)
    yield Finding(
        kind="drift",
        severity="warning" if matters and apart >= TOLD_APART else "info",
        text=f"{sides.differ}{where}. A forest tells both apart with an area under the ROC curve of {apart:.2f}.",
        columns=tuple(names),
        evidence={"told_apart": round(apart, 3), "moved": {name: round(moved[name], 3) for name in names[:20]}},
        action="Trains on all rows; models are judged on the latest ones."
        if view.test is None
        else "Trains on all rows.",
        advice="Expect lower scores on new rows than on these; watch the columns named." if matters else "",
    )


def _area(codes: list[NDArray[np.intp]], cut: int, seed: int) -> float:
    side = (np.arange(len(codes[0])) >= cut).astype(np.intp)
    return area(unseen_chances(codes, side, trees=TREES, leaf=5, seed=seed)[:, 1], side)


def _target_moved(view: View, sides: _Sides) -> Iterator[Finding]:
    if view.values is None or view.task is None:
        return
    before, after = _targets(view, sides)
    if min(len(before), len(after)) < LEAST_ROWS:
        return
    both = np.concatenate([before, after])
    codes = both.astype(np.intp) if view.classes else binned(both)
    column = Column(name="", kind="category" if view.classes else "number")
    effect = _moved(_coarse(codes, column), len(before))
    if effect >= MOVED:
        name = view.task.target
        yield Finding(
            kind="target drift",
            severity="warning",
            text=f"{name!r} itself is spread otherwise there: {percent(effect)} of the rows would have to change. {_levels(view, before, after)}",
            evidence={"moved": round(effect, 3)},
            action="Nothing: a model learns the target as it was.",
            advice="Train on recent rows where the older ones no longer hold.",
        )


def _levels(view: View, before: NDArray[Any], after: NDArray[Any]) -> str:
    if not view.classes:
        return f"Its median goes from {np.median(before):g} to {np.median(after):g}."
    shares = [np.bincount(each.astype(np.intp), minlength=view.classes) / len(each) for each in (before, after)]
    most = int(np.abs(shares[0] - shares[1]).argmax())
    return (
        f"The share of {view.label(most)!r} goes from {percent(shares[0][most], 1)} to {percent(shares[1][most], 1)}."
    )


def _targets(view: View, sides: _Sides) -> tuple[NDArray[Any], NDArray[Any]]:
    values = np.asarray(view.values)
    if view.test is None:
        return values[sides.before.index], values[sides.after.index]
    tested = np.empty(0) if view.test_values is None else np.asarray(view.test_values)
    return values, tested[np.isfinite(tested) & (tested >= 0)] if view.classes else tested[np.isfinite(tested)]
