"""Neural networks: a few small ones that predict together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from lumina_jupyter.automl.families.base import BaseFamily
from lumina_jupyter.automl.families.family import Encoding, Params, Shape
from lumina_jupyter.automl.plain.network_average import NetworkAverage
from lumina_jupyter.automl.task import CLASSIFICATION, TaskKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    import optuna


class NeuralNetwork(BaseFamily):
    """scikit-learn's multilayer perceptron, stopped early by rows of its own."""

    name: ClassVar[str] = "neural_network"
    title: ClassVar[str] = "Neural network"
    encoding: ClassVar[Encoding] = "scaled"
    scales_target: ClassVar[bool] = True

    def suits(self, shape: Shape, kind: TaskKind = "regression") -> bool:
        """Not for a handful of rows, of which it would need some to stop by."""
        return shape.rows >= 200 and shape.features <= 2000

    def cost(self, shape: Shape) -> float:
        """Dear."""
        return 4.0 + shape.rows / 20_000

    def portfolio(self, kind: TaskKind, shape: Shape) -> Iterator[Params]:
        """Numbers as pieces of lines, then a wide network, then numbers as they are."""
        yield {"width": 128, "layers": 2, "learning_rate": 1e-3, "l2": 1e-3, "numbers": "pieces"}
        yield {"width": 256, "layers": 2, "learning_rate": 5e-4, "l2": 1e-2, "numbers": "pieces"}
        yield {"width": 128, "layers": 2, "learning_rate": 1e-3, "l2": 1e-3, "numbers": "smooth"}

    def space(self, trial: optuna.Trial, kind: TaskKind, shape: Shape) -> Params:
        """Around the portfolio."""
        return {
            "width": trial.suggest_categorical("width", [32, 64, 128, 256]),
            "layers": trial.suggest_int("layers", 1, 3),
            "learning_rate": trial.suggest_float("learning_rate", 2e-4, 5e-3, log=True),
            "l2": trial.suggest_float("l2", 1e-5, 0.3, log=True),
            "numbers": trial.suggest_categorical("numbers", ["smooth", "pieces"]),
        }

    def build(
        self, params: Params, kind: TaskKind, shape: Shape, *, seed: int, threads: int, iterations: int = 0
    ) -> Any:
        """Fewer networks and epochs on large tables, where each epoch is long."""
        return NetworkAverage(
            kind in CLASSIFICATION,
            networks=3 if shape.rows <= 10_000 else 2 if shape.rows <= 30_000 else 1,
            hidden=(int(params.get("width", 128)),) * int(params.get("layers", 2)),
            learning_rate=params.get("learning_rate", 1e-3),
            l2=params.get("l2", 1e-3),
            epochs=max(20, min(150, 1_500_000 // max(shape.rows, 1))),
            patience=10,
            seed=seed,
        )

    def fit_one(
        self, estimator: Any, features: Any, target: Any, *, weights: Any, held_out: Any, seconds: float
    ) -> None:
        """Train; weights mean nothing here."""
        estimator.fit(features, target, seconds=seconds)
