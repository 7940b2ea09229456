"""From a table of numbers, categories and texts to the features that a family of models takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OrdinalEncoder

from ..columns import Column, Schema
from ..families.family import Encoding
from ..plain.category_codes import CategoryCodes
from ..plain.column_blocks import ColumnBlocks
from ..plain.level_flags import LevelFlags
from ..plain.piecewise_linear import PiecewiseLinear
from ..plain.smooth_scaler import SmoothScaler
from ..plain.target_means import TargetMeans
from ..plain.text_vectors import TextVectors
from ..task import Task

FEATURE_PARAMS = frozenset({"numbers", "categories"})
"""Parameters of a candidate that say how its features are made; all others are the estimator's."""
MOST_CODES = 254
MOST_ONE_HOT = {"wide": 200, "scaled": 25}
MANY_LEVELS = 12
"""From how many levels on a category gets means of the target beside its codes."""


def feature_params(encoding: Encoding, params: Mapping[str, Any]) -> dict[str, str]:
    """What of a candidate's parameters matters to its features, and what is taken where nothing is said."""
    if encoding == "native":
        return {"categories": params.get("categories", "both")}
    return {"numbers": params.get("numbers", "smooth")} if encoding in ("scaled", "wide") else {}


def category_columns(schema: Schema, params: Mapping[str, Any]) -> list[str]:
    """The categories that come as codes, in the first columns of "native" features."""
    if params.get("categories") == "means":
        return []
    return [column.name for column in _unordered(schema)]


def make_features(encoding: Encoding, params: Mapping[str, Any], task: Task, schema: Schema, seed: int) -> Any:
    """The transformer that follows the table's reader; whatever is neither category nor text is a number there.

    `params` may hold "numbers" ("smooth" or "pieces", for "scaled" and "wide") and "categories" (for "native": "codes",
    "means", or "both", which is codes of all and means of those with many levels).
    """
    makers = {"native": _native, "ordinal": _ordinal, "scaled": _scaled, "wide": _wide}
    parts, numbers = makers[encoding](params, task, schema, seed)
    present = [part for part in parts if part[2]]
    return ColumnBlocks(present, numbers)


def _native(params: Mapping[str, Any], task: Task, schema: Schema, seed: int) -> Any:
    categories = _unordered(schema)
    how = feature_params("native", params)["categories"]
    coded = category_columns(schema, params)
    averaged = {
        "codes": [],
        "means": [column.name for column in categories],
        "both": [column.name for column in categories if column.levels >= MANY_LEVELS],
    }[how]
    parts = [
        ("codes", CategoryCodes(MOST_CODES), coded),
        ("means", _means(task, seed), averaged),
        _ordered(schema, "passthrough"),
        *_texts(schema, seed, dimensions=48),
    ]
    return parts, "passthrough"


def _ordinal(params: Mapping[str, Any], task: Task, schema: Schema, seed: int) -> Any:
    categories = [column.name for column in _unordered(schema)]
    few_classes = len(task.classes) <= 5
    unknown = SimpleImputer(strategy="constant", fill_value=-1.0, keep_empty_features=True)
    parts = [
        ("means", _means(task, seed), categories if few_classes else []),
        ("codes", make_pipeline(CategoryCodes(MOST_CODES), unknown), [] if few_classes else categories),
        _ordered(schema, unknown),
        *_texts(schema, seed, dimensions=32),
    ]
    return parts, SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True)


def _scaled(params: Mapping[str, Any], task: Task, schema: Schema, seed: int) -> Any:
    most = MOST_ONE_HOT["scaled"]
    many = [column.name for column in _unordered(schema) if column.levels > most]
    parts = [
        ("categories", _flags(schema, most, dense=True), [column.name for column in _unordered(schema)]),
        ("means", make_pipeline(_means(task, seed), SmoothScaler()), many),
        _ordered(schema, SmoothScaler()),
        *_texts(schema, seed, dimensions=48, scaled=True),
    ]
    return parts, _scaler(params)


def _wide(params: Mapping[str, Any], task: Task, schema: Schema, seed: int) -> Any:
    parts = [
        (
            "categories",
            _flags(schema, MOST_ONE_HOT["wide"], dense=False),
            [column.name for column in _unordered(schema)],
        ),
        _ordered(schema, SmoothScaler()),
        *_texts(schema, seed, dimensions=0),
    ]
    return parts, _scaler(params)


def _unordered(schema: Schema) -> list[Column]:
    return [column for column in schema.columns if column.kind == "category" and not column.ordered]


def _scaler(params: Mapping[str, Any]) -> Any:
    return PiecewiseLinear() if params.get("numbers") == "pieces" else SmoothScaler()


def _means(task: Task, seed: int) -> TargetMeans:
    return TargetMeans(classes=len(task.classes), seed=seed)


def _flags(schema: Schema, most: int, *, dense: bool) -> LevelFlags:
    return LevelFlags(rarest=max(2, min(10, schema.rows // 200)), most=most, dense=dense)


def _ordered(schema: Schema, after: Any) -> tuple[str, Any, list[str]]:
    """Categories whose order is known, as their positions."""
    columns = [column for column in schema.columns if column.kind == "category" and column.ordered]
    nan = float("nan")
    positions = OrdinalEncoder(
        categories=[list(column.ordered) for column in columns],
        handle_unknown="use_encoded_value",
        unknown_value=nan,
        encoded_missing_value=nan,
    )
    transformer = positions if after == "passthrough" else make_pipeline(positions, after)
    return "ordered", transformer, [column.name for column in columns]


def _texts(schema: Schema, seed: int, *, dimensions: int, scaled: bool = False) -> list[tuple[str, Any, list[str]]]:
    parts = []
    for position, column in enumerate(each for each in schema.columns if each.kind == "text"):
        vectors: Any = TextVectors(dimensions, seed=seed)
        transformer = make_pipeline(vectors, SmoothScaler()) if scaled else vectors
        parts.append((f"text {position}", transformer, [column.name]))
    return parts
