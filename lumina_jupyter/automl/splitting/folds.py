"""Makes folds: by chance, with all classes in each, by group, forward in time."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lumina_jupyter.automl.validation import Fold

FORWARD_START = 0.5
"""Share of the rows, the earliest, that is never held out."""
MOST_HELD_OUT = 100_000


def stratified(codes: NDArray[np.intp], folds: int, seed: int) -> tuple[Fold, ...]:
    """Folds with the same share of every class. A class of one row is never held out, so that all models know it."""
    random = np.random.default_rng(seed)
    shuffled = random.permutation(len(codes))
    ordered = shuffled[np.argsort(codes[shuffled], kind="stable")]
    assigned = np.empty(len(codes), dtype=np.intp)
    assigned[ordered] = np.arange(len(codes)) % folds
    lonely = np.bincount(codes)[codes] == 1
    assigned[lonely] = -1
    return _by_assignment(assigned, folds)


def levelled(values: NDArray[Any], folds: int, seed: int) -> tuple[Fold, ...]:
    """Folds by chance whose targets are spread alike: neighbours in size go to different folds."""
    random = np.random.default_rng(seed)
    shuffled = random.permutation(len(values))
    ordered = shuffled[np.argsort(values[shuffled], kind="stable")]
    blocks = -(-len(values) // folds)
    dealt = random.permuted(np.tile(np.arange(folds), (blocks, 1)), axis=1).ravel()[: len(values)]
    assigned = np.empty(len(values), dtype=np.intp)
    assigned[ordered] = dealt
    return _by_assignment(assigned, folds)


def grouped(groups: NDArray[np.intp], folds: int, seed: int) -> tuple[Fold, ...]:
    """Folds of like size that never part a group: the largest group goes first, each into the fold that is smallest."""
    random = np.random.default_rng(seed)
    sizes = np.bincount(groups)
    order = np.lexsort((random.random(len(sizes)), -sizes))
    held = np.zeros(folds)
    place = np.empty(len(sizes), dtype=np.intp)
    for group in order:
        place[group] = np.argmin(held)
        held[place[group]] += sizes[group]
    return _by_assignment(place[groups], folds)


def forward(moments: NDArray[Any], folds: int) -> tuple[Fold, ...]:
    """Folds that train on what was before and test on what came next; a moment is never parted. Earliest fold first.

    Args:
        moments: When each row was: numbers, NaN for rows of which that isn't known (they are trained on only).
        folds: At most so many; fewer where there are few different moments.
    """
    filled = np.where(np.isnan(moments), -np.inf, moments)
    order = np.argsort(filled, kind="stable")
    ordered = filled[order]
    starts = np.flatnonzero(np.append(True, ordered[1:] > ordered[:-1]))[1:]
    wanted = len(order) * (FORWARD_START + (1 - FORWARD_START) * np.arange(folds) / folds)
    cuts = sorted({int(starts[np.argmin(np.abs(starts - each))]) for each in wanted}) if len(starts) else []
    ends = [*cuts[1:], len(order)] if cuts else []
    return tuple(Fold(train=order[:cut], test=order[cut:end]) for cut, end in zip(cuts, ends, strict=True))


def holdout(folds: tuple[Fold, ...], seed: int, *, forward: bool = False) -> tuple[Fold, ...]:
    """The last fold alone, with at most `MOST_HELD_OUT` rows held out.

    Args:
        folds: All of them.
        seed: Of which rows of a larger fold are held out.
        forward: Whether rows are in the order of time: what is left of a larger fold is not trained on then, because it is
            later than some of the rows held out.
    """
    last = folds[-1]
    if len(last.test) <= MOST_HELD_OUT:
        return (last,)
    kept = np.zeros(len(last.test), dtype=bool)
    kept[np.random.default_rng(seed).permutation(len(last.test))[:MOST_HELD_OUT]] = True
    train = last.train if forward else np.sort(np.append(last.train, last.test[~kept]))
    return (Fold(train=train, test=last.test[kept]),)


def _by_assignment(assigned: NDArray[np.intp], folds: int) -> tuple[Fold, ...]:
    made = (
        Fold(train=np.flatnonzero(assigned != number), test=np.flatnonzero(assigned == number))
        for number in range(folds)
    )
    return tuple(fold for fold in made if len(fold.test) and len(fold.train))
