"""Histogram gradient boosting of scikit-learn: the yardstick, and often good enough."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

from lumina_jupyter.automl.families.base import ALL_TASKS, BaseFamily, ask_categories
from lumina_jupyter.automl.families.family import Params, Shape
from lumina_jupyter.automl.task import CLASSIFICATION, TaskKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    import optuna

MOST_TREES = 1000


class HistGradientBoosting(BaseFamily):
    """Its first configuration is scikit-learn's default: 100 trees, which nothing stops early.

    Its number of threads is that of OpenMP in the process: the library has no parameter for it.
    """

    name: ClassVar[str] = "hist_gradient_boosting"
    title: ClassVar[str] = "Histogram gradient boosting"
    tasks: ClassVar[frozenset[TaskKind]] = ALL_TASKS
    stops_early: ClassVar[bool] = True
    quantile: ClassVar[str] = "quantile"

    def portfolio(self, kind: TaskKind, shape: Shape) -> Iterator[Params]:
        """The default, then small trees that are stopped early, then larger ones."""
        yield {"categories": "codes"}
        yield {"learning_rate": 0.04, "leaves": 12, "min_leaf": 12, "l2": 2.0, "column_share": 0.5}
        yield {"learning_rate": 0.05, "leaves": 31, "min_leaf": 20}
        yield {"learning_rate": 0.03, "leaves": 96, "min_leaf": 40, "l2": 0.5, "column_share": 0.7}

    def space(self, trial: optuna.Trial, kind: TaskKind, shape: Shape) -> Params:
        """Around the portfolio."""
        return {
            **ask_categories(trial, shape),
            "learning_rate": trial.suggest_float("learning_rate", 0.01, 0.2, log=True),
            "leaves": trial.suggest_int("leaves", 4, 128, log=True),
            "min_leaf": trial.suggest_int("min_leaf", 2, 100, log=True),
            "l2": trial.suggest_float("l2", 1e-3, 30.0, log=True),
            "column_share": trial.suggest_float("column_share", 0.3, 1.0),
        }

    def build(
        self, params: Params, kind: TaskKind, shape: Shape, *, seed: int, threads: int, iterations: int = 0
    ) -> Any:
        """scikit-learn's classifier or regressor; early stopping is on wherever a learning rate was chosen."""
        stops = "learning_rate" in params and not iterations
        settings: dict[str, Any] = {
            "learning_rate": params.get("learning_rate", 0.1),
            "max_iter": iterations or (MOST_TREES if stops else 100),
            "max_leaf_nodes": params.get("leaves", 31),
            "min_samples_leaf": params.get("min_leaf", 20),
            "l2_regularization": params.get("l2", 0.0),
            "max_features": params.get("column_share", 1.0),
            "categorical_features": list(range(shape.categories)) or None,
            "early_stopping": stops,
            "n_iter_no_change": 30,
            "random_state": seed,
        }
        if kind in CLASSIFICATION:
            return HistGradientBoostingClassifier(**settings)
        if kind == "quantile":
            return HistGradientBoostingRegressor(loss="quantile", quantile=0.5, **settings)
        return HistGradientBoostingRegressor(**settings)

    def fit_one(
        self, estimator: Any, features: Any, target: Any, *, weights: Any, held_out: Any, seconds: float
    ) -> None:
        """Stop early by the rows held out, or by a tenth of the others where there are none."""
        given = {} if weights is None else {"sample_weight": weights}
        if estimator.early_stopping and held_out is not None:
            given |= {"X_val": held_out[0], "y_val": held_out[1]}
        if isinstance(estimator, HistGradientBoostingRegressor):
            # The library's tolerance is absolute: a target of small numbers would end at the first tree.
            estimator.set_params(tol=1e-7 * min(1.0, float(np.var(target))))
        estimator.fit(features, target, **given)
        _share_empty(estimator)

    def iterations_of(self, estimator: Any) -> int:
        """How many trees it has."""
        return int(estimator.n_iter_)


def _share_empty(estimator: Any) -> None:
    """Let trees have empty arrays in common: one of many classes has ten thousands, most of whose memory these are.

    A tree's sets of categories by bin are for its training alone.
    """
    empty = np.empty((0, 8), dtype=np.uint32)
    for trees in estimator._predictors:
        for tree in trees:
            tree.binned_left_cat_bitsets = empty
            if not tree.raw_left_cat_bitsets.size:
                tree.raw_left_cat_bitsets = empty
