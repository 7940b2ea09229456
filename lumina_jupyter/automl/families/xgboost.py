"""XGBoost: gradient boosting whose trees grow level by level."""

from __future__ import annotations

import time
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, ClassVar

from lumina_jupyter.automl.families.base import ALL_TASKS, BaseFamily, ask_categories, ask_listwise
from lumina_jupyter.automl.families.early_stopping import fit_stopping, library_of, patience
from lumina_jupyter.automl.families.family import Params, Shape
from lumina_jupyter.automl.plain.with_codes import WithCodes
from lumina_jupyter.automl.task import CLASSIFICATION, TaskKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    import optuna

MOST_TREES = 2000


class XGBoost(BaseFamily):
    """Histograms on the processor."""

    name: ClassVar[str] = "xgboost"
    title: ClassVar[str] = "XGBoost"
    tasks: ClassVar[frozenset[TaskKind]] = ALL_TASKS
    stops_early: ClassVar[bool] = True
    quantile: ClassVar[str] = "quantile_alpha"

    def missing(self) -> str:
        """Whether the library is installed."""
        return (
            "" if find_spec("xgboost") else "XGBoost is not installed: pip install xgboost-cpu, which is the small one."
        )

    def cost(self, shape: Shape) -> float:
        """Somewhat more than LightGBM."""
        return 1.8

    def portfolio(self, kind: TaskKind, shape: Shape) -> Iterator[Params]:
        """Shallow trees of few columns; the usual ones; deep and regularized ones. Rankings list by list first."""
        if kind == "ranking":
            yield {"learning_rate": 0.08, "depth": 3, "column_share": 0.8, "listwise": True, "trees": 100}
        yield {"learning_rate": 0.06, "depth": 4, "min_weight": 2.0, "column_share": 0.5, "row_share": 0.8, "l2": 2.0}
        yield {"learning_rate": 0.08, "depth": 6, "min_weight": 1.0, "column_share": 0.9}
        if shape.categories:
            yield {"learning_rate": 0.06, "depth": 5, "min_weight": 2.0, "column_share": 0.7, "categories": "means"}
        yield {"learning_rate": 0.03, "depth": 9, "min_weight": 4.0, "column_share": 0.5, "row_share": 0.8, "l2": 5.0}

    def space(self, trial: optuna.Trial, kind: TaskKind, shape: Shape) -> Params:
        """Around the portfolio."""
        return {
            **ask_categories(trial, shape),
            **ask_listwise(trial, kind),
            "learning_rate": trial.suggest_float("learning_rate", 0.01, 0.2, log=True),
            "depth": trial.suggest_int("depth", 2, 10),
            "min_weight": trial.suggest_float("min_weight", 0.5, 50.0, log=True),
            "column_share": trial.suggest_float("column_share", 0.3, 1.0),
            "row_share": trial.suggest_float("row_share", 0.5, 1.0),
            "l1": trial.suggest_float("l1", 1e-3, 10.0, log=True),
            "l2": trial.suggest_float("l2", 0.1, 30.0, log=True),
        }

    def build(
        self, params: Params, kind: TaskKind, shape: Shape, *, seed: int, threads: int, iterations: int = 0
    ) -> Any:
        """XGBoost's classifier, regressor or ranker."""
        import xgboost

        settings: dict[str, Any] = {
            "n_estimators": iterations or params.get("trees", MOST_TREES),
            "learning_rate": params.get("learning_rate", 0.08),
            "max_depth": params.get("depth", 6),
            "min_child_weight": params.get("min_weight", 1.0),
            "colsample_bytree": params.get("column_share", 1.0),
            "subsample": params.get("row_share", 1.0),
            "reg_alpha": params.get("l1", 0.0),
            "reg_lambda": params.get("l2", 1.0),
            "tree_method": "hist",
            "enable_categorical": shape.categories > 0,
            "random_state": seed,
            "n_jobs": threads,
            "verbosity": 0,
        }
        if not iterations and "trees" not in params:
            settings["early_stopping_rounds"] = patience(shape.rows)
        if kind in CLASSIFICATION:
            model = xgboost.XGBClassifier(**settings)
        elif kind == "quantile":
            model = xgboost.XGBRegressor(objective="reg:quantileerror", quantile_alpha=0.5, **settings)
        elif params.get("listwise"):
            model = xgboost.XGBRanker(objective="rank:ndcg", **settings)
        else:
            model = xgboost.XGBRegressor(**settings)
        return WithCodes(model, shape.categories) if shape.categories or kind == "multiclass" else model

    def fit_one(
        self, estimator: Any, features: Any, target: Any, *, weights: Any, held_out: Any, seconds: float
    ) -> None:
        """Stop early by the rows held out, or by a tenth of the others where there are none."""
        library = library_of(estimator)
        stops = bool(library.early_stopping_rounds)
        if seconds:
            library.set_params(callbacks=[_until(time.monotonic() + seconds)])
        fit_stopping(estimator, features, target, weights=weights, held_out=held_out, stops=stops, verbose=False)
        for each in {id(each): each for each in (library, library_of(estimator, fitted=True))}.values():
            each.set_params(callbacks=None)

    def iterations_of(self, estimator: Any) -> int:
        """How many trees it predicts with."""
        booster = library_of(estimator, fitted=True).get_booster()
        best = booster.attr("best_iteration")
        return int(booster.num_boosted_rounds()) if best is None else int(best) + 1


def _until(deadline: float) -> Any:
    """A callback that ends the training when its time is over."""
    from xgboost.callback import TrainingCallback

    class Until(TrainingCallback):
        def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
            return time.monotonic() > deadline

        def __deepcopy__(self, memo: Any) -> Any:
            return self

    return Until()
