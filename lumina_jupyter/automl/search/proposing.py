"""Which candidate comes next: the yardstick, every family's first, then where improvement costs least."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ..candidate import Candidate, Trial
from ..families.family import Family, Params, Shape
from ..task import TaskKind
from .sampling import Sampler

BASELINE = "hist_gradient_boosting"
HEAD_SHARE = 0.3
"""A family whose first trial would take more than this share of the time left waits until the others were tried."""
CURIOSITY = 0.1
"""Share of the choices that are made by chance alone."""


@dataclass(slots=True)
class _Record:
    """What a family has shown so far."""

    family: Family
    portfolio: Iterator[Params]
    used_up: bool = False
    begun: int = 0
    spent: float = 0.0
    failures: int = 0
    best: float | None = None
    spent_at_best: float = 0.0
    gain: float = 0.0
    gain_seconds: float = 0.0
    last_seconds: float = field(default=0.0)


class Proposer:
    """Proposes candidates, and learns from what became of them.

    Args:
        families: The families, the cheap ones first, without the naive one.
        sampler: Gives configurations when a family's portfolio is used up.
        kind: The kind of task.
        shape: The size of the table.
        folds: How many folds a trial has.
        seed: For the choices that are made by chance.
    """

    def __init__(
        self,
        families: Sequence[Family],
        sampler: Sampler,
        kind: TaskKind,
        shape: Shape,
        *,
        folds: int = 1,
        seed: int = 0,
    ) -> None:
        self._records = {
            family.name: _Record(family=family, portfolio=family.portfolio(kind, shape)) for family in families
        }
        self._sampler = sampler
        self._shape = shape
        self._folds = folds
        self._random = random.Random(seed)
        self._tried: set[str] = set()

    def next(self, number: int, seconds: float, share: float = 1.0) -> Candidate | None:
        """The candidate of the trial of this number; None when nothing is left to be tried.

        Args:
            number: The trial's number.
            seconds: What all workers together have left: what takes longer comes last.
            share: The smallest share of the rows that a candidate may be tried on.
        """
        baseline = self._records.get(BASELINE)
        if baseline is not None and not baseline.begun and self._expected(baseline) <= seconds:
            return self._begin(baseline, number, baseline=True)
        for record in self._records.values():
            if not record.begun and self._expected(record) * share <= HEAD_SHARE * seconds:
                return self._begin(record, number)
        ordered = self._by_usefulness()
        # A family that was too dear to begin with is so until there is nothing else to try.
        fitting = [
            record
            for record in ordered
            if self._expected(record) * share <= (seconds if record.begun else HEAD_SHARE * seconds)
        ]
        for record in fitting or sorted(ordered, key=self._expected):
            candidate = self._begin(record, number)
            if candidate is not None:
                return candidate
        return None

    def expected(self, family: str) -> float:
        """About how many seconds the next trial of a family takes on all rows, over all folds."""
        return self._expected(self._records[family])

    @property
    def usual_seconds(self) -> float:
        """About how many seconds a trial on all rows takes, over all folds: the mean of the families that were tried."""
        known = [record.last_seconds for record in self._records.values() if record.last_seconds]
        return sum(known) / len(known) if known else 0.0

    def _expected(self, record: _Record) -> float:
        if record.last_seconds:
            return record.last_seconds
        baseline = self._records.get(BASELINE)
        return record.family.cost(self._shape) * baseline.last_seconds if baseline else 0.0

    def known(self, trial: Trial) -> None:
        """Take note of a trial of an earlier run: it is not proposed again."""
        record = self._records.get(trial.candidate.family)
        if record is not None:
            self._tried.add(trial.candidate.key)
            record.begun += 1

    def over(self, trial: Trial, score: float | None) -> None:
        """Learn from a trial that is over.

        Args:
            trial: The trial.
            score: What it has reached, or would have on all folds; None when that is not known.
        """
        record = self._records.get(trial.candidate.family)
        if record is None:
            return
        record.spent += trial.seconds
        if trial.folds:
            record.last_seconds = trial.seconds / len(trial.folds) * self._folds / max(trial.rows, 0.01)
        self._sampler.report(trial, record.family, score)
        if trial.state == "failed":
            record.failures += 1
        if not trial.complete or score is None:
            return
        if record.best is None:
            record.best = score
        elif score > record.best:
            record.gain, record.best = score - record.best, score
            record.gain_seconds = record.spent - record.spent_at_best
        else:
            return
        record.spent_at_best = record.spent

    def _begin(self, record: _Record, number: int, *, baseline: bool = False) -> Candidate | None:
        record.begun += 1
        name = record.family.name
        for params in record.portfolio:
            offered = Candidate(family=name, params=dict(params), origin="baseline" if baseline else "portfolio")
            if self._is_new(offered):
                return offered
        if record.used_up:
            return None
        for _ in range(3):
            sampled = Candidate(family=name, params=dict(self._sampler.propose(record.family, number)))
            if self._is_new(sampled):
                return sampled
            self._sampler.withdraw(number)
        record.used_up = True
        return None

    def _is_new(self, candidate: Candidate) -> bool:
        """Whether nothing like it was proposed before; it counts as proposed from now on."""
        if candidate.key in self._tried:
            return False
        self._tried.add(candidate.key)
        return True

    def _by_usefulness(self) -> list[_Record]:
        """The families in the order in which they are asked: by chance, those that promise more per second likelier first."""
        open_ = [record for record in self._records.values() if not record.used_up]
        if not open_:
            return []
        weights = [CURIOSITY / len(open_) + (1 - CURIOSITY) * share for share in self._shares(open_)]
        ordered = []
        while open_:
            (chosen,) = self._random.choices(range(len(open_)), weights=weights)
            ordered.append(open_.pop(chosen))
            weights.pop(chosen)
        return ordered

    def _shares(self, records: Sequence[_Record]) -> list[float]:
        bests = [record.best for record in records if record.best is not None]
        top = max(bests, default=0.0)
        spread = max((top - min(bests, default=0.0)), 1e-12)
        rates = [1.0 / max(_seconds_to_improve(record, top, spread), 1e-6) for record in records]
        total = sum(rates)
        return [rate / total for rate in rates]


def _seconds_to_improve(record: _Record, top: float, spread: float) -> float:
    """About how long a family takes until it is better than the best of all."""
    once = max(record.last_seconds, 1e-3)
    if record.best is None:
        return float(once * 10 ** min(record.failures, 6))
    since = record.spent - record.spent_at_best
    again = max(since, record.gain_seconds, once)
    gap = top - record.best
    if gap <= 0:
        return again
    # With no gain of its own yet it is taken to gain a tenth of what lies between the families.
    gain = record.gain or spread / 10
    return again * (1 + min(gap / max(gain, 1e-12), math.exp(5)))
