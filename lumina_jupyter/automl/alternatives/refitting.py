"""The blend's members trained anew: on all rows, or on another table with the same columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..candidate import Trial
from ..columns import Schema
from ..pipeline.pipeline import build_pipeline, features_key, fit_pipeline, shape_of, share_steps
from ..plain.blend import Blend
from ..plain.fold_average import FoldAverage
from ..search.finish import iterations_for_all
from ..task import Task


def refit_blend(
    trials: Sequence[Trial],
    weights: Mapping[int, float],
    *,
    frame: pd.DataFrame,
    target: NDArray[Any],
    sample_weight: NDArray[Any] | None,
    task: Task,
    schema: Schema,
    seed: int,
    threads: int,
) -> Blend:
    """A blend of the same candidates, each trained once on all these rows, with as many trees as its folds kept."""
    by_number = {trial.number: trial for trial in trials}
    models, fitted = [], []
    for number in weights:
        trial = by_number[number]
        pipeline = build_pipeline(
            trial.candidate,
            task,
            schema,
            shape_of(schema, task, len(frame)),
            seed=seed,
            threads=threads,
            iterations=iterations_for_all(trial),
        )
        fit_pipeline(pipeline, trial.candidate, frame, np.asarray(target), weights=sample_weight)
        fitted.append((features_key(trial.candidate), pipeline))
        models.append(FoldAverage.of_fitted([pipeline], classes=len(task.classes)))
    share_steps(fitted)
    return Blend.of_fitted(models, list(weights.values()), list(task.classes))
