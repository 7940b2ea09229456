"""Forests of randomized trees."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Any, ClassVar

from sklearn.ensemble import (
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)

from lumina_jupyter.automl.families.base import BaseFamily, parts_of
from lumina_jupyter.automl.families.family import Encoding, Params, Shape
from lumina_jupyter.automl.task import CLASSIFICATION, TaskKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    import optuna

MOST_LEAVES = 1_500_000
"""Of all trees of a forest: about 200 MB."""


TOGETHER = 240
"""Trees that are kept of the forests of all folds together: more change nothing, and deep trees are large."""


class Forest(BaseFamily):
    """Many deep trees. Leaves hold more rows on large tables, so that a forest's size stays bounded."""

    encoding: ClassVar[Encoding] = "ordinal"
    classifier: ClassVar[Any]
    regressor: ClassVar[Any]

    def cost(self, shape: Shape) -> float:
        """Dear on large tables, whose trees are deep."""
        return 1.0 + shape.rows / 20_000

    def suits(self, shape: Shape, kind: TaskKind = "regression") -> bool:
        """Not for millions of rows."""
        return shape.rows * max(shape.features, 1) <= 50_000_000

    def portfolio(self, kind: TaskKind, shape: Shape) -> Iterator[Params]:
        """Many columns a cut, few, then all."""
        if kind in CLASSIFICATION:
            yield {"trees": 200, "column_share": 0.7, "min_leaf": 2}
            yield {"trees": 200, "column_share": 0.0, "min_leaf": 1, "criterion": "entropy"}
            yield {"trees": 200, "column_share": 1.0, "min_leaf": 4, "criterion": "entropy"}
        else:
            yield {"trees": 200, "column_share": 0.5, "min_leaf": 1}
            yield {"trees": 200, "column_share": 1.0, "min_leaf": 2}

    def space(self, trial: optuna.Trial, kind: TaskKind, shape: Shape) -> Params:
        """Around the portfolio."""
        params: dict[str, Any] = {
            "trees": trial.suggest_int("trees", 100, 300, step=100),
            "column_share": trial.suggest_float("column_share", 0.05, 1.0),
            "min_leaf": trial.suggest_int("min_leaf", 1, 30, log=True),
        }
        if kind in CLASSIFICATION:
            params["criterion"] = trial.suggest_categorical("criterion", ["gini", "entropy"])
        return params

    def build(
        self, params: Params, kind: TaskKind, shape: Shape, *, seed: int, threads: int, iterations: int = 0
    ) -> Any:
        """scikit-learn's forest. A `column_share` of 0 is the square root of their number."""
        trees = int(params.get("trees", 200))
        settings: dict[str, Any] = {
            "n_estimators": trees,
            "max_features": params.get("column_share") or "sqrt",
            "min_samples_leaf": max(int(params.get("min_leaf", 1)), ceil(shape.rows * trees / MOST_LEAVES)),
            "random_state": seed,
            "n_jobs": threads,
        }
        if kind in CLASSIFICATION:
            return self.classifier(criterion=params.get("criterion", "gini"), **settings)
        return self.regressor(**settings)

    def thin(self, estimator: Any, models: int) -> int:
        """The first of its trees: they are those of a forest that was trained with so many."""
        (forest,) = parts_of(estimator)
        kept = min(len(forest.estimators_), ceil(TOGETHER / models))
        forest.estimators_ = forest.estimators_[:kept]
        forest.n_estimators = kept
        return kept


class ExtraTrees(Forest):
    """Trees whose cuts are drawn at random."""

    name: ClassVar[str] = "extra_trees"
    title: ClassVar[str] = "Extra trees"
    classifier: ClassVar[Any] = ExtraTreesClassifier
    regressor: ClassVar[Any] = ExtraTreesRegressor


class RandomForest(Forest):
    """Trees of bootstrapped rows."""

    name: ClassVar[str] = "random_forest"
    title: ClassVar[str] = "Random forest"
    classifier: ClassVar[Any] = RandomForestClassifier
    regressor: ClassVar[Any] = RandomForestRegressor

    def cost(self, shape: Shape) -> float:
        """More than extra trees: every cut is searched for."""
        return 1.5 * super().cost(shape)
