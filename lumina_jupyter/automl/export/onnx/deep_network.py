"""Deep networks as ONNX, in double precision, as they predict themselves."""

from __future__ import annotations

from typing import Any

import numpy as np

from lumina_jupyter.automl.export.onnx.graph import Graph


def deep_network(graph: Graph, model: Any, features: str) -> str:
    """The mean of what the members of a `DeepNetwork` say."""
    weights = model.weights_
    numbers, curves = len(model.numbers_), weights["slopes"].shape[1]
    seen, places = [], []
    if numbers:
        low, steep = (each[:numbers] for each in model.curves_)
        deep = graph.add("Unsqueeze", graph.columns(features, model.numbers_), graph.constant([2], np.int64))
        filled = graph.calculate("Mul", graph.calculate("Sub", deep, low), steep)
        filled = graph.add("Clip", filled, graph.constant(0.0), graph.constant(1.0))
        curved = graph.add("Einsum", filled, graph.constant(weights["pieces"][:numbers]), equation="rnp,npc->rnc")
        lines = graph.calculate(
            "Add", graph.calculate("Mul", deep, weights["slopes"][:numbers]), weights["shifts"][:numbers]
        )
        flat = graph.constant([-1, numbers * curves], np.int64)
        seen.append(graph.add("Reshape", graph.add("Add", curved, lines), flat))
        places.append(np.arange(numbers * curves))
    if len(model.flags_):
        seen.append(graph.columns(features, model.flags_))
        places.append(model.widths_[0] * curves + np.arange(len(model.flags_)))
    # What the network was filled up with is left out.
    real = np.concatenate(places)
    hidden = graph.add("Unsqueeze", graph.side_by_side(seen), graph.constant([1], np.int64))
    hidden = graph.calculate("Mul", hidden, weights["scales"][:, real])
    for layer in range(model.layers):
        dense = weights[f"dense {layer}"]
        hidden = graph.calculate("MatMul", hidden, dense if layer else dense[real])
        hidden = graph.add("Relu", graph.calculate("Add", hidden, weights[f"bias {layer}"]))
    said = graph.add("Einsum", hidden, graph.constant(weights["heads"]), equation="rmh,mho->rmo")
    said = graph.calculate("Add", said, weights["offsets"])
    if model.classifies:
        said = graph.add("Softmax", said, axis=2)
    mean = graph.add("ReduceMean", said, graph.constant([1], np.int64), keepdims=0)
    return (
        mean if model.classifies else graph.calculate("Add", graph.calculate("Mul", mean, model.scale_), model.centre_)
    )
