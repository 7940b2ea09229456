"""Whether a model knows more than the naive one, beyond noise."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..metrics.resampling import resampled
from ..words import percent
from .held_out import HeldOut

DRAWS = 200
LEAST_DRAWS = 40
MOST_ROWS = 4_000
CERTAINTY = 0.95
LIKELY = 0.84
"""What is less certain to be better than the naive model is within a standard error of it, and the simplest of such models is
taken (the one-standard-error rule of Breiman et al., Classification and Regression Trees, 1984)."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Verdict:
    """What is to be thought of a result.

    Args:
        skill: Whether the model is better than the naive one beyond noise.
        certainty: In which share of the draws it is better.
        gain: By how much it is better; greater is better.
        text: The same as a sentence.
    """

    skill: bool
    certainty: float
    gain: float
    text: str

    @property
    def likely(self) -> bool:
        """Whether the model is likely to be better, if not beyond doubt."""
        return self.certainty >= LIKELY and self.gain > 0

    def __repr__(self) -> str:
        return f"{self.text} (skill={self.skill}, certainty={percent(self.certainty)}, gain={self.gain:.4g})"


def judge(
    honest: NDArray[Any], naive: NDArray[Any], held_out: HeldOut, *, in_order: bool, seconds: float = 2.0
) -> Verdict:
    """Compare with the naive model on rows drawn again and again, neighbours together where rows are in order.

    Args:
        honest: What the blend predicts for the rows held out, with weights that they had no part in.
        naive: What the naive model predicts for them.
        held_out: The rows.
        in_order: Whether rows are in the order of time, so that neighbours are alike.
        seconds: After how many seconds it makes do with fewer draws.
    """
    rows = held_out.thinned(MOST_ROWS)
    if len(rows) < len(held_out):
        honest, naive, held_out = honest[rows], naive[rows], held_out.take(rows)
    random = np.random.default_rng(0)
    gains: list[float] = []
    until = time.monotonic() + seconds
    while len(gains) < DRAWS and (len(gains) < LEAST_DRAWS or time.monotonic() < until):
        parts = [_draw(held_out, fold, random, in_order=in_order) for fold in held_out.folds]
        rows = np.concatenate(parts)
        drawn = HeldOut(
            held_out.metric,
            held_out.truth[rows],
            None if held_out.weights is None else held_out.weights[rows],
            [len(part) for part in parts],
        )
        gains.append(drawn.score(honest[rows]) - drawn.score(naive[rows]))
    better = float(np.mean(np.asarray(gains) > 0))
    gain = held_out.score(honest) - held_out.score(naive)
    skill = better >= CERTAINTY and gain > 0
    if skill:
        text = "The model is better than the naive one, beyond noise."
    else:
        text = (
            "No skill: on rows held out the best model is not better than the naive one beyond noise "
            f"(better in {percent(better)} of {len(gains)} draws of these rows). The columns say nothing reliable about the target."
        )
    return Verdict(skill=skill, certainty=better, gain=gain, text=text)


def _draw(held_out: HeldOut, fold: slice, random: np.random.Generator, *, in_order: bool) -> NDArray[np.intp]:
    """Rows of a fold with replacement; whole stretches of neighbours where their order matters; or half of the queries."""
    queries = None if held_out.queries is None else held_out.queries[fold]
    return resampled(fold.stop - fold.start, random, in_order=in_order, queries=queries) + np.intp(fold.start)
