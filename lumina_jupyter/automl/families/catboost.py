"""CatBoost: gradient boosting of symmetric trees, which knows categories best. It is used where it is installed."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, ClassVar

from lumina_jupyter.automl.families.base import POINT_TASKS, BaseFamily
from lumina_jupyter.automl.families.early_stopping import fit_stopping, library_of, patience
from lumina_jupyter.automl.families.family import Params, Shape
from lumina_jupyter.automl.plain.with_codes import WithCodes
from lumina_jupyter.automl.task import CLASSIFICATION, TaskKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    import optuna

MOST_TREES = 1500
MOST_ORDERED = 20_000
"""Up to how many rows each is predicted by trees of those before it, which takes several times as long."""


class CatBoost(BaseFamily):
    """Writes nothing to the disk."""

    name: ClassVar[str] = "catboost"
    title: ClassVar[str] = "CatBoost"
    tasks: ClassVar[frozenset[TaskKind]] = POINT_TASKS
    stops_early: ClassVar[bool] = True

    def missing(self) -> str:
        """Whether the library is installed."""
        return "" if find_spec("catboost") else "CatBoost is not installed: pip install 'lumina-jupyter[catboost]'."

    def cost(self, shape: Shape) -> float:
        """Dear, above all with categories."""
        return 4.0 + (4.0 if shape.categories else 0.0)

    def portfolio(self, kind: TaskKind, shape: Shape) -> Iterator[Params]:
        """The default; deep trees; shallow ones; the slow way to learn from categories of few rows."""
        yield {"learning_rate": 0.06, "depth": 6}
        yield {"learning_rate": 0.06, "depth": 8, "l2": 5.0, "column_share": 0.7}
        yield {"learning_rate": 0.04, "depth": 4, "l2": 1.0}
        if _may_be_ordered(shape):
            yield {"learning_rate": 0.06, "depth": 5, "ordered": True}

    def space(self, trial: optuna.Trial, kind: TaskKind, shape: Shape) -> Params:
        """Around the portfolio."""
        ordered = {"ordered": trial.suggest_categorical("ordered", [False, True])} if _may_be_ordered(shape) else {}
        return {
            **ordered,
            "learning_rate": trial.suggest_float("learning_rate", 0.02, 0.2, log=True),
            "depth": trial.suggest_int("depth", 3, 9),
            "l2": trial.suggest_float("l2", 0.5, 30.0, log=True),
            "column_share": trial.suggest_float("column_share", 0.4, 1.0),
            "noise": trial.suggest_float("noise", 0.0, 2.0),
        }

    def build(
        self, params: Params, kind: TaskKind, shape: Shape, *, seed: int, threads: int, iterations: int = 0
    ) -> Any:
        """CatBoost's classifier or regressor."""
        import catboost

        settings: dict[str, Any] = {
            "iterations": iterations or MOST_TREES,
            "learning_rate": params.get("learning_rate", 0.06),
            "depth": params.get("depth", 6),
            "l2_leaf_reg": params.get("l2", 3.0),
            "rsm": params.get("column_share", 1.0),
            "random_strength": params.get("noise", 1.0),
            # These it would choose by the number of trees: as many as early stopping kept would be others than the first ones.
            "boosting_type": "Ordered" if params.get("ordered") else "Plain",
            "max_ctr_complexity": 1,
            "allow_writing_files": False,
            "random_seed": seed,
            "thread_count": threads,
            "verbose": False,
        }
        if not iterations:
            settings |= {"od_type": "Iter", "od_wait": patience(shape.rows)}
        if kind in CLASSIFICATION:
            model = catboost.CatBoostClassifier(**settings)
        else:
            model = catboost.CatBoostRegressor(**settings)
        return WithCodes(model, shape.categories)

    def fit_one(
        self, estimator: Any, features: Any, target: Any, *, weights: Any, held_out: Any, seconds: float
    ) -> None:
        """Stop early by the rows held out, or by a tenth of the others where there are none."""
        stops = "od_wait" in library_of(estimator).get_params()
        fit_stopping(estimator, features, target, weights=weights, held_out=held_out, stops=stops)

    def iterations_of(self, estimator: Any) -> int:
        """How many trees it predicts with."""
        return int(library_of(estimator, fitted=True).tree_count_)


def _may_be_ordered(shape: Shape) -> bool:
    return shape.categories > 0 and shape.rows <= MOST_ORDERED
