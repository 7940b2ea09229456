"""The model that an experiment has found, before it is fitted: what its code is written from."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.pipeline import Pipeline

from lumina_jupyter.automl.candidate import Candidate, Trial
from lumina_jupyter.automl.execution.job import ALL_ROWS, Job
from lumina_jupyter.automl.experiment.experiment import Experiment
from lumina_jupyter.automl.experiment.problem import Problem
from lumina_jupyter.automl.export.code import Recipe
from lumina_jupyter.automl.export.source import differences
from lumina_jupyter.automl.families.base import BaseFamily, parts_of
from lumina_jupyter.automl.families.registry import FAMILIES
from lumina_jupyter.automl.pipeline.pipeline import build_pipeline, shape_of
from lumina_jupyter.automl.plain.blend import Blend
from lumina_jupyter.automl.plain.fold_average import FoldAverage
from lumina_jupyter.automl.plain.quantile_models import QuantileModels
from lumina_jupyter.automl.search.finish import refit_job
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
    return _recipe(problem, trials, weights, members)


def recipe_of_refitted(
    trials: Iterable[Trial], problem: Problem, weights: Mapping[int, float], fitted: Blend, seed: int
) -> Recipe:
    """The blend of these trials as `refit` has trained it, each once on all rows; not fitted.

    Args:
        trials: All trials.
        problem: What it was trained on.
        weights: Number of a trial to its weight.
        fitted: The blend.
        seed: That it was trained with.
    """
    by_number = {trial.number: trial for trial in trials}
    members: dict[int, Any] = {}
    for number, member in zip(weights, fitted.models_, strict=True):
        trial = by_number[number]
        job = refit_job(trial, seed=seed, threads=1)
        model = _unfitted(member.models_[0], problem, job, job.iterations, len(problem.features))
        alone = problem.weights is None
        members[number] = model if alone else FoldAverage([model], [None], len(problem.task.classes))
    return _recipe(problem, by_number, weights, members)


def _recipe(
    problem: Problem, trials: Mapping[int, Trial], weights: Mapping[int, float], members: Mapping[int, Any]
) -> Recipe:
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
        query=task.query,
    )


def _member(experiment: Experiment, problem: Problem, trial: Trial, folds: Sequence[int]) -> Any:
    models, rows = [], []
    for fold in folds:
        model, trained = _fold(experiment, problem, trial, fold)
        models.append(model)
        rows.append(trained)
    if len(rows) == 1 and rows[0] is None and problem.weights is None:
        return models[0]
    return FoldAverage(models, rows, len(problem.task.classes))


def _fold(experiment: Experiment, problem: Problem, trial: Trial, fold: int) -> tuple[Pipeline, Any]:
    """A fold's pipeline with the trees that it kept, not fitted; and the rows that it was trained on."""
    try:
        outcome = json.loads(experiment.files(trial.number, fold).outcome.read_bytes())
        fitted = experiment.model(trial.number, fold)
    except (OSError, ValueError) as error:
        raise ModelNotExportable(f"How trial {trial.number} was trained can't be read any more.") from error
    job = Job(**outcome["job"])
    rows = None if fold == ALL_ROWS else problem.train_rows(fold, job.rows)
    count = len(problem.features) if rows is None else len(rows)
    return _unfitted(fitted, problem, job, outcome["iterations"] or job.iterations, count), rows


def _unfitted(fitted: Pipeline, problem: Problem, job: Job, iterations: int, rows: int) -> Pipeline:
    """The pipeline that a job has trained on so many rows, not fitted, with the trees that it kept."""
    candidate = Candidate(family=job.family, params=job.params)
    shape = shape_of(problem.schema, problem.task, rows)

    def built(kept: int) -> Any:
        pipeline = build_pipeline(
            candidate, problem.task, problem.schema, shape, seed=job.seed, threads=job.threads, iterations=kept
        )
        return pipeline.steps[-1][1]

    model = _model(fitted.steps[-1][1], candidate, built, iterations)
    # The steps before it may have been shared with another trial, whose seed they have then.
    return Pipeline([*((name, clone(step)) for name, step in fitted.steps[:-1]), ("model", model)])


def _model(fitted: Any, candidate: Candidate, built: Callable[[int], Any], iterations: int) -> Any:
    if not isinstance(fitted, QuantileModels):
        model = built(iterations)
        forest = parts_of(fitted)[0]
        if hasattr(forest, "estimators_"):  # Of which not all trees may be kept.
            name = "n_estimators" if forest is fitted else "estimator__n_estimators"
            model.set_params(**{name: len(forest.estimators_)})
        return model
    family = FAMILIES[candidate.family]
    kept = [family.iterations_of(part) if isinstance(family, BaseFamily) else iterations for part in fitted.models_]
    models = [built(each) for each in kept]
    changes = [differences(models[0].estimator, model.estimator) or {} for model in models]
    return models[0].set_params(changes=tuple(changes)) if any(changes) else models[0]
