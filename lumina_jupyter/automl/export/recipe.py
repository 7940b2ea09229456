"""The model that an experiment has found, before it is fitted: what its code is written from."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from lumina_jupyter.automl.candidate import Candidate, Trial
from lumina_jupyter.automl.execution.job import ALL_ROWS
from lumina_jupyter.automl.execution.training import share_of
from lumina_jupyter.automl.experiment.experiment import Experiment
from lumina_jupyter.automl.experiment.problem import Problem
from lumina_jupyter.automl.export.code import Recipe
from lumina_jupyter.automl.pipeline import build_pipeline, shape_of
from lumina_jupyter.automl.plain.blend import Blend
from lumina_jupyter.automl.plain.fold_average import FoldAverage
from lumina_jupyter.errors import ModelNotExportable


def recipe_of(
    experiment: Experiment, problem: Problem, weights: Mapping[int, float], parts: Mapping[int, Sequence[int]]
) -> Recipe:
    """The blend of these trials, not fitted.

    Args:
        experiment: Where the trials are kept.
        problem: What they were trained on.
        weights: Number of a trial to its weight.
        parts: Number of a trial to the folds whose models predict together, or `ALL_ROWS`.

    Raises:
        ModelNotExportable: when it isn't known how a model was trained.
    """
    trials = {trial.number: trial for trial in experiment.trials()}
    members = {number: _member(experiment, problem, trials[number], parts[number]) for number in weights}
    task = problem.task
    labels = np.asarray(task.classes)[problem.target] if task.classifies else problem.target
    return Recipe(
        model=Blend(list(members.values()), list(weights.values()), list(task.classes)),
        names=[f"{trials[number].candidate.family}_{number}" for number in members],
        title=f"A model of {task.target}",
        frame=problem.features,
        target=labels,
        target_name=task.target,
        by=problem.validation.by,
        weights=problem.weights,
    )


def _member(experiment: Experiment, problem: Problem, trial: Trial, folds: Sequence[int]) -> Any:
    models, rows = [], []
    for fold in folds:
        model, trained = _fold(experiment, problem, trial, fold)
        models.append(model)
        rows.append(trained)
    if rows == [None] and problem.weights is None:
        return models[0]
    return FoldAverage(models, rows, len(problem.task.classes))


def _fold(experiment: Experiment, problem: Problem, trial: Trial, fold: int) -> tuple[Any, Any]:
    try:
        outcome = json.loads(experiment.files(trial.number, fold).outcome.read_bytes())
    except (OSError, ValueError) as problem_read:
        raise ModelNotExportable(f"How trial {trial.number} was trained can't be read any more.") from problem_read
    job = outcome["job"]
    rows = None if fold == ALL_ROWS else problem.validation.folds[fold].train
    if rows is not None and job["rows"] < 1.0:
        target = problem.target if problem.task.classifies else None
        rows = share_of(rows, job["rows"], target, latest=problem.validation.kind == "forward")
    count = len(problem.features) if rows is None else len(rows)
    pipeline = build_pipeline(
        Candidate(family=job["family"], params=job["params"]),
        problem.task,
        problem.schema,
        shape_of(problem.schema, problem.task, count),
        seed=job["seed"],
        threads=job["threads"],
        iterations=outcome["iterations"] or job["iterations"],
    )
    return pipeline, rows
