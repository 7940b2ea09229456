"""Leaks: columns that tell the target because they came about with it or after it, and won't be there to predict it.

Nothing in a table proves a leak, so what is looked for is what honest columns hardly ever show: one column alone that
is all but certain, a column that is filled in for one class only, columns of which the target is the sum or the
product, and a target that is a later row's value.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from lumina_jupyter.automl.profiling.finding import Finding
from lumina_jupyter.automl.profiling.view import View, is_numeric
from lumina_jupyter.automl.words import percent

LEAST_ROWS = 30
NEARLY_ALL = 0.98
"""Share of a target's variance that one column alone tells of a target of numbers."""
NEARLY_ALL_OF_CLASSES = 0.95
"""Share of a target's information that one column alone tells of a target of classes."""
NEARLY_PERFECT_RANKING = 0.995
WORTH_RANKING = 0.5
SAME_ORDER = 0.9995
"""Correlation in rank from which on a column says the same as a target of numbers."""
ONE_CLASS = 0.95
"""Share of one class among the rows where a column is filled in, or is not."""
LEAST_SURPRISE = 10.0
"""How many times the logarithm of the chance that this happened by chance is below zero."""
EXACT = 1e-6
"""Share of a target's variance that is left when it is made of other columns."""
MOST_PARTS = 4
SAME_AS_LATER = 0.95
ACTION = "Keeps it, because only you can know whether it is there when you predict; it says so before it trains."
ADVICE = "Leave it out unless its value is known before the target is: df.drop(columns=[{names}])."


def find_leaks(view: View) -> Iterator[Finding]:
    """Columns that may give the target away."""
    if view.task is None or view.values is None or len(view.rows) < LEAST_ROWS:
        return
    told: set[str] = set()
    for finding in (*_filled_in(view), *_alone(view), *_made_of(view), *_later(view)):
        if not set(finding.columns) <= told:
            told |= set(finding.columns)
            yield finding


def _leak(columns: list[str], text: str, **evidence: Any) -> Finding:
    names = ", ".join(map(repr, columns))
    return Finding(
        kind="leak",
        severity="serious",
        text=text,
        columns=tuple(columns),
        evidence=evidence,
        action=ACTION,
        advice=ADVICE.format(names=names),
    )


def _target(view: View) -> str:
    return repr(view.task.target) if view.task is not None else ""


def _alone(view: View) -> Iterator[Finding]:
    for column in view.columns():
        if column.kind in ("constant", "identifier"):
            continue
        power = view.power(column.name)
        if power.score >= WORTH_RANKING and _ranks_alike(view, column.name):
            text = f"{column.name!r} says the same as {_target(view)} on another scale: it puts the rows into the same order."
            yield _leak([column.name], text, score=round(power.score, 4))
            continue
        ranking = power.ranking or 0.0
        if view.classes and (power.score >= NEARLY_ALL_OF_CLASSES or ranking >= NEARLY_PERFECT_RANKING):
            how = (
                f"an area under the ROC curve of {ranking:.3f}"
                if ranking
                else f"{percent(power.score)} of what there is to know"
            )
        elif not view.classes and power.score >= NEARLY_ALL:
            how = f"{percent(power.score, 1)} of its variance"
        else:
            continue
        text = (
            f"{column.name!r} alone tells {_target(view)} nearly without error: {how}, on rows it was not learned from."
        )
        yield _leak([column.name], text, score=round(power.score, 4), ranking=power.ranking)


def _ranks_alike(view: View, name: str) -> bool:
    """Whether a column puts a target of numbers into order, or into the opposite order."""
    if view.classes or view.values is None or not is_numeric(view.column(name), view.frame[name]):
        return False
    numbers = view.numbers(name)[view.rows]
    there = np.isfinite(numbers)
    if there.sum() < LEAST_ROWS or there.mean() < 0.5:
        return False
    ranks = rankdata(numbers[there]), rankdata(view.values[view.rows][there])
    return bool(abs(np.corrcoef(*ranks)[0, 1]) >= SAME_ORDER)


