"""A candidate's pipeline: plain scikit-learn from the table as it is found to a prediction."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import numpy as np
from sklearn.pipeline import Pipeline

from ..candidate import Candidate
from ..columns import Schema
from ..families.family import Shape
from ..families.registry import FAMILIES
from ..plain.quantile_models import QuantileModels
from ..plain.query_scores import QueryScores
from ..plain.scaled_target import ScaledTarget
from ..plain.table_reader import TableReader
from ..task import Task
from .features import FEATURE_PARAMS, category_columns, feature_params, make_features


def shape_of(schema: Schema, task: Task, rows: int) -> Shape:
    """The size of what is learned from this many rows."""
    return Shape(
        rows=rows,
        features=len(schema.used),
        categories=len(category_columns(schema, {})),
        texts=len(schema.of(["text"])),
        classes=len(task.classes),
    )


def build_pipeline(
    candidate: Candidate,
    task: Task,
    schema: Schema,
    shape: Shape,
    *,
    seed: int = 0,
    threads: int = 1,
    iterations: int = 0,
) -> Pipeline:
    """A pipeline that is not fitted: "table" reads columns, "features" encodes them, "model" learns.

    With `iterations` (what early stopping kept) it can be fitted by its own `fit` and gives the same model again; without, it
    is fitted by `fit_pipeline`. Classes are their positions in `task.classes`.
    """
    family = FAMILIES[candidate.family]
    own = {name: value for name, value in candidate.params.items() if name not in FEATURE_PARAMS and name != "target"}
    coded = len(category_columns(schema, candidate.params)) if family.encoding == "native" else 0
    shape = Shape(
        rows=shape.rows, features=shape.features, categories=coded, texts=shape.texts, classes=len(task.classes)
    )
    model = family.build(own, task.kind, shape, seed=seed, threads=threads, iterations=iterations)
    logarithm = candidate.params.get("target") == "log"
    if task.kind == "quantile":
        inner = "" if family.quantile in model.get_params() else "estimator__"
        model = QuantileModels(model, task.quantiles, inner + family.quantile)
    elif not task.classifies and (family.scales_target or logarithm):
        model = ScaledTarget(model, logarithm)
    if task.kind == "ranking":
        model = QueryScores(model, listwise=bool(candidate.params.get("listwise")))
    if family.encoding == "none":
        return Pipeline([("model", model)])
    features = make_features(family.encoding, candidate.params, task, schema, seed)
    return Pipeline([("table", TableReader(reader_columns(schema))), ("features", features), ("model", model)])


def reader_columns(schema: Schema) -> dict[str, str]:
    """What `TableReader` is told of the columns that become features."""
    used = set(schema.used)
    return {column.name: f"{column.kind} {column.format}".strip() for column in schema.columns if column.name in used}


def features_key(candidate: Candidate) -> str:
    """Candidates of equal key have equal steps before the model: on the same rows these can be fitted once for all."""
    encoding = FAMILIES[candidate.family].encoding
    return json.dumps([encoding, feature_params(encoding, candidate.params)], sort_keys=True)


def share_steps(fitted: Iterable[tuple[str, Pipeline]]) -> None:
    """Let fitted pipelines have the steps before their models in common where these are equal: they are done once then.

    Args:
        fitted: The pipelines, each with what its steps came of: which rows, and `features_key`.
    """
    features: dict[str, list[tuple[str, Any]]] = {}
    readers: dict[str, TableReader] = {}
    for key, pipeline in fitted:
        steps = features.setdefault(key, pipeline.steps[:-1])
        if steps:
            name, reader = steps[0]
            # What a reader learns is mostly the same in all folds.
            learned = json.dumps([list(reader.columns.items()), list(reader.parts_.items())])
            steps[0] = (name, readers.setdefault(learned, reader))
        pipeline.steps = [*steps, pipeline.steps[-1]]


def fit_pipeline(
    pipeline: Pipeline,
    candidate: Candidate,
    frame: Any,
    target: Any,
    *,
    weights: Any = None,
    held_out: tuple[Any, Any] | None = None,
    seconds: float = 0.0,
) -> None:
    """Fit in place. Families that can stop early by `held_out`, a frame and its target, which nothing else sees.

    Args:
        pipeline: As `build_pipeline` makes it.
        candidate: What it was made of.
        frame: The rows to train on.
        target: Positions of classes, or numbers; of rankings relevance and query.
        weights: How much each row counts.
        held_out: Rows by which early stopping judges.
        seconds: When to keep what is there, for families that can; 0 for never.
    """
    family = FAMILIES[candidate.family]
    target = np.asarray(target)
    judged = held_out if family.stops_early else None
    for _, step in pipeline.steps[:-1]:
        frame = step.fit_transform(frame, target)
        judged = judged and (step.transform(judged[0]), judged[1])
    family.fit(pipeline.steps[-1][1], frame, target, weights=weights, held_out=judged, seconds=seconds)


def kept_iterations(pipeline: Pipeline, candidate: Candidate) -> int:
    """How many trees or epochs a fitted pipeline's model kept; 0 where there is no such thing."""
    return FAMILIES[candidate.family].iterations(pipeline.steps[-1][1])


def predictions(pipeline: Pipeline, task: Task, frame: Any) -> Any:
    """What is predicted, for metrics and blends.

    Returns:
        Rows by classes, in the order of `task.classes`, with 0 for a class that was not among the rows trained on; rows by
        quantiles; or a number a row.
    """
    if not task.classifies:
        return np.asarray(pipeline.predict(frame), dtype=np.float64)
    found = pipeline.predict_proba(frame)
    every = np.zeros((len(found), len(task.classes)))
    every[:, np.asarray(pipeline.classes_, dtype=np.intp)] = found
    return every
