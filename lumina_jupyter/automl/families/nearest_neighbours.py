"""Nearest neighbours: rows like this one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor

from lumina_jupyter.automl.families.base import BaseFamily
from lumina_jupyter.automl.families.family import Encoding, Params, Shape
from lumina_jupyter.automl.task import CLASSIFICATION, TaskKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    import optuna


class NearestNeighbours(BaseFamily):
    """Alone it seldom wins; it errs elsewhere than trees do, which helps a blend."""

    name: ClassVar[str] = "nearest_neighbours"
    title: ClassVar[str] = "Nearest neighbours"
    encoding: ClassVar[Encoding] = "scaled"

    def suits(self, shape: Shape, kind: TaskKind = "regression") -> bool:
        """For tables of moderate size."""
        return shape.rows <= 60_000 and shape.features <= 200

    def cost(self, shape: Shape) -> float:
        """Cheap to fit, and to predict as long as there are few rows."""
        return 0.5 + shape.rows / 15_000

    def portfolio(self, kind: TaskKind, shape: Shape) -> Iterator[Params]:
        """Many neighbours for classes, whose shares are to be told; fewer for numbers."""
        yield {"neighbours": 80 if kind in CLASSIFICATION else 8, "distance": "manhattan"}
        yield {"neighbours": 30 if kind in CLASSIFICATION else 20, "distance": "euclidean"}

    def space(self, trial: optuna.Trial, kind: TaskKind, shape: Shape) -> Params:
        """Around the portfolio."""
        return {
            "neighbours": trial.suggest_int("neighbours", 3, 150, log=True),
            "distance": trial.suggest_categorical("distance", ["euclidean", "manhattan"]),
            "numbers": trial.suggest_categorical("numbers", ["smooth", "pieces"]),
        }

    def build(
        self, params: Params, kind: TaskKind, shape: Shape, *, seed: int, threads: int, iterations: int = 0
    ) -> Any:
        """Neighbours count by their nearness."""
        settings: dict[str, Any] = {
            "n_neighbors": max(1, min(int(params.get("neighbours", 15)), shape.rows // 3)),
            "metric": params.get("distance", "euclidean"),
            "weights": "distance",
            "n_jobs": threads,
        }
        return KNeighborsClassifier(**settings) if kind in CLASSIFICATION else KNeighborsRegressor(**settings)

    def fit_one(
        self, estimator: Any, features: Any, target: Any, *, weights: Any, held_out: Any, seconds: float
    ) -> None:
        """Keep the rows; weights mean nothing here."""
        estimator.fit(features, target)
