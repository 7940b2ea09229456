"""A search from the problem to the fitted blend."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from lumina_jupyter.errors import ClusterUnavailable

from ..candidate import Candidate
from ..execution.executor import Executor
from ..execution.job import Job, Outcome
from ..execution.training import Trainer
from ..experiment.experiment import Experiment
from ..experiment.problem import Problem
from ..experiment.recovery import scored
from ..families.family import Family
from ..metrics.metric import Metric
from ..pipeline.pipeline import shape_of
from ..progress import EnsembleMade, SearchEvent, StageBegan, TrialBegan, TrialChanged, Warned
from ..words import counted
from .book import Book
from .clock import BudgetClock
from .fidelity import Ladder
from .finish import Selected, assemble, parts_of, refit_members, select
from .loop import Ending, Loop
from .proposing import Proposer
from .reserve import AIM, reserve, selection_seconds
from .sampling import Sampler
from .scheduler import Scheduler
from .studies import Studies

NAIVE_ALONE = (
    "The search was over before any model but the naive one was trained, which looks at no column: give it more time."
)


def _to_be_careful_of(selected: Selected, book: Book) -> Iterator[str]:
    """What people should know before they trust what was found, as sentences."""
    reasons = book.failures()
    if selected.verdict is None and reasons:
        yield (
            f"No model but the naive one could be trained, which looks at no column: {len(reasons):,} failed, like this: "
            f"{max(reasons, key=reasons.count)}"
        )
    elif selected.verdict is None:
        yield NAIVE_ALONE
    elif not selected.verdict.skill:
        yield selected.verdict.text
    tested = min(len(book[number].folds) for number in selected.weights)
    if tested < book.folds:
        yield (
            f"The search was over before any model was tested on all {book.folds} folds: the score is that of "
            f"{counted(tested, 'fold')}. Give it more time."
        )


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Found:
    """What a search has found.

    Args:
        book: All trials.
        selected: The members of the blend.
        model: The blend, fitted.
        ending: Why the search ended.
    """

    book: Book
    selected: Selected
    model: Any
    ending: Ending

    def summary(self, metric: Metric, seconds: float) -> dict[str, Any]:
        """What is kept of it beside the trials: JSON values."""
        verdict = self.selected.verdict
        return {
            "ending": self.ending,
            "seconds": seconds,
            "score": metric.read(self.selected.score),
            "weights": {str(number): weight for number, weight in self.selected.weights.items()},
            "parts": {str(number): list(parts) for number, parts in self.selected.parts.items()},
            "blend": self.selected.choice.kind if self.selected.choice else "single",
            "skill": verdict.skill if verdict else None,
            "verdict": verdict.text if verdict else "",
            "certainty": verdict.certainty if verdict else None,
            "gain": verdict.gain if verdict else None,
        }


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Search:
    """A search.

    Args:
        problem: What is searched for.
        metric: By which candidates are compared.
        families: Which ones are tried, the naive one left out.
        experiment: Where everything is kept.
        executor: Runs the fits; it is open for the experiment.
        clock: The budget.
        studies: Where Optuna's studies are kept.
        seed: For whatever is random.
        most_trials: How many there may be; 0 for any number.
        say: Is told what happens.
        stopping: Set by who wants it to stop and keep the best so far.
        hurry: Set by who wants it to end at once.
    """

    problem: Problem
    metric: Metric
    families: Sequence[Family]
    experiment: Experiment
    executor: Executor
    clock: BudgetClock
    studies: Studies
    seed: int
    most_trials: int
    say: Callable[[SearchEvent], None]
    stopping: threading.Event
    hurry: threading.Event

    def run(self) -> Found:
        """Search until the budget is used, then make the blend.

        Raises:
            NothingTrained: when there is no model at all.
        """
        problem = self.problem
        folds = len(problem.validation.folds)
        book = Book(self.experiment, folds, self.metric.mean)
        kind = problem.task.kind
        shape = shape_of(problem.schema, problem.task, len(problem.features))
        sampler = Sampler(self.experiment.folder, self.seed, kind, shape, self.studies)
        forward = problem.validation.kind == "forward"
        self._stage("searching", "Models are trained.")
        if book.of_origin("naive") is None:
            self._run_naive(book)
        sampler.load()

        trained = min(len(fold.train) for fold in problem.validation.folds)

        def kept() -> float:
            return reserve(book, problem, self.clock.total, self.executor.workers)

        scheduler = Scheduler(
            book,
            Proposer(self.families, sampler, kind, shape, folds=folds, seed=self.seed),
            Ladder(trained, trained * shape.features),
            order=tuple(reversed(range(folds))) if forward else tuple(range(folds)),
            seed=self.seed,
            threads=self.executor.threads,
            most=self.most_trials,
            elapsed=lambda: self.clock.elapsed,
            left=lambda: self.executor.workers * max(0.0, self.clock.left - kept()),
        )
        loop = Loop(
            problem=problem,
            metric=self.metric,
            experiment=self.experiment,
            book=book,
            scheduler=scheduler,
            executor=self.executor,
            clock=self.clock,
            reserve=kept,
            say=self.say,
            stopping=self.stopping,
        )
        ending = loop.run()
        self._stage("ensembling", "The best models are put together.")
        total = self.clock.total
        seconds = min(selection_seconds(total), max(0.2, self.clock.left / 2))
        selected = select(book, problem, self.metric, self.experiment, seconds=seconds, hurry=self.hurry.is_set)
        if problem.validation.refitted and ending not in {"stopped", "lost"}:
            selected = self._refit(selected, book)
        model = assemble(selected, book, problem, self.experiment)
        score = self.metric.read(selected.score)
        self.say(EnsembleMade(weights=selected.weights, score=score, seconds=self.clock.elapsed))
        for text in _to_be_careful_of(selected, book):
            self.say(Warned(text=text))
        return Found(book=book, selected=selected, model=model, ending=ending)

    def _run_naive(self, book: Book) -> None:
        """The naive model takes no time: it is trained here, and is the first row of the leaderboard."""
        trial = book.begin(Candidate(family="naive", origin="naive"), rows=1.0, started=self.clock.elapsed)
        self.say(TrialBegan(number=trial.number, candidate=trial.candidate, seconds=self.clock.elapsed))
        trainer = Trainer(self.experiment.folder, self.problem)
        for fold in range(book.folds):
            outcome = trainer.run(Job(trial=trial.number, fold=fold, family="naive"))
            if fold == 0 and not outcome.failure and not self.metric.named:
                self._try_metric(outcome)
            trial = book.add(trial.number, scored(outcome, self.problem, self.metric, self.experiment))
        failure = next((fold.failure for fold in trial.folds if fold.failure), "")
        trial = book.end(trial.number, "failed" if failure else "done", failure)
        self.say(TrialChanged(trial=trial, seconds=self.clock.elapsed))

    def _refit(self, selected: Selected, book: Book) -> Selected:
        self._stage("refitting", "The best models are trained on all rows.")
        try:
            return refit_members(
                selected,
                book,
                self.problem,
                self.executor,
                seed=self.seed,
                threads=self.executor.threads,
                left=self._left_for_refits,
            )
        except ClusterUnavailable as lost:
            self.say(Warned(text=f"{lost.message} Some models are of parts of the rows."))
            parts = parts_of(selected.weights, book, self.problem, self.experiment)
            return dataclasses.replace(selected, parts=parts)

    def _try_metric(self, outcome: Outcome) -> None:
        """Let a metric that can't be computed end the search before it has cost any time."""
        test = self.problem.validation.folds[outcome.job.fold].test
        self.problem.score(self.experiment.prediction(outcome.job.trial, outcome.job.fold), test, self.metric)

    def _left_for_refits(self) -> float:
        if self.hurry.is_set() or self.stopping.is_set():
            return 0.0
        return max(0.0, self.clock.left - (1 - AIM) * self.clock.total)

    def _stage(self, stage: Any, text: str) -> None:
        self.say(StageBegan(stage=stage, text=text, seconds=self.clock.elapsed))
