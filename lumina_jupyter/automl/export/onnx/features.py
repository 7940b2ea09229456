"""From the columns of a table to the features that a model takes, in ONNX."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lumina_jupyter.automl.export.onnx.dates import date_parts_in
from lumina_jupyter.automl.export.onnx.graph import ML, Graph
from lumina_jupyter.automl.plain.column_blocks import ColumnBlocks
from lumina_jupyter.automl.plain.piecewise_linear import PiecewiseLinear
from lumina_jupyter.automl.plain.smooth_scaler import SmoothScaler
from lumina_jupyter.automl.plain.table_reader import LARGEST_NUMBER, TableReader
from lumina_jupyter.automl.plain.text_vectors import TextVectors
from lumina_jupyter.errors import ModelNotExportable

UNSEEN = "\0 a level that was never seen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """What a reader gives: all numbers side by side, and the texts, each by its name."""

    numbers: str
    texts: Mapping[str, str]


def read_columns(graph: Graph, reader: TableReader, inputs: Mapping[str, str]) -> Columns:
    """What a fitted reader makes of the inputs."""
    numbers, texts = [], {}
    for name, kind in reader.columns.items():
        if kind.startswith(("category", "text")):
            texts[name] = inputs[name]
        elif kind.startswith("datetime"):
            numbers += date_parts_in(graph, inputs[name], reader.parts_[name])
        elif kind == "boolean":
            known = graph.add(
                "Or", graph.calculate("Equal", inputs[name], 0.0), graph.calculate("Equal", inputs[name], 1.0)
            )
            numbers.append(graph.add("Where", known, inputs[name], graph.constant([[np.nan]])))
        else:
            gone = graph.add("IsInf", inputs[name])
            finite = graph.add("Where", gone, graph.constant([[np.nan]]), inputs[name])
            low, high = graph.constant(-LARGEST_NUMBER), graph.constant(LARGEST_NUMBER)
            numbers.append(graph.add("Clip", finite, low, high))
    like = next(iter(inputs.values()))
    none = graph.repeated(np.empty((1, 0)), like)
    return Columns(numbers=graph.side_by_side(numbers) if numbers else none, texts=texts)


def encode(graph: Graph, blocks: ColumnBlocks, columns: Columns) -> str:
    """The features, as fitted transformers make them.

    Raises:
        ModelNotExportable: when one of them is for free text.
    """
    made = []
    for transformer, (name, _, names) in zip(blocks.transformers_, blocks.parts, strict=True):
        if any(isinstance(step, TextVectors) for step in _steps(transformer)):
            raise ModelNotExportable(
                f"{', '.join(map(repr, names))} hold free text, whose words ONNX can't count as this model does.",
                hint="Leave such columns out and fit again, or take the model away by `to_code()` or `save()`.",
            )
        made.append(_looked_up(graph, transformer, name, [columns.texts[each] for each in names]))
    if blocks.numbers_in_:
        value = columns.numbers
        for step in () if blocks.numbers_ is None else _steps(blocks.numbers_):
            value = _numbers(graph, step, value)
        made.append(value)
    return graph.side_by_side(made) if made else columns.numbers


def _steps(transformer: Any) -> list[Any]:
    return [step for _, step in transformer.steps] if hasattr(transformer, "steps") else [transformer]


def _looked_up(graph: Graph, transformer: Any, name: str, texts: Sequence[str]) -> str:
    """What a transformer makes of levels, found out by asking it for each of them: whatever it does, levels are few.

    Raises:
        ModelNotExportable: when one feature depends on two columns.
    """
    levels = [_levels_of(transformer, name, place) for place in range(len(texts))]
    nothing = np.full((1, len(texts)), None, dtype=object)
    base = _asked(transformer, nothing)[0]
    owner = np.full(len(base), -1)
    blocks, order = [], []
    for place, (text, known) in enumerate(zip(texts, levels, strict=True)):
        rows = np.repeat(nothing, len(known) + 2, axis=0)
        rows[:, place] = [*known, None, UNSEEN]
        answers = _asked(transformer, rows)
        different = ~((answers == base) | (np.isnan(answers) & np.isnan(base))).all(axis=0)
        if (owner[different] >= 0).any():
            raise ModelNotExportable(f"The features of {name!r} are made of several columns at once.")
        owner[different] = place
        if different.any():
            blocks.append(_rows_of(graph, text, known, answers[:, different]))
            order += np.flatnonzero(different).tolist()
    same = np.flatnonzero(owner < 0)
    if len(same):
        blocks.append(graph.repeated(base[same], texts[0]))
        order += same.tolist()
    joined = graph.side_by_side(blocks)
    back = np.argsort(order)
    return joined if (np.diff(back) == 1).all() else graph.columns(joined, back)


def _levels_of(transformer: Any, name: str, place: int) -> list[str]:
    first = _steps(transformer)[0]
    for attribute in ("levels_", "categories_"):
        if hasattr(first, attribute):
            known = getattr(first, attribute)[place]
            return [level for level in known if isinstance(level, str) and not level.startswith("\0")]
    raise ModelNotExportable(f"The step {name!r} ({type(first).__name__}) can't be written as ONNX.")


def _asked(transformer: Any, rows: NDArray[Any]) -> NDArray[Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that levels were never seen
        found = transformer.transform(rows)
    return np.asarray(found.toarray() if hasattr(found, "toarray") else found, dtype=np.float64)


def _rows_of(graph: Graph, text: str, levels: Sequence[str], answers: NDArray[Any]) -> str:
    """The answer for each row's level; an empty text is a missing one."""
    keys = np.asarray([*levels, ""], dtype=object)
    codes = graph.add(
        "LabelEncoder",
        text,
        domain=ML,
        keys_tensor=graph.tensor("keys", keys, object),
        values_tensor=graph.tensor("values", np.arange(len(keys)), np.int64),
        default_tensor=graph.tensor("default", [len(keys)], np.int64),
    )
    flat = graph.add("Reshape", codes, graph.constant([-1], np.int64))
    return graph.add("Gather", graph.constant(answers), flat, axis=0)


