"""What a search that died has left behind, taken into its records: folds that were done and not entered yet."""

from __future__ import annotations

import contextlib
import dataclasses
import json
from pathlib import Path

from ..candidate import FoldResult, Trial
from ..execution.job import ALL_ROWS, Job, Outcome
from ..metrics.metric import Metric
from .experiment import Experiment
from .problem import Problem

CUT_SHORT = {"time": "The time was over.", "stopped": "The search was stopped.", "lost": "The cluster was lost."}
"""Why a trial was given up that goes on when the search does, by how the search ended."""


def recover(experiment: Experiment, problem: Problem, metric: Metric) -> None:
    """Enter folds that a worker has finished and no record knows, let trials that were cut short go on.

    Files that were being written are deleted.
    """
    for path in (experiment.folder / "trials").glob("*/.writing-*"):
        path.unlink(missing_ok=True)
    for trial in experiment.trials():
        cut_short = trial.state == "pruned" and trial.reason in CUT_SHORT.values()
        if trial.state != "running" and not cut_short:
            continue
        known = {fold.fold for fold in trial.folds}
        found = [
            scored(outcome, problem, metric, experiment)
            for path in sorted((experiment.folder / "trials" / f"{trial.number:04d}").glob("fold*.json"))
            if (outcome := _outcome(path)) is not None and outcome.job.fold not in known
        ]
        if found or cut_short:
            experiment.write_trial(_with(trial, found))


def scored(outcome: Outcome, problem: Problem, metric: Metric, experiment: Experiment) -> FoldResult:
    """What a fold gave, with its score by the metric; a failure where there is no finite one."""
    score: float | None = None
    failure = outcome.failure
    if not failure:
        test = problem.validation.folds[outcome.job.fold].test
        try:
            prediction = experiment.prediction(outcome.job.trial, outcome.job.fold)
            score = problem.score(prediction, test, metric)
        except (OSError, ValueError, ArithmeticError) as error:
            failure = f"It has no score: {error}"
    if score is not None and not abs(score) < float("inf"):
        score, failure = None, "Its score is not a finite number."
    return FoldResult(
        fold=outcome.job.fold,
        score=score,
        seconds=outcome.seconds,
        predict_seconds=outcome.predict_seconds,
        iterations=outcome.iterations,
        peak_bytes=outcome.peak_bytes,
        model_bytes=outcome.model_bytes,
        failure=failure,
    )


def _outcome(path: Path) -> Outcome | None:
    with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
        data = json.loads(path.read_bytes())
        outcome = Outcome(**{**data, "job": Job(**data["job"])})
        return outcome if outcome.job.fold != ALL_ROWS else None
    return None


def _with(trial: Trial, found: list[FoldResult]) -> Trial:
    folds = tuple(sorted([*trial.folds, *found], key=lambda fold: fold.fold))
    failure = next((fold.failure for fold in found if fold.failure), "")
    if failure:
        return dataclasses.replace(trial, folds=folds, state="failed", reason=failure)
    return dataclasses.replace(trial, folds=folds, state="running", reason="")
