"""What is made of a search's trials: the members of the blend, fitted on all rows where folds alone would not do."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from lumina_jupyter.errors import NothingTrained

from ..candidate import Trial
from ..execution.executor import Executor
from ..execution.job import ALL_ROWS, Job
from ..experiment.experiment import Experiment
from ..experiment.problem import Problem
from ..metrics.metric import Metric
from ..pipeline.pipeline import features_key, share_steps
from ..plain.blend import Blend
from ..plain.fold_average import FoldAverage
from .book import Book
from .choosing import Choice, choose_blend
from .held_out import held_out_of
from .skill import Verdict, judge

MOST_MEMBERS = 20
"""How many of the best trials may be chosen from, beside each family's best."""
MOST_CELLS = 5e7
"""Numbers that all members together have predicted for the rows held out, at most: 400 MB."""
LEAST_MEMBERS = 5
NAIVE_PREDICTS = "So the naive one is what predicts."
LOADED_PER_SECOND = 100e6
"""Bytes of models that are read from the disk in a second, at least."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Selected:
    """What the object predicts with.

    Args:
        weights: Trial number to weight; they sum to 1.
        parts: Trial number to the folds whose models predict together, or `ALL_ROWS`.
        score: By the metric on the rows held out, greater is better.
        choice: How the blend was chosen; None where there was nothing to choose from.
        verdict: Whether it knows more than the naive model; None where that is not known.
    """

    weights: dict[int, float]
    parts: dict[int, tuple[int, ...]]
    score: float
    choice: Choice | None = None
    verdict: Verdict | None = None


def pool_of(book: Book) -> list[Trial]:
    """The trials that a blend is chosen from: the best, each family's best, the baseline and the naive one."""
    complete = book.complete()
    chosen = {trial.number: trial for trial in complete[:MOST_MEMBERS]}
    families: set[str] = set()
    for trial in complete:
        if trial.candidate.family not in families or trial.candidate.origin in {"baseline", "naive"}:
            families.add(trial.candidate.family)
            chosen[trial.number] = trial
    # Of equals the naive one comes last: by decisions alone it often is one.
    return sorted(
        chosen.values(), key=lambda trial: (-(trial.score or 0.0), trial.candidate.origin == "naive", trial.number)
    )


def select(
    book: Book, problem: Problem, metric: Metric, experiment: Experiment, *, seconds: float, hurry: Callable[[], bool]
) -> Selected:
    """The best blend.

    Args:
        book: All trials.
        problem: What was searched for.
        metric: By which trials are compared.
        experiment: Where the models lie.
        seconds: How long it may take, about.
        hurry: Whether the best single one is to be taken at once.

    Raises:
        NothingTrained: when no trial was done.
    """
    pool, folds = _comparable(book)
    if not pool:
        raise NothingTrained(_why_nothing(book))
    rows = sum(len(problem.validation.folds[fold].test) for fold in folds)
    pool = _affordable(pool, rows * max(1, len(problem.task.classes), len(problem.task.quantiles)))
    predicted = {trial.number: np.concatenate(book.predictions(trial.number, folds)) for trial in pool}
    held_out, predictions = held_out_of(problem, metric, folds, predicted)
    in_order = problem.validation.kind == "forward"
    choice = choose_blend(
        predictions,
        held_out,
        classifies=problem.task.classifies,
        stackable=problem.task.kind not in ("quantile", "ranking"),
        in_order=in_order,
        seconds=seconds * 2 / 3,
        hurry=hurry,
        singles={trial.number: score for trial in pool if (score := trial.score_on(folds)) is not None},
    )
    naive = book.of_origin("naive")
    verdict = None
    if naive is not None and naive.number in predictions and len(predictions) > 1:
        yardstick = predictions[naive.number]
        verdict = judge(choice.honest, yardstick, held_out, in_order=in_order, seconds=seconds / 3)
        # By decisions alone a model may be no better that knows how likely the rarer class is.
        if not verdict.likely and metric.needs != "classes":
            verdict = dataclasses.replace(verdict, text=f"{verdict.text} {NAIVE_PREDICTS}")
            choice = dataclasses.replace(
                choice,
                weights={naive.number: 1.0},
                kind="single",
                score=held_out.score(yardstick),
                honest=yardstick,
            )
    return Selected(
        weights=choice.weights,
        parts=parts_of(choice.weights, book, problem, experiment),
        score=choice.score,
        choice=choice,
        verdict=verdict,
    )