def _numbers(graph: Graph, step: Any, value: str) -> str:
    kind = type(step).__name__
    if isinstance(step, SmoothScaler):
        return _scaled(graph, step, value)
    if isinstance(step, PiecewiseLinear):
        return _pieces(graph, step, value)
    if kind == "SimpleImputer":
        return _filled(graph, step, value)
    raise ModelNotExportable(f"The step {kind} can't be written as ONNX.", hint="Take the model away by `to_code()`.")


def _scaled(graph: Graph, step: SmoothScaler, value: str) -> str:
    scaled = graph.calculate("Mul", graph.calculate("Sub", value, step.centres_), step.scales_)
    if step.limit:
        square = graph.calculate("Pow", graph.calculate("Div", scaled, step.limit), 2.0)
        scaled = graph.add("Div", scaled, graph.add("Sqrt", graph.calculate("Add", square, 1.0)))
    return _with_flags(graph, [_zero_for_missing(graph, scaled)], value, step.flagged_)


def _pieces(graph: Graph, step: PiecewiseLinear, value: str) -> str:
    places = np.concatenate([np.full(max(len(edges) - 1, 0), at) for at, edges in enumerate(step.edges_)])
    if not len(places):
        return _with_flags(graph, [graph.repeated(np.empty((1, 0)), value)], value, step.flagged_)
    starts = np.concatenate([edges[:-1] for edges in step.edges_])
    widths = np.concatenate([np.diff(edges) for edges in step.edges_])
    share = graph.calculate(
        "Div", graph.calculate("Sub", graph.columns(value, places.astype(np.int64)), starts), widths
    )
    kept = graph.add("Clip", _zero_for_missing(graph, share), graph.constant(0.0), graph.constant(1.0))
    return _with_flags(graph, [kept], value, step.flagged_)


def _filled(graph: Graph, step: Any, value: str) -> str:
    filled = graph.add("Where", graph.add("IsNaN", value), graph.constant(np.nan_to_num(step.statistics_)), value)
    indicator = step.indicator_
    return _with_flags(graph, [filled], value, [] if indicator is None else indicator.features_)


def _zero_for_missing(graph: Graph, value: str) -> str:
    return graph.add("Where", graph.add("IsNaN", value), graph.constant([[0.0]]), value)


def _with_flags(graph: Graph, parts: list[str], value: str, flagged: Any) -> str:
    if len(flagged):
        parts.append(graph.as_double(graph.add("IsNaN", graph.columns(value, np.asarray(flagged, dtype=np.int64)))))
    return graph.side_by_side(parts)
