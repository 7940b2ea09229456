"""LightGBM, XGBoost, scikit-learn's boosting and forests as trees of ONNX."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from lumina_jupyter.automl.export.onnx.graph import Graph
from lumina_jupyter.automl.export.onnx.trees import AT_MOST, BELOW, MEMBER, Trees
from lumina_jupyter.errors import ModelNotExportable

Way = tuple[int, int]


def lightgbm_sums(graph: Graph, model: Any, features: str) -> str:
    """What the trees of LightGBM sum up to."""
    dumped = model.booster_.dump_model()
    targets = int(dumped["num_tree_per_iteration"])
    trees = Trees(targets)

    def written(node: dict[str, Any], target: int) -> Way:
        if "leaf_value" in node:
            return trees.leaf(target, float(node["leaf_value"]))
        if node["decision_type"] == "==":
            members = [float(each) for each in node["threshold"].split("||")]
            made = trees.node(node["split_feature"], MEMBER, 0.0, members, missing_is_yes=False)
        else:
            cut = float(node["threshold"])
            # Where nothing was missing, what is missing counts as 0.
            missing = node["default_left"] if node["missing_type"] == "NaN" else cut >= 0
            made = trees.node(node["split_feature"], AT_MOST, cut, (), missing_is_yes=bool(missing))
        return trees.lead(made, written(node["left_child"], target), written(node["right_child"], target))

    for number, tree in enumerate(dumped["tree_info"]):
        trees.root(written(tree["tree_structure"], number % targets), number % targets)
    return trees.write(graph, features)


def xgboost_sums(graph: Graph, model: Any, features: str) -> str:
    """What the trees of XGBoost sum up to; it compares in single precision."""
    booster = model.get_booster()
    kept = getattr(model, "best_iteration", None) if model.get_params().get("early_stopping_rounds") else None
    learner = json.loads((booster if kept is None else booster[: kept + 1]).save_raw("json"))["learner"]
    of_trees = learner["gradient_booster"]["model"]
    targets = max(1, int(learner["learner_model_param"]["num_class"]))
    trees = Trees(targets)
    for tree, target in zip(of_trees["trees"], of_trees["tree_info"], strict=True):
        trees.root(_xgboost_tree(trees, tree, int(target)), int(target))
    sums = trees.write(graph, graph.as_double(graph.as_single(features)))
    return graph.calculate("Add", sums, _base(learner))


def _base(learner: dict[str, Any]) -> Any:
    text = learner["learner_model_param"]["base_score"].strip("[]")
    base = np.asarray([float(each) for each in text.split(",")])
    if learner["objective"]["name"] == "binary:logistic":
        return np.log(base / (1 - base))
    return base


def _xgboost_tree(trees: Trees, tree: dict[str, Any], target: int) -> Way:
    begins = dict(zip(tree["categories_nodes"], tree["categories_segments"], strict=True))
    sizes = dict(zip(tree["categories_nodes"], tree["categories_sizes"], strict=True))

    def written(at: int) -> Way:
        left, right = tree["left_children"][at], tree["right_children"][at]
        cut = float(np.float32(tree["split_conditions"][at]))
        if left == -1:
            return trees.leaf(target, cut)
        feature, missing_left = int(tree["split_indices"][at]), bool(tree["default_left"][at])
        if not tree["split_type"][at]:
            made = trees.node(feature, BELOW, cut, (), missing_is_yes=missing_left)
            return trees.lead(made, written(left), written(right))
        chosen = [float(each) for each in tree["categories"][begins[at] : begins[at] + sizes[at]]]
        made = trees.node(feature, MEMBER, 0.0, chosen, missing_is_yes=not missing_left)
        return trees.lead(made, written(right), written(left))

    return written(0)


def hist_sums(graph: Graph, model: Any, features: str) -> str:
    """What the trees of scikit-learn's histogram gradient boosting sum up to."""
    _need_plain_codes(model)
    stages = model._predictors
    base = np.asarray(model._baseline_prediction, dtype=np.float64).reshape(1, -1)
    trees = Trees(base.shape[1])
    for stage in stages:
        for target, predictor in enumerate(stage):
            trees.root(_hist_tree(trees, predictor, target), target)
    return graph.calculate("Add", trees.write(graph, features), base)


def _need_plain_codes(model: Any) -> None:
    """Its categories are numbered from 0 without gaps, as codes are."""
    preparing = getattr(model, "_preprocessor", None)
    if preparing is None:
        return
    for known in preparing.named_transformers_["encoder"].categories_:
        there = known[~np.isnan(known)]
        if not np.array_equal(there, np.arange(len(there))):
            raise ModelNotExportable("Codes of categories have gaps.", hint="Take the model away by `to_code()`.")


def _hist_tree(trees: Trees, predictor: Any, target: int) -> Way:
    nodes, bits = predictor.nodes, predictor.raw_left_cat_bitsets

    def written(at: int) -> Way:
        node = nodes[at]
        if node["is_leaf"]:
            return trees.leaf(target, float(node["value"]))
        feature, missing_left = int(node["feature_idx"]), bool(node["missing_go_to_left"])
        if node["is_categorical"]:
            chosen = [
                float(32 * word + bit)
                for word, set_ in enumerate(bits[node["bitset_idx"]])
                for bit in range(32)
                if int(set_) >> bit & 1
            ]
            made = trees.node(feature, MEMBER, 0.0, chosen, missing_is_yes=missing_left)
        else:
            made = trees.node(feature, AT_MOST, float(node["num_threshold"]), (), missing_is_yes=missing_left)
        return trees.lead(made, written(int(node["left"])), written(int(node["right"])))

    return written(0)


def forest_means(graph: Graph, model: Any, features: str) -> str:
    """The mean of the trees of scikit-learn's forests, which compare in single precision."""
    classes = getattr(model, "classes_", None)
    targets = 1 if classes is None else len(classes)
    trees = Trees(targets)
    for each in model.estimators_:
        for target in range(targets):
            trees.root(_forest_tree(trees, each.tree_, target, len(model.estimators_)), target)
    return trees.write(graph, graph.as_double(graph.as_single(features)))


def _forest_tree(trees: Trees, tree: Any, target: int, count: int) -> Way:
    values = tree.value[:, 0, :]
    shares = values[:, target] / (values.sum(axis=1) if values.shape[1] > 1 else 1.0) / count

    def written(at: int) -> Way:
        left, right = tree.children_left[at], tree.children_right[at]
        if left == -1:
            return trees.leaf(target, float(shares[at]))
        missing_left = bool(tree.missing_go_to_left[at])
        made = trees.node(int(tree.feature[at]), AT_MOST, float(tree.threshold[at]), (), missing_is_yes=missing_left)
        return trees.lead(made, written(left), written(right))

    return written(0)
