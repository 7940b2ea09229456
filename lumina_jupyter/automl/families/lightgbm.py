"""LightGBM: gradient boosting whose trees grow leaf by leaf."""

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
    from collections.abc import Callable, Iterator

    import optuna

MOST_TREES = 2000


class LightGBM(BaseFamily):
    """Deterministic, whatever number of threads it gets."""

    name: ClassVar[str] = "lightgbm"
    title: ClassVar[str] = "LightGBM"
    tasks: ClassVar[frozenset[TaskKind]] = ALL_TASKS
    stops_early: ClassVar[bool] = True
    quantile: ClassVar[str] = "alpha"

    def missing(self) -> str:
        """Whether the library is installed."""
        return "" if find_spec("lightgbm") else "LightGBM is not installed: pip install lightgbm."

    def cost(self, shape: Shape) -> float:
        """A little more than the yardstick: it learns more slowly."""
        return 1.2

    def portfolio(self, kind: TaskKind, shape: Shape) -> Iterator[Params]:
        """Random cuts; the library's default; small and regularized trees; large ones. Rankings list by list first."""
        if kind == "ranking":
            yield {"leaves": 7, "min_leaf": 15, "column_share": 0.8, "l2": 1.0, "listwise": True, "trees": 100}
            yield {"leaves": 31, "min_leaf": 20, "column_share": 0.8, "l2": 1.0, "listwise": True, "trees": 200}
        yield {"learning_rate": 0.05, "leaves": 31, "min_leaf": 10, "random_cuts": True, "column_share": 0.8}
        yield {
            "learning_rate": 0.05,
            "leaves": 31,
            "min_leaf": 20,
            **({"categories": "codes"} if shape.categories else {}),
        }
        yield {"learning_rate": 0.03, "leaves": 12, "min_leaf": 15, "column_share": 0.5, "row_share": 0.8, "l2": 3.0}
        yield {"learning_rate": 0.03, "leaves": 128, "min_leaf": 5, "column_share": 0.8, "row_share": 0.8, "l2": 1.0}
        if shape.categories:
            yield {"learning_rate": 0.05, "leaves": 24, "min_leaf": 15, "column_share": 0.7, "categories": "means"}
        yield {"learning_rate": 0.03, "leaves": 63, "min_leaf": 40, "column_share": 0.4, "row_share": 0.7, "l2": 10.0}

    def space(self, trial: optuna.Trial, kind: TaskKind, shape: Shape) -> Params:
        """Around the portfolio."""
        return {
            **ask_categories(trial, shape),
            **ask_listwise(trial, kind),
            "learning_rate": trial.suggest_float("learning_rate", 0.01, 0.15, log=True),
            "leaves": trial.suggest_int("leaves", 4, 256, log=True),
            "min_leaf": trial.suggest_int("min_leaf", 2, 100, log=True),
            "column_share": trial.suggest_float("column_share", 0.3, 1.0),
            "row_share": trial.suggest_float("row_share", 0.5, 1.0),
            "l1": trial.suggest_float("l1", 1e-3, 10.0, log=True),
            "l2": trial.suggest_float("l2", 1e-3, 30.0, log=True),
            "random_cuts": trial.suggest_categorical("random_cuts", [False, True]),
            "category_smooth": trial.suggest_float("category_smooth", 1.0, 100.0, log=True),
        }

    def build(
        self, params: Params, kind: TaskKind, shape: Shape, *, seed: int, threads: int, iterations: int = 0
    ) -> Any:
        """LightGBM's classifier, regressor or ranker."""
        import lightgbm

        settings: dict[str, Any] = {
            "n_estimators": iterations or params.get("trees", MOST_TREES),
            "learning_rate": params.get("learning_rate", 0.05),
            "num_leaves": params.get("leaves", 31),
            "min_child_samples": min(params.get("min_leaf", 20), max(1, shape.rows // 20)),
            "colsample_bytree": params.get("column_share", 1.0),
            "subsample": params.get("row_share", 1.0),
            "subsample_freq": int(params.get("row_share", 1.0) < 1.0),
            "reg_alpha": params.get("l1", 0.0),
            "reg_lambda": params.get("l2", 0.0),
            "extra_trees": params.get("random_cuts", False),
            "cat_smooth": params.get("category_smooth", 10.0),
            "deterministic": True,
            "force_row_wise": True,
            "random_state": seed,
            "n_jobs": threads,
            "verbose": -1,
        }
        if not iterations and "trees" not in params:
            settings["early_stopping_round"] = patience(shape.rows)
        if kind in CLASSIFICATION:
            model = lightgbm.LGBMClassifier(**settings)
        elif kind == "quantile":
            model = lightgbm.LGBMRegressor(objective="quantile", alpha=0.5, **settings)
        elif params.get("listwise"):
            model = lightgbm.LGBMRanker(objective="lambdarank", **settings)
        else:
            model = lightgbm.LGBMRegressor(**settings)
        return WithCodes(model, shape.categories) if shape.categories else model

    def fit_one(
        self, estimator: Any, features: Any, target: Any, *, weights: Any, held_out: Any, seconds: float
    ) -> None:
        """Stop early by the rows held out, or by a tenth of the others where there are none."""
        given: dict[str, Any] = {"callbacks": [_until(time.monotonic() + seconds)]} if seconds else {}
        stops = bool(library_of(estimator).get_params().get("early_stopping_round"))
        fit_stopping(estimator, features, target, weights=weights, held_out=held_out, stops=stops, **given)

    def iterations_of(self, estimator: Any) -> int:
        """How many trees it predicts with."""
        library = library_of(estimator, fitted=True)
        return int(library.best_iteration_ or library.booster_.current_iteration())


def _until(deadline: float) -> Callable[[Any], None]:
    """A callback that ends the training when its time is over."""
    from lightgbm.callback import EarlyStopException

    def check(env: Any) -> None:
        if time.monotonic() > deadline:
            raise EarlyStopException(env.iteration, env.evaluation_result_list)

    return check
