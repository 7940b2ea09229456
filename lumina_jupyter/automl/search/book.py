"""All trials of a search, and what they predicted for the rows held out."""

from __future__ import annotations

import dataclasses
from bisect import insort
from collections.abc import Sequence
from typing import Any

from numpy.typing import NDArray

from ..candidate import Candidate, FoldResult, Trial, TrialState, complete_trials, place
from ..experiment.experiment import Experiment
from ..metrics.fold_mean import Mean


class Book:
    """Keeps trials in memory and in the experiment's folder. Trials are never changed, only replaced, so any thread may look.

    Args:
        experiment: Where they are kept.
        folds: How many folds a trial has.
        mean: How their scores become one.
    """

    def __init__(self, experiment: Experiment, folds: int, mean: Mean) -> None:
        self.folds = folds
        self._mean: Mean = mean
        self._experiment = experiment
        self._trials: dict[int, Trial] = {trial.number: trial for trial in experiment.trials()}
        # Kept in order: whoever looks at the time that is left asks for them, many times a second.
        self._complete = complete_trials(self._trials.values())

    def __getitem__(self, number: int) -> Trial:
        return self._trials[number]

    @property
    def trials(self) -> tuple[Trial, ...]:
        """All trials in the order in which they began."""
        return tuple(self._trials.values())

    def begin(self, candidate: Candidate, *, rows: float, started: float) -> Trial:
        """Enter a trial that begins now."""
        number = max(self._trials, default=-1) + 1
        return self._put(Trial(number=number, candidate=candidate, rows=rows, started=started, mean=self._mean))

    def add(self, number: int, result: FoldResult) -> Trial:
        """Enter what a fold gave."""
        trial = self._trials[number]
        others = [fold for fold in trial.folds if fold.fold != result.fold]
        folds = tuple(sorted([*others, result], key=lambda fold: fold.fold))
        return self._put(dataclasses.replace(trial, folds=folds))

    def end(self, number: int, state: TrialState, reason: str = "") -> Trial:
        """Enter that a trial is over."""
        return self._put(dataclasses.replace(self._trials[number], state=state, reason=reason))

    def complete(self) -> list[Trial]:
        """The trials that ran through all folds on all rows, best first."""
        return list(self._complete)

    def begun(self) -> list[Trial]:
        """The trials that have a model and are not complete: those of all rows first, then those of more folds."""
        found = [
            trial for trial in self.trials if trial.score is not None and trial.state != "failed" and not trial.complete
        ]
        return sorted(found, key=lambda trial: (-trial.rows, -len(trial.folds), -(trial.score or 0.0), trial.number))

    def failures(self) -> list[str]:
        """Why trials failed, a sentence each."""
        return [trial.reason for trial in self.trials if trial.state == "failed" and trial.reason]

    def of_origin(self, origin: str) -> Trial | None:
        """The best trial of an origin that is complete."""
        return next((each for each in self.complete() if each.candidate.origin == origin), None)

    def predictions(self, number: int, folds: Sequence[int]) -> list[NDArray[Any]]:
        """What a trial predicted for the rows that these folds hold out, fold by fold."""
        return [self._experiment.prediction(number, fold) for fold in folds]

    def _put(self, trial: Trial) -> Trial:
        self._experiment.write_trial(trial)
        self._trials[trial.number] = trial
        if trial.complete:
            insort(self._complete, trial, key=place)
        return trial
