"""Which blend is taken: the best one alone, a greedy one, or a linear stack; judged on rows that did not choose its weights."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from .held_out import HeldOut
from .selection import blended, greedy_weights
from .stacking import stack_weights

Kind = Literal["single", "greedy", "stack"]
Predictions = Mapping[int, NDArray[Any]]
Weigh = Callable[[Predictions, HeldOut], dict[int, float]]
MOST_ROWS = 30_000
LEAST_ROWS = 2_000
CROSSINGS = 5
"""How often rows are halved to compare the kinds of blends: one time it is chance which half has the few hard rows."""
COMPARING = 0.5
"""The share of the time after which rows are not halved again."""
MANY_ROWS = 10_000
"""So many rows are halved once."""
EVALUATIONS = 900
"""How many blends are scored in a usual selection; by it rows are thinned out when there is little time."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Choice:
    """A blend.

    Args:
        weights: Number of a trial to its weight; they sum to 1.
        kind: How it was found.
        score: On all rows held out, as in the leaderboard.
        honest: Of each row held out, what is predicted with weights that this row had no part in.
        honest_scores: The scores of such predictions, by the kinds that were compared: the mean over all ways to halve rows.
    """

    weights: dict[int, float]
    kind: Kind
    score: float
    honest: NDArray[Any]
    honest_scores: dict[Kind, float]


def choose_blend(
    predictions: Predictions,
    held_out: HeldOut,
    *,
    classifies: bool,
    stackable: bool,
    in_order: bool,
    seconds: float,
    hurry: Callable[[], bool] = lambda: False,
    singles: Mapping[int, float] | None = None,
) -> Choice:
    """The kind of blend that is best on rows that did not choose its weights; the simpler one of equals.

    A blend that is worse than one of its members alone, by the score of the leaderboard, is not taken: so what is chosen is
    never worse than the yardsticks among them.

    Args:
        predictions: What each trial predicted for all rows held out; at least one.
        held_out: These rows.
        classifies: Whether the predictions are probabilities.
        stackable: Whether a stack can be made: not of several quantiles, nor of scores that only put rows in order.
        in_order: Whether rows are in the order of time.
        seconds: How long it may take, about.
        hurry: Whether the best single one is to be taken without further ado.
        singles: The score of each trial on all these rows, where it is known.
    """
    began = time.monotonic()

    def over(share: float = 1.0) -> bool:
        return hurry() or time.monotonic() >= began + share * seconds

    rows, thin = _thinned(predictions, held_out, seconds)

    def single(some: Predictions, rows_of: HeldOut) -> dict[int, float]:
        return {max(some, key=lambda number: rows_of.score(some[number])): 1.0}

    def greedy(some: Predictions, rows_of: HeldOut) -> dict[int, float]:
        return greedy_weights(some, rows_of.score, over=over)

    def stack(some: Predictions, rows_of: HeldOut) -> dict[int, float]:
        return stack_weights(some, rows_of.truth, rows_of.weights, classifies=classifies)

    ways: dict[Kind, Weigh] = {"single": single}
    if len(predictions) > 1 and not hurry():
        ways["greedy"] = greedy
        if stackable:
            ways["stack"] = stack
    found = _thin(predictions, rows)
    crossings = 1 if in_order or len(thin) >= MANY_ROWS else CROSSINGS
    honest, scores = _compare(ways, found, thin, in_order=in_order, crossings=crossings, over=lambda: over(COMPARING))
    kind = max(scores, key=lambda each: scores[each])
    weights = ways[kind](found, thin)
    score = held_out.score(blended(predictions, weights))
    if singles is None:
        singles = {number: held_out.score(each) for number, each in predictions.items()}
    best = max(singles, key=lambda number: singles[number])
    if score < singles[best]:
        # A stack minimizes another loss than the metric's, and few rows may have chosen the weights of many.
        kind, weights, score = "single", {best: 1.0}, singles[best]
    if len(thin) < len(held_out):
        honest_all = _crossed(predictions, held_out, held_out.halves(in_order=in_order), lambda *_: weights)
    else:
        honest_all = honest[kind]
    return Choice(weights=weights, kind=kind, score=score, honest=honest_all, honest_scores=scores)


def _compare(
    ways: Mapping[Kind, Weigh],
    predictions: Predictions,
    held_out: HeldOut,
    *,
    in_order: bool,
    crossings: int,
    over: Callable[[], bool],
) -> tuple[dict[Kind, NDArray[Any]], dict[Kind, float]]:
    """What each way predicts for rows that it did not see, with the first halves; and the mean score over all halves."""
    honest: dict[Kind, NDArray[Any]] = {}
    scores: dict[Kind, list[float]] = {kind: [] for kind in ways}
    for turn in range(crossings):
        if turn and over():
            break
        halves = held_out.halves(in_order=in_order, seed=turn)
        for kind, way in ways.items():
            crossed = _crossed(predictions, held_out, halves, way)
            honest.setdefault(kind, crossed)
            scores[kind].append(held_out.score(crossed))
    return honest, {kind: sum(each) / len(each) for kind, each in scores.items()}


def _crossed(
    predictions: Predictions, held_out: HeldOut, halves: tuple[NDArray[np.intp], NDArray[np.intp]], way: Weigh
) -> NDArray[Any]:
    """Each half is predicted with weights that the other one has chosen."""
    out = np.empty_like(next(iter(predictions.values())), dtype=float)
    for own, other in (halves, halves[::-1]):
        weights = way(_thin(predictions, other), held_out.take(other)) if len(other) else {next(iter(predictions)): 1.0}
        out[own] = blended({number: predictions[number][own] for number in weights}, weights)
    return out


def _thin(predictions: Predictions, rows: NDArray[np.intp]) -> dict[int, NDArray[Any]]:
    return {number: each[rows] for number, each in predictions.items()}


def _thinned(predictions: Predictions, held_out: HeldOut, seconds: float) -> tuple[NDArray[np.intp], HeldOut]:
    """So many rows that the selection takes about so long."""
    began = time.monotonic()
    held_out.score(next(iter(predictions.values())))
    once = max(time.monotonic() - began, 1e-5)
    affordable = int(len(held_out) * seconds / (once * EVALUATIONS))
    most = min(MOST_ROWS, max(LEAST_ROWS, affordable))
    rows = held_out.thinned(most)
    return rows, held_out if len(rows) == len(held_out) else held_out.take(rows)
