"""The loop of a search: jobs out, outcomes in, until the time is over, somebody says stop, or nothing is left to be tried."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable
from typing import Literal

from lumina_jupyter.errors import ClusterUnavailable

from ..candidate import Trial
from ..execution.executor import Executor
from ..execution.job import Outcome
from ..experiment import control
from ..experiment.experiment import Experiment
from ..experiment.problem import Problem
from ..experiment.recovery import CUT_SHORT, scored
from ..metrics.metric import Metric
from ..progress import BestImproved, SearchEvent, StageBegan, TrialBegan, TrialChanged, Warned
from .book import Book
from .clock import BudgetClock
from .finish import pool_of
from .scheduler import Scheduler

TICK = 0.25
"""Seconds between two looks at the clock and at what others ask for."""
LOST = "What was trained is kept; `AutoML.resume` goes on from there."
FIRST_SHARE = 0.6
"""Of the time that is left, what a fit may take while there is no model at all."""
LEAST_SECONDS = 5.0
"""Less than this is not worth to be kept for another."""
BEGUN = 10
"""Of how many trials that did not run to their end the models are kept, as long as no other has."""
Ending = Literal["time", "stopped", "exhausted", "lost"]


class Loop:
    """Runs a search on an executor.

    Args:
        problem: What is searched for.
        metric: By which candidates are compared.
        experiment: Where results are kept.
        book: All trials.
        scheduler: Gives jobs.
        executor: Runs them.
        clock: The budget.
        reserve: How many seconds are left for what comes after the search.
        say: Is told what happens.
        stopping: Set by who wants it to stop.
    """

    def __init__(
        self,
        *,
        problem: Problem,
        metric: Metric,
        experiment: Experiment,
        book: Book,
        scheduler: Scheduler,
        executor: Executor,
        clock: BudgetClock,
        reserve: Callable[[], float],
        say: Callable[[SearchEvent], None],
        stopping: threading.Event,
    ) -> None:
        self._problem = problem
        self._metric = metric
        self._experiment = experiment
        self._book = book
        self._scheduler = scheduler
        self._executor = executor
        self._clock = clock
        self._reserve = reserve
        self._say = say
        self._stopping = stopping
        self._held = {trial.number for trial in book.trials}
        self._best = max((trial.score or 0.0 for trial in book.complete()), default=None)

    def run(self) -> Ending:
        """Search. Returns why it ended; whatever still runs then has been given up."""
        ending: Ending | None = None
        while ending is None:
            try:
                ending = self._turn()
            except ClusterUnavailable as lost:
                self._say(Warned(text=f"{lost.message} {LOST}"))
                ending = "lost"
        for job in self._executor.running:
            self._executor.cancel(job)
        for trial in self._scheduler.give_up(CUT_SHORT.get(ending, "")):
            self._changed(trial)
        return ending

    def _turn(self) -> Ending | None:
        ending = self._ending()
        if ending is None and not self._paused():
            ending = self._submit()
            left = max(0.0, self._clock.left - self._reserve())
            for outcome in self._executor.wait(min(TICK, left)):
                self._take(outcome)
        return ending

    def _ending(self) -> Ending | None:
        if self._stopping.is_set() or control.asked(self._experiment.folder) == "stop":
            return "stopped"
        return "time" if self._clock.left <= self._reserve() else None

    def _paused(self) -> bool:
        """Whether it is to pause; then what runs is heard, but nothing new begins and the clock stands still."""
        wanted = control.asked(self._experiment.folder) == "pause"
        if wanted != self._clock.paused:
            if wanted:
                self._clock.pause()
                self._say(StageBegan(stage="searching", text="Paused.", seconds=self._clock.elapsed, paused=True))
            else:
                self._clock.go()
                self._say(StageBegan(stage="searching", text="Going on.", seconds=self._clock.elapsed))
        if wanted:
            for outcome in self._executor.wait(TICK):
                self._take(outcome)
        return wanted

    def _submit(self) -> Ending | None:
        while self._executor.free:
            found = self._scheduler.next()
            if found is None:
                return None if self._executor.running else "exhausted"
            job, begun = found
            if begun is not None:
                self._say(TrialBegan(number=begun.number, candidate=begun.candidate, seconds=self._clock.elapsed))
            left = max(0.5, self._clock.left - self._reserve())
            most = FIRST_SHARE * left if self._may_be_in_vain(left) else left + 5.0
            self._executor.submit(dataclasses.replace(job, patience=left / 2, seconds=most))
        return None

    def _may_be_in_vain(self, left: float) -> bool:
        """Whether not all of the time is to be given to a fit: there is no model yet, and no other fit that may give one."""
        learned = any(trial.score is not None and trial.candidate.origin != "naive" for trial in self._book.trials)
        return not learned and not self._executor.running and FIRST_SHARE * left >= LEAST_SECONDS

    def _take(self, outcome: Outcome) -> None:
        trial = self._scheduler.take(outcome.job, scored(outcome, self._problem, self._metric, self._experiment))
        if trial is not None:
            self._changed(trial)

    def _tidy(self) -> None:
        """Delete the models of trials that no blend will be chosen from; what they predicted stays."""
        pool = pool_of(self._book)
        kept = {trial.number for trial in pool}
        if all(trial.candidate.origin == "naive" for trial in pool):
            kept |= {trial.number for trial in self._book.begun()[:BEGUN]}
        for number in sorted(self._held - kept):
            trial = self._book[number]
            if trial.state != "running" and trial.reason not in CUT_SHORT.values():
                self._held.remove(number)
                self._experiment.drop_models(number)

    def _changed(self, trial: Trial) -> None:
        seconds = self._clock.elapsed
        self._say(TrialChanged(trial=trial, seconds=seconds))
        if trial.state != "running":
            self._held.add(trial.number)
            self._tidy()
        score = trial.score
        if trial.complete and score is not None and (self._best is None or score > self._best):
            self._best = score
            self._say(BestImproved(number=trial.number, score=self._metric.read(score), seconds=seconds))
