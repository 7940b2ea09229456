"""Other models than the best: one that predicts fast, a small one, one that can be read."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lumina_jupyter.errors import NothingTrained

from ..candidate import Trial, complete_trials
from ..execution.job import ALL_ROWS, Outcome
from ..execution.local import LocalExecutor
from ..experiment.experiment import Experiment
from ..experiment.problem import Problem
from ..families.registry import FAMILIES
from ..metrics.metric import Metric
from ..plain.blend import Blend
from ..plain.fold_average import FoldAverage
from ..search.finish import refit_job
from ..tables.frames import align, read_table
from ..task import Task

READABLE = frozenset({"linear"})
ONE_ROW_SECONDS = 0.004
"""How long one row may take a fast model, from the user's table to the prediction."""
GAIN_KEPT = 0.95
"""A small model keeps at least this share of what the best one gains over the naive one."""
LOOKED_AT = 12
REPEATS = 15


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Alternative:
    """A single model in place of the blend.

    Args:
        name: "fast", "small" or "interpretable".
        trial: Number of the trial whose candidate it is.
        family: Its family.
        score: On the rows held out, as the metric is read.
        bytes: Size of one fold's model on the disk.
        row_seconds: How long one row takes, where it was measured; else 0.
    """

    name: str
    trial: int
    family: str
    score: float
    bytes: int
    row_seconds: float = 0.0

    def __repr__(self) -> str:
        time = f", {1000 * self.row_seconds:.2g} ms for one row" if self.row_seconds else ""
        return f"{FAMILIES[self.family].title} (trial {self.trial}): {self.score:.5g}, {self.bytes / 1e6:.2g} MB{time}"


def find_alternatives(
    trials: Sequence[Trial], problem: Problem, experiment: Experiment, metric: Metric
) -> dict[str, Alternative]:
    """The alternatives that there are among the trials, by their names. Models are loaded and timed with one row."""
    complete = complete_trials(trials)
    # Of others the folds' models are gone, by which an alternative is explained.
    models = [trial for trial in complete if trial.candidate.origin != "naive" and _is_kept(trial, experiment)]
    found: dict[str, Alternative] = {}
    if not models:
        return found
    fast = _fastest(models, problem, experiment)
    if fast is not None:
        trial, seconds = fast
        found["fast"] = _alternative("fast", trial, metric, seconds)
    naive = next((trial.score or 0.0 for trial in complete if trial.candidate.origin == "naive"), -np.inf)
    best = models[0].score or 0.0
    good = [trial for trial in models if (trial.score or 0.0) >= naive + GAIN_KEPT * (best - naive)] or models[:1]
    found["small"] = _alternative("small", min(good, key=_bytes), metric)
    readable = next((trial for trial in models if trial.candidate.family in READABLE), None)
    if readable is not None:
        found["interpretable"] = _alternative("interpretable", readable, metric)
    return found


def train_on_all_rows(trial: Trial, experiment: Experiment, seed: int) -> Any:
    """A trial's candidate, fitted on all rows for one thread; what was fitted so before is read.

    Raises:
        NothingTrained: when the fit fails.
    """
    if not experiment.files(trial.number, ALL_ROWS).model.exists():
        executor = LocalExecutor(1, 1)
        try:
            executor.open(experiment.folder)
            executor.submit(refit_job(trial, seed=seed, threads=1))
            outcomes: list[Outcome] = []
            while not outcomes:
                outcomes = executor.wait(1.0)
        finally:
            executor.close()
        if outcomes[0].failure:
            raise NothingTrained(f"The model can't be trained on all rows. {outcomes[0].failure}")
    return experiment.model(trial.number, ALL_ROWS)


def alone_of(model: Any, task: Task) -> Blend:
    """A fitted pipeline as what a search's blend is: it speaks of classes as they are in the data."""
    return Blend.of_fitted([FoldAverage.of_fitted([model], classes=len(task.classes))], [1.0], list(task.classes))


def _fastest(models: Sequence[Trial], problem: Problem, experiment: Experiment) -> tuple[Trial, float] | None:
    """The best trial whose model predicts one row in time; else the one that is quickest."""
    looked_at = {trial.number: trial for trial in models[:LOOKED_AT]}
    for trial in models:
        if not any(each.candidate.family == trial.candidate.family for each in looked_at.values()):
            looked_at[trial.number] = trial
    timed: list[tuple[Trial, float]] = []
    for trial in looked_at.values():
        timed.append((trial, _row_seconds(experiment.model(trial.number, trial.folds[-1].fold), problem)))
        if timed[-1][1] <= ONE_ROW_SECONDS:
            return timed[-1]
    return min(timed, key=lambda each: each[1], default=None)


def _row_seconds(model: Any, problem: Problem) -> float:
    row = problem.features.iloc[:1]
    alone = alone_of(model, problem.task)
    predict = alone.predict_proba if problem.task.classifies else alone.predict
    taken = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        predict(align(read_table(row), problem.schema).frame)
        taken.append(time.perf_counter() - began)
    # The quickest: the others tell what else the machine does.
    return min(taken)


def _alternative(name: str, trial: Trial, metric: Metric, row_seconds: float = 0.0) -> Alternative:
    return Alternative(
        name=name,
        trial=trial.number,
        family=trial.candidate.family,
        score=metric.read(trial.score or 0.0),
        bytes=_bytes(trial),
        row_seconds=row_seconds,
    )


def _is_kept(trial: Trial, experiment: Experiment) -> bool:
    return all(experiment.files(trial.number, fold.fold).model.exists() for fold in trial.folds)


def _bytes(trial: Trial) -> int:
    return max(fold.model_bytes for fold in trial.folds)