def _affordable(pool: Sequence[Trial], cells: int) -> list[Trial]:
    """As many of the best as there is room for, and the yardsticks, where each has predicted so many numbers."""
    most = max(LEAST_MEMBERS, int(MOST_CELLS / max(1, cells)))
    return [
        trial for place, trial in enumerate(pool) if place < most or trial.candidate.origin in ("baseline", "naive")
    ]


def _why_nothing(book: Book) -> str:
    reasons = book.failures()
    if not reasons:
        return "The time was over before the first model was trained."
    usual = max(reasons, key=reasons.count)
    return f"No model could be trained, the naive one neither: {len(reasons):,} have failed, like this: {usual}"


def _comparable(book: Book) -> tuple[list[Trial], tuple[int, ...]]:
    """The pool and its folds. When the time was over before any trial but the naive one was done: the best beginning."""
    pool = pool_of(book)
    begun = book.begun()
    if not begun or any(trial.candidate.origin != "naive" for trial in pool):
        return pool, tuple(range(book.folds))
    return [begun[0], *pool], tuple(fold.fold for fold in begun[0].folds)


def parts_of(
    weights: Iterable[int], book: Book, problem: Problem, experiment: Experiment
) -> dict[int, tuple[int, ...]]:
    """Whose models predict for each trial: those of all its folds; or the one on all rows; or that of the last fold."""
    parts = {}
    for number in weights:
        folds = tuple(fold.fold for fold in book[number].folds)
        if problem.validation.refitted:
            folds = (ALL_ROWS,) if experiment.files(number, ALL_ROWS).model.exists() else folds[-1:]
        parts[number] = folds
    return parts


def assemble(selected: Selected, book: Book, problem: Problem, experiment: Experiment) -> Blend:
    """The members as one fitted object."""
    classes = problem.task.classes
    models = []
    fitted = []
    for number in selected.weights:
        trial = book[number]
        parts = {part: experiment.model(number, part) for part in selected.parts[number]}
        fitted += [(f"{part} {trial.rows} {features_key(trial.candidate)}", model) for part, model in parts.items()]
        models.append(FoldAverage.of_fitted(list(parts.values()), classes=len(classes)))
    share_steps(fitted)
    return Blend.of_fitted(models, list(selected.weights.values()), list(classes))


def iterations_for_all(trial: Trial) -> int:
    """How many trees or epochs to train on all rows: what the folds kept, on average; 0 where there is no such thing."""
    return round(sum(fold.iterations for fold in trial.folds) / max(1, len(trial.folds)))


def refit_job(trial: Trial, *, seed: int, threads: int, last: bool = False) -> Job:
    """The job that trains a trial's candidate on all rows.

    Args:
        trial: The trial.
        seed: As for its folds.
        threads: For the fit.
        last: Whether it gets as many trees as its last fold kept, which was the largest, rather than the mean.
    """
    return Job(
        trial=trial.number,
        fold=ALL_ROWS,
        family=trial.candidate.family,
        params=trial.candidate.params,
        seed=seed,
        threads=threads,
        iterations=trial.folds[-1].iterations if last else iterations_for_all(trial),
    )


def refit_seconds(trial: Trial, problem: Problem) -> float:
    """About how long that takes."""
    last = trial.folds[-1]
    return last.seconds * len(problem.features) / max(1, len(problem.validation.folds[last.fold].train))


def refit_members(
    selected: Selected,
    book: Book,
    problem: Problem,
    executor: Executor,
    *,
    seed: int,
    threads: int,
    left: Callable[[], float],
) -> Selected:
    """Train the members on all rows, the weightiest first, as long as there is time; the others stay as they are."""
    waiting = sorted(selected.weights, key=lambda number: -selected.weights[number])
    done: dict[int, tuple[int, ...]] = {}
    while left() > 0 and (waiting or executor.running):
        while executor.free and waiting:
            trial = book[waiting.pop(0)]
            if refit_seconds(trial, problem) <= left():
                job = refit_job(trial, seed=seed, threads=threads, last=True)
                executor.submit(dataclasses.replace(job, seconds=left()))
        if not executor.running:
            break
        for outcome in executor.wait(min(0.2, left())):
            if not outcome.failure:
                done[outcome.job.trial] = (ALL_ROWS,)
    return dataclasses.replace(selected, parts={**selected.parts, **done})


def loading_seconds(trials: Iterable[Trial]) -> float:
    """About how long it takes to read the models of trials."""
    return sum(
        0.02 * len(trial.folds) + sum(fold.model_bytes for fold in trial.folds) / LOADED_PER_SECOND for trial in trials
    )
