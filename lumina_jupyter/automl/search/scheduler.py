"""Which job runs next, and what an outcome means for its trial."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ..candidate import Candidate, FoldResult, Trial, TrialState
from ..execution.job import Job
from .book import Book
from .fidelity import Ladder
from .proposing import BASELINE, Proposer
from .pruning import promise, reason_to_prune

TO_THE_END = frozenset({"naive", "baseline"})
"""Origins whose trials go through all folds, whatever the first ones give."""


@dataclass(slots=True)
class _Active:
    """A trial that runs: its folds that wait, and those that are trained now."""

    candidate: Candidate
    waiting: deque[int]
    begun: set[int] = field(default_factory=set)


class Scheduler:
    """Makes jobs of candidates: folds of trials that run come before new trials.

    Args:
        book: All trials.
        proposer: Where candidates come from.
        ladder: On how many rows they are tried.
        order: The folds in the order in which they are trained; the first ones decide whether a trial goes on.
        seed: For the fits.
        threads: For the fits.
        most: How many trials there may be; 0 for any number.
        elapsed: Seconds since the search began.
        left: Seconds that all workers together have left.
    """

    def __init__(
        self,
        book: Book,
        proposer: Proposer,
        ladder: Ladder,
        *,
        order: tuple[int, ...],
        seed: int,
        threads: int,
        most: int = 0,
        elapsed: Callable[[], float],
        left: Callable[[], float],
    ) -> None:
        self._book = book
        self._proposer = proposer
        self._ladder = ladder
        self._order = order
        self._seed = seed
        self._threads = threads
        self._most = most
        self._elapsed = elapsed
        self._left = left
        self._active: dict[int, _Active] = {}
        self._learn_from_before()

    def next(self) -> tuple[Job, Trial | None] | None:
        """The next job, with its trial where that is new; None when nothing is left to be done."""
        for number, active in self._active.items():
            # While a first fold is trained other workers begin other trials: it may be the one that takes all the time.
            judged = bool(self._book[number].folds)
            if active.waiting and (judged or not active.begun):
                return self._job(number, active), None
        begun = self._begin()
        if begun is not None:
            return self._job(begun.number, self._active[begun.number]), begun
        return None

    def take(self, job: Job, result: FoldResult) -> Trial | None:
        """Enter what a job gave. Returns the trial as it is now; None when the trial was over before."""
        number = job.trial
        active = self._active.get(number)
        if active is None:
            return None
        active.begun.discard(job.fold)
        trial = self._book.add(number, result)
        if result.failure:
            return self._end(number, "failed", result.failure)
        if not active.waiting and not active.begun:
            return self._end(number, "done")
        reason = "" if active.candidate.origin in TO_THE_END else self._reason_to_prune(trial)
        return self._end(number, "pruned", reason) if reason else trial

    def give_up(self, reason: str) -> list[Trial]:
        """End all trials that run."""
        return [self._end(number, "pruned", reason) for number in list(self._active)]

    def _begin(self) -> Trial | None:
        trials = self._book.trials
        if self._most and len(trials) >= self._most:
            return None
        found = self._candidate(trials)
        if found is None:
            return None
        candidate, rows = found
        trial = self._book.begin(candidate, rows=rows, started=self._elapsed())
        self._active[trial.number] = _Active(candidate=candidate, waiting=deque(self._folds(rows)))
        return trial

    def _candidate(self, trials: Sequence[Trial]) -> tuple[Candidate, float] | None:
        """What is tried next, and on which share of the rows."""
        ladder, left = self._ladder, self._left()
        if ladder.large and all(trial.candidate.origin == "naive" for trial in trials):
            return Candidate(family=BASELINE, origin="portfolio"), ladder.least
        promoted = ladder.promotion(trials, self._proposer.usual_seconds, left)
        if promoted is not None:
            return promoted
        number = trials[-1].number + 1 if trials else 0
        candidate = self._proposer.next(number, left, ladder.least)
        if candidate is None:
            return None
        if candidate.origin == "baseline":
            return candidate, 1.0
        return candidate, ladder.share(self._proposer.expected(candidate.family), left)

    def _folds(self, rows: float) -> tuple[int, ...]:
        """The folds of a trial: on a part of the rows one is enough to compare."""
        return self._order if rows >= 1.0 else self._order[:1]

    def _job(self, number: int, active: _Active) -> Job:
        fold = active.waiting.popleft()
        active.begun.add(fold)
        return Job(
            trial=number,
            fold=fold,
            family=active.candidate.family,
            params=active.candidate.params,
            rows=self._book[number].rows,
            seed=self._seed,
            threads=self._threads,
        )

    def _reason_to_prune(self, trial: Trial) -> str:
        whole = trial.seconds * len(self._order) / len(trial.folds)
        return reason_to_prune(trial, self._book.complete(), self._left() / max(whole, 1e-3))

    def _end(self, number: int, state: TrialState, reason: str = "") -> Trial:
        del self._active[number]
        trial = self._book.end(number, state, reason)
        self._tell(trial)
        return trial

    def _tell(self, trial: Trial) -> None:
        """Let the proposer learn from a trial that is over; of one that was given up, from what it would have reached."""
        promised = promise(trial, self._book.complete()) if trial.state == "pruned" and trial.rows >= 1.0 else None
        self._proposer.over(trial, promised.score if promised else trial.score)

    def _learn_from_before(self) -> None:
        """Go on where an earlier run was: trials that are over are known, folds that are done are not trained again."""
        for trial in self._book.trials:
            self._proposer.known(trial)
            if trial.state == "running":
                done = {fold.fold for fold in trial.folds}
                waiting = deque(fold for fold in self._folds(trial.rows) if fold not in done)
                self._active[trial.number] = _Active(candidate=trial.candidate, waiting=waiting)
                if not waiting:
                    self._end(trial.number, "done")
            else:
                self._tell(trial)