def _filled_in(view: View) -> Iterator[Finding]:
    """Columns that are filled in, or missing, for one class only."""
    if not view.classes or view.values is None:
        return
    target = view.values[view.rows]
    shares = np.bincount(target, minlength=view.classes) / len(target)
    for column in view.columns():
        if not 0 < column.missing < 1:
            continue
        gone = view.frame[column.name].iloc[view.rows].isna().to_numpy()
        for rows, how in ((~gone, "filled in"), (gone, "missing")):
            counts = np.bincount(target[rows], minlength=view.classes)
            number, best = int(counts.sum()), int(counts.argmax())
            if number < LEAST_ROWS or counts[best] < ONE_CLASS * number:
                continue
            if _surprise(number, int(counts[best]), float(shares[best])) >= LEAST_SURPRISE:
                share = counts[best] / number
                text = (
                    f"Where {column.name!r} is {how} ({number:,} rows), {_target(view)} is {view.label(best)!r} in {percent(share, 1)} "
                    f"of them, beside {percent(shares[best], 1)} in all: it seems to be filled in once the target is known."
                )
                yield _leak([column.name], text, rows=number, share=round(float(share), 4), how=how)
                break


def _surprise(number: int, hits: int, share: float) -> float:
    """Minus the logarithm of the chance (a bound on it) that a class of this share turns up so often."""
    seen = hits / number
    if seen <= share:
        return 0.0
    missed = (1 - seen) * np.log((1 - seen) / (1 - share)) if seen < 1 else 0.0
    return float(number * (seen * np.log(seen / share) + missed))


def _made_of(view: View) -> Iterator[Finding]:
    """Columns of which the target is the sum, the difference, the product or the ratio, exactly."""
    if view.classes or view.values is None:
        return
    names = [each.name for each in view.columns() if each.kind == "number" and each.missing < 0.5]
    target = view.values[view.rows].astype(float)
    for logarithms, sign in ((False, "+"), (True, "\u00d7")):
        parts = _parts(view, names, target, logarithms=logarithms)
        if parts:
            text = f"{_target(view)} is made of other columns, exactly: {f' {sign} '.join(map(repr, parts))} (with weights)."
            yield _leak(parts, text, made_by="product" if logarithms else "sum")
            return


def _parts(view: View, names: list[str], target: NDArray[Any], *, logarithms: bool) -> list[str]:
    """The fewest columns whose weighted sum is the target, found one after the other; none when no few are enough."""
    table = np.column_stack([view.numbers(name)[view.rows] for name in names]) if names else np.empty((len(target), 0))
    usable = np.isfinite(table).mean(axis=0) > 0.5
    if logarithms:
        if (target <= 0).any():
            return []
        with np.errstate(divide="ignore", invalid="ignore"):
            usable &= (np.where(np.isfinite(table), table, 1.0) > 0).all(axis=0)
            table, target = np.log(np.where(usable, table, 1.0)), np.log(target)
    names = [name for name, keep in zip(names, usable, strict=True) if keep]
    rows = np.isfinite(table[:, usable]).all(axis=1)
    if len(names) < 2 or rows.sum() < LEAST_ROWS:
        return []
    table, target = table[rows][:, usable], target[rows]
    table = (table - table.mean(axis=0)) / (table.std(axis=0) + 1e-300)
    target = target - target.mean()
    total = float((target**2).sum())
    chosen: list[int] = []
    left = target
    while len(chosen) < MOST_PARTS and total > 0:
        follows = np.abs(table.T @ left)
        follows[chosen] = -1
        chosen.append(int(follows.argmax()))
        weights = np.linalg.lstsq(table[:, chosen], target, rcond=None)[0]
        left = target - table[:, chosen] @ weights
        if float((left**2).sum()) <= EXACT * total:
            return [names[each] for each in chosen]
    return []


def _later(view: View) -> Iterator[Finding]:
    """Columns that hold the target of a row before: seen from that row they are its future."""
    if view.validation is None or view.validation.kind != "forward" or view.validation.by or view.values is None:
        return
    target = view.values.astype(float)
    spread = len(np.unique(target))
    for column in view.columns():
        if column.kind != "number" or spread <= 2 or column.levels <= 2:
            continue
        numbers = view.numbers(column.name)
        same = float(np.mean(np.isclose(numbers[:-1], target[1:])))
        if same >= SAME_AS_LATER:
            text = f"{column.name!r} is the next row's {_target(view)} in {percent(same, 1)} of the rows: it looks into the future."
            yield _leak([column.name], text, same=round(same, 4))
