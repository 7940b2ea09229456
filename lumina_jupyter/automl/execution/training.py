"""One job: a pipeline is fitted on a fold's rows, predicts those held out, and both are left in the folder."""

from __future__ import annotations

import dataclasses
import json
import os
import tempfile
import time
import warnings
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from ..candidate import Candidate
from ..experiment.experiment import Experiment
from ..experiment.model_files import write_model
from ..experiment.problem import Problem, load_problem
from ..families.registry import FAMILIES
from ..pipeline.pipeline import build_pipeline, features_key, kept_iterations, predictions, shape_of
from .job import ALL_ROWS, Job, Outcome

DEAR_SECONDS = 0.2
"""From how many seconds on a preparation is dear, such as that of texts."""
DEAR_BYTES, CHEAP_BYTES = 96 * 1024 * 1024, 16 * 1024 * 1024
"""How much of what was prepared for earlier jobs a worker keeps, at most: of what was dear, and of what was cheap."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Prepared:
    """A fold's features as a family wants them, and the fitted steps that made them."""

    steps: list[tuple[str, Any]]
    train: Any
    held_out: Any
    held_out_seconds: float
    bytes: int
    dear: bool


class Trainer:
    """Does jobs on the data of one experiment. Preparation is done once for all candidates that share it.

    Args:
        folder: The experiment's folder.
        problem: The data, where they are in memory already.
    """

    def __init__(self, folder: Path, problem: Problem | None = None) -> None:
        self._experiment = Experiment(folder)
        self._problem = problem or load_problem(folder)
        self._prepared: OrderedDict[str, _Prepared] = OrderedDict()

    def run(self, job: Job) -> Outcome:
        """Fit, predict and write; whatever a library raises becomes the outcome's failure.

        Raises:
            MemoryError: when there is not enough; the process is better ended.
        """
        began = time.perf_counter()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                outcome = self._run(job, began)
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - a candidate that fails is a row of the leaderboard
            import traceback

            traceback.print_exc()
            outcome = Outcome(job=job, seconds=time.perf_counter() - began, failure=_sentence(error))
        self._write_outcome(outcome)
        return outcome

    def _run(self, job: Job, began: float) -> Outcome:
        problem = self._problem
        train, held_out = self.rows(job)
        candidate = Candidate(family=job.family, params=job.params)
        pipeline = build_pipeline(
            candidate,
            problem.task,
            problem.schema,
            shape_of(problem.schema, problem.task, len(train)),
            seed=job.seed,
            threads=job.threads,
            iterations=job.iterations,
        )
        prepared = self._prepare(job, candidate, pipeline, train, held_out)
        name, model = pipeline.steps[-1]
        FAMILIES[job.family].fit(
            model,
            prepared.train,
            problem.target[train],
            weights=None if problem.weights is None else problem.weights[train],
            held_out=(prepared.held_out, problem.target[held_out]) if len(held_out) else None,
            seconds=job.patience,
        )
        pipeline.steps = [*prepared.steps, (name, model)]
        files = self._experiment.files(job.trial, job.fold)
        files.model.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        predict_seconds = 0.0
        if len(held_out):
            asked = time.perf_counter()
            prediction = predictions(Pipeline([(name, model)]), problem.task, prepared.held_out)
            predict_seconds = time.perf_counter() - asked + prepared.held_out_seconds
            if not np.isfinite(prediction).all():
                raise ValueError("its predictions are not finite")
            _replace(files.prediction, lambda path: _save_array(path, prediction))
        if job.fold != ALL_ROWS and job.rows >= 1.0 and not problem.validation.refitted:
            FAMILIES[job.family].thin(model, len(problem.validation.folds))
        _replace(files.model, lambda path: write_model(path, pipeline))
        return Outcome(
            job=job,
            seconds=time.perf_counter() - began,
            predict_seconds=predict_seconds,
            iterations=kept_iterations(pipeline, candidate),
            model_bytes=files.model.stat().st_size,
        )

    def rows(self, job: Job) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """The positions of the rows to train on and of those held out."""
        problem = self._problem
        if job.fold == ALL_ROWS:
            return np.arange(len(problem.features)), np.empty(0, dtype=np.intp)
        return problem.train_rows(job.fold, job.rows), problem.validation.folds[job.fold].test

    def _prepare(
        self, job: Job, candidate: Candidate, pipeline: Pipeline, train: NDArray[np.intp], held_out: NDArray[np.intp]
    ) -> _Prepared:
        steps = pipeline.steps[:-1]
        asked = time.perf_counter()
        key = f"{job.fold} {job.rows} {features_key(candidate)}"
        found = self._prepared.get(key)
        if found is not None:
            self._prepared.move_to_end(key)
            return found
        features: Any = self._problem.features.iloc[train]
        target = self._problem.target[train]
        for _, step in steps:
            features = step.fit_transform(features, target)
        began = time.perf_counter()
        others: Any = self._problem.features.iloc[held_out]
        for _, step in steps if len(held_out) else ():
            others = step.transform(others)
        prepared = _Prepared(
            steps=steps,
            train=features,
            held_out=others,
            held_out_seconds=time.perf_counter() - began,
            bytes=_size(features) + _size(others),
            dear=time.perf_counter() - asked >= DEAR_SECONDS,
        )
        self._prepared[key] = prepared
        self._forget(dear=prepared.dear)
        return prepared

    def _forget(self, *, dear: bool) -> None:
        """Make room: what was not used for longest goes, but never what was prepared last."""
        alike = [key for key, each in self._prepared.items() if each.dear is dear]
        held = sum(self._prepared[key].bytes for key in alike)
        for key in alike[:-1]:
            if held <= (DEAR_BYTES if dear else CHEAP_BYTES):
                return
            held -= self._prepared.pop(key).bytes

    def _write_outcome(self, outcome: Outcome) -> None:
        path = self._experiment.files(outcome.job.trial, outcome.job.fold).outcome
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        data = json.dumps(dataclasses.asdict(outcome)).encode()
        _replace(path, lambda temporary: temporary.write_bytes(data))


def _sentence(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0][:300]}" if lines else type(error).__name__


def _size(features: Any) -> int:
    if isinstance(features, pd.DataFrame):
        return 8 * int(features.size)
    if hasattr(features, "nbytes"):
        return int(features.nbytes)
    return int(getattr(getattr(features, "data", None), "nbytes", 0)) * 2


def _save_array(path: Path, array: NDArray[Any]) -> None:
    with path.open("wb") as file:
        np.save(file, array, allow_pickle=False)


def _replace(path: Path, write: Any) -> None:
    """Whole or not there, should the process be killed. No fsync: what a power failure takes is trained again."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
    os.close(handle)
    try:
        write(Path(name))
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
