"""A blend as a file of ONNX, with an input for each column."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lumina_jupyter.automl.columns import Schema
from lumina_jupyter.automl.export.onnx.features import encode, read_columns
from lumina_jupyter.automl.export.onnx.graph import Graph
from lumina_jupyter.automl.export.onnx.models import write_model
from lumina_jupyter.automl.plain.blend import Blend
from lumina_jupyter.automl.plain.table_reader import read_booleans, read_dates, read_numbers, read_texts
from lumina_jupyter.automl.task import Task
from lumina_jupyter.errors import ModelNotExportable
from lumina_jupyter.storage.folders import write_atomically

KINDS = {
    "number": "numbers, NaN where missing",
    "boolean": "1 or 0, NaN where missing",
    "datetime": "seconds since 1970 in UTC, NaN where missing",
    "category": "texts, empty where missing; whole numbers without a point",
    "text": "texts, empty where missing",
}
CLOSE = 1e-5
SAMPLE = 200
"""On so many rows a file is compared with its model."""


def to_onnx(model: Blend, task: Task, schema: Schema, path: str | Path, sample: pd.DataFrame | None = None) -> Path:
    """Write a fitted blend.

    Args:
        model: The blend.
        task: What it predicts.
        schema: What the columns hold.
        path: The file.
        sample: Rows on which the file has to predict as the model does, where onnxruntime is installed.

    Raises:
        MissingExtra: when onnx is not installed.
        ModelNotExportable: when a part of the model can't be written, or predicts otherwise.
    """
    made = _serialized(model, task, schema)
    if sample is not None and len(sample):
        _check(made, model, task, schema, sample)
    path = Path(path)
    write_atomically(path, made, mode=0o644)
    return path


def _serialized(model: Blend, task: Task, schema: Schema) -> bytes:
    try:
        made: bytes = _written(model, task, schema).SerializeToString()
    except (RecursionError, MemoryError, ValueError) as error:
        if isinstance(error, ModelNotExportable):
            raise
        # Trees deeper than Python goes, or more than the two gigabytes that a file of ONNX may have.
        raise ModelNotExportable(
            f"The model is too large for ONNX ({type(error).__name__}).",
            hint="Take `alternative('small')`, or `to_code()`.",
        ) from error
    return made


def feed_of(frame: pd.DataFrame, schema: Schema) -> dict[str, NDArray[Any]]:
    """The inputs of such a file for the rows of a table."""
    found: dict[str, NDArray[Any]] = {}
    for column in schema.columns:
        if column.name not in schema.used:
            continue
        values = frame[column.name]
        if column.kind == "boolean":
            read = read_booleans(values)
        elif column.kind == "datetime":
            dates = read_dates(values, column.format)
            read = np.where(np.isnat(dates), np.nan, dates.astype("datetime64[us]").astype(np.int64) / 1e6)
        elif column.kind == "number":
            read = read_numbers(values, "," if column.format == "1.234,5" else ".")
        else:
            read = np.asarray([text or "" for text in read_texts(values)], dtype=object)
        found[column.name] = read.reshape(-1, 1)
    return found


def _written(model: Blend, task: Task, schema: Schema) -> Any:
    used = [column for column in schema.columns if column.name in schema.used]
    if not used:
        raise ModelNotExportable("A model that looks at no column has no inputs for ONNX.")
    graph = Graph([column.name for column in used])
    inputs = {column.name: graph.input(column.name, text=column.kind in ("category", "text")) for column in used}
    shared: dict[tuple[int, ...], Any] = {}
    members = [_member(graph, member, inputs, task, shared) for member in model.models_]
    weighed = [graph.calculate("Mul", each, float(weight)) for each, weight in zip(members, model.weights, strict=True)]
    total = weighed[0] if len(weighed) == 1 else graph.add("Sum", *weighed)
    if task.classifies:
        place = graph.add("ArgMax", total, axis=1, keepdims=0)
        counted = all(isinstance(each, int | np.integer) and not isinstance(each, bool) for each in task.classes)
        names = graph.constant(
            list(task.classes) if counted else list(map(str, task.classes)), np.int64 if counted else object
        )
        graph.output("label", graph.add("Gather", names, place, axis=0), 0, "INT64" if counted else "STRING")
        graph.output("probabilities", total, len(task.classes))
    else:
        graph.output("prediction", total, max(1, len(task.quantiles)))
    notes = {
        "target": task.target,
        "inputs": json.dumps({column.name: KINDS[column.kind] for column in used}, ensure_ascii=False),
        "classes": json.dumps(list(map(str, task.classes)), ensure_ascii=False),
        "quantiles": json.dumps(list(task.quantiles)),
    }
    return graph.model(task.target or "model", notes)


def _member(graph: Graph, member: Any, inputs: dict[str, str], task: Task, shared: dict[tuple[int, ...], Any]) -> str:
    """The mean of the pipelines of a member's folds, or the one that it is."""
    pipelines = getattr(member, "models_", [member])
    said = []
    for pipeline in pipelines:
        *before, (_, model) = pipeline.steps
        value: Any = next(iter(inputs.values()))
        done: tuple[int, ...] = ()
        for _, step in before:
            done = (*done, id(step))
            if done not in shared:
                shared[done] = read_columns(graph, step, inputs) if len(done) == 1 else encode(graph, step, value)
            value = shared[done]
        made = write_model(graph, model, value)
        said.append(_every_class(graph, made, model, task) if task.classifies else made)
    if len(said) == 1:
        return said[0]
    return graph.calculate("Div", graph.add("Sum", *said), float(len(said)))


def _every_class(graph: Graph, probabilities: str, model: Any, task: Task) -> str:
    """A column for each of the task's classes, of which the model may have met but some."""
    met = np.asarray(model.classes_, dtype=np.intp).tolist()
    if met == list(range(len(task.classes))):
        return probabilities
    place = np.zeros((len(met), len(task.classes)))
    place[np.arange(len(met)), met] = 1.0
    return graph.calculate("MatMul", probabilities, place)


def _check(made: bytes, model: Blend, task: Task, schema: Schema, sample: pd.DataFrame) -> None:
    try:
        import onnxruntime
    except ImportError:
        return
    session = onnxruntime.InferenceSession(made, providers=["CPUExecutionProvider"])
    got = session.run(["probabilities" if task.classifies else "prediction"], feed_of(sample, schema))[0]
    expected = model.predict_proba(sample) if task.classifies else model.predict(sample)
    expected = np.asarray(expected, dtype=np.float64).reshape(got.shape)
    if not np.allclose(got, expected, rtol=CLOSE, atol=CLOSE):
        apart = float(np.abs(got - expected).max())
        raise ModelNotExportable(
            f"Written as ONNX the model would predict otherwise, by up to {apart:.3g}.",
            hint="Take another one of `alternatives_`, or `to_code()`.",
        )
