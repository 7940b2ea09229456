"""Fitted models as ONNX: probabilities a column a class, or numbers a column a quantile."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from lumina_jupyter.automl.export.onnx.boosting import forest_means, hist_sums, lightgbm_sums, xgboost_sums
from lumina_jupyter.automl.export.onnx.deep_network import deep_network
from lumina_jupyter.automl.export.onnx.graph import Graph
from lumina_jupyter.errors import ModelNotExportable

Writer = Callable[[Graph, Any, str], str]
EXPONENT_MOST = 700.0


def write_model(graph: Graph, model: Any, features: str) -> str:
    """What a fitted model says of features.

    Returns:
        Probabilities, in the order of the model's own `classes_`; or numbers, one column or one a quantile.

    Raises:
        ModelNotExportable: when there is no way to write this kind of model.
    """
    kind = type(model).__name__
    writer = WRITERS.get(kind)
    if writer is None:
        raise ModelNotExportable(
            f"A model of the kind {kind} can't be written as ONNX.",
            hint="Take one of `alternatives_` (linear models, trees and networks can), or `to_code()`.",
        )
    return writer(graph, model, features)


def _probabilities(graph: Graph, sums: str, classes: int) -> str:
    if classes > 2:
        return graph.add("Softmax", sums, axis=1)
    second = graph.add("Sigmoid", sums)
    return graph.side_by_side([graph.add("Sub", graph.constant([[1.0]]), second), second])


def _boosted(sums: Writer) -> Writer:
    def write(graph: Graph, model: Any, features: str) -> str:
        made = sums(graph, model, features)
        classes = getattr(model, "classes_", None)
        return made if classes is None else _probabilities(graph, made, len(classes))

    return write


def _linear(graph: Graph, model: Any, features: str) -> str:
    weights = np.atleast_2d(model.coef_).T
    sums = graph.calculate("Add", graph.calculate("MatMul", features, weights), np.atleast_2d(model.intercept_))
    classes = getattr(model, "classes_", None)
    return sums if classes is None else _probabilities(graph, sums, len(classes))


def _constant(graph: Graph, model: Any, features: str) -> str:
    classes = getattr(model, "class_prior_", None)
    return graph.repeated(model.constant_ if classes is None else classes, features)


def _networks(graph: Graph, model: Any, features: str) -> str:
    """The mean of networks; they compute in single precision."""
    value = graph.as_single(features)
    said = [graph.as_double(_network(graph, each, value)) for each in model.networks_]
    mean = graph.calculate("Div", graph.add("Sum", *said), float(len(said)))
    if not model.classifies:
        return mean
    total = graph.add("ReduceSum", mean, graph.constant([1], np.int64), keepdims=1)
    return graph.add("Div", mean, total)


def _network(graph: Graph, model: Any, value: str) -> str:
    layers = list(zip(model.coefs_, model.intercepts_, strict=True))
    for place, (weights, shift) in enumerate(layers):
        kind = np.float32
        value = graph.add("MatMul", value, graph.constant(weights, kind))
        value = graph.add("Add", value, graph.constant(np.atleast_2d(shift), kind))
        if place < len(layers) - 1:
            value = graph.add("Relu", value)
    if model.out_activation_ == "softmax":
        return graph.add("Softmax", value, axis=1)
    if model.out_activation_ == "logistic":
        second = graph.add("Sigmoid", value)
        return graph.side_by_side([graph.add("Sub", graph.constant([[1.0]], np.float32), second), second])
    return value


def _scaled_target(graph: Graph, model: Any, features: str) -> str:
    inner = write_model(graph, model.estimator_, features)
    value = graph.calculate("Add", graph.calculate("Mul", inner, model.scale_), model.centre_)
    if model.logarithm_:
        value = graph.add("Exp", graph.add("Min", value, graph.constant([[EXPONENT_MOST]])))
    return graph.add("Clip", value, graph.constant(model.low_), graph.constant(model.high_))


def _query_scores(graph: Graph, model: Any, features: str) -> str:
    inner = write_model(graph, model.estimator_, features)
    return graph.calculate("Add", graph.calculate("Mul", inner, model.scale_), model.shift_)


def _quantiles(graph: Graph, model: Any, features: str) -> str:
    every = graph.side_by_side([write_model(graph, each, features) for each in model.models_])
    count = graph.constant([len(model.models_)], np.int64)
    return graph.add("TopK", every, count, axis=1, largest=0, sorted=1)


def _within(graph: Graph, model: Any, features: str) -> str:
    return write_model(graph, model.estimator_, features)


def _spread(graph: Graph, model: Any, features: str) -> str:
    """A pipeline within a model: a kernel machine and what comes before it."""
    (_, spread), (_, machine) = model.steps
    return write_model(graph, machine, graph.calculate("Div", features, spread.spread_ * spread.reach))


def _support_vectors(graph: Graph, model: Any, features: str) -> str:
    known = model.support_vectors_
    near = graph.calculate("MatMul", features, -2.0 * known.T)
    own = graph.add("ReduceSum", graph.add("Mul", features, features), graph.constant([1], np.int64), keepdims=1)
    apart = graph.add("Add", graph.calculate("Add", near, (known**2).sum(axis=1)[None, :]), own)
    kernel = graph.add("Exp", graph.calculate("Mul", apart, -float(model._gamma)))
    sums = graph.calculate("MatMul", kernel, np.asarray(model.dual_coef_).T)
    return graph.calculate("Add", sums, np.atleast_2d(model.intercept_))


WRITERS: Mapping[str, Writer] = {
    "LGBMClassifier": _boosted(lightgbm_sums),
    "LGBMRegressor": _boosted(lightgbm_sums),
    "LGBMRanker": _boosted(lightgbm_sums),
    "XGBClassifier": _boosted(xgboost_sums),
    "XGBRegressor": _boosted(xgboost_sums),
    "XGBRanker": _boosted(xgboost_sums),
    "HistGradientBoostingClassifier": _boosted(hist_sums),
    "HistGradientBoostingRegressor": _boosted(hist_sums),
    "RandomForestClassifier": forest_means,
    "RandomForestRegressor": forest_means,
    "ExtraTreesClassifier": forest_means,
    "ExtraTreesRegressor": forest_means,
    "LogisticRegression": _linear,
    "Ridge": _linear,
    "ElasticNet": _linear,
    "HuberRegressor": _linear,
    "QuantileRegressor": _linear,
    "DummyClassifier": _constant,
    "DummyRegressor": _constant,
    "NetworkAverage": _networks,
    "DeepNetwork": deep_network,
    "ScaledTarget": _scaled_target,
    "QuantileModels": _quantiles,
    "QueryScores": _query_scores,
    "WithCodes": _within,
    "Pipeline": _spread,
    "SVR": _support_vectors,
}
