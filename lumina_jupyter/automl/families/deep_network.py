"""Deep networks for tables. They are used where JAX is installed, which trains them."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, ClassVar

from lumina_jupyter.automl.families.base import ALL_TASKS, BaseFamily
from lumina_jupyter.automl.families.family import Encoding, Params, Shape
from lumina_jupyter.automl.plain.deep_network import DeepNetwork
from lumina_jupyter.automl.task import CLASSIFICATION, TaskKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    import optuna


class DeepNetworks(BaseFamily):
    """Perceptrons that share their layers, on learned curves of the numbers: TabM."""

    name: ClassVar[str] = "deep_network"
    title: ClassVar[str] = "Deep network"
    tasks: ClassVar[frozenset[TaskKind]] = ALL_TASKS
    encoding: ClassVar[Encoding] = "scaled"
    stops_early: ClassVar[bool] = True
    quantile: ClassVar[str] = "quantile"

    def missing(self) -> str:
        """Whether the library is installed."""
        return "" if find_spec("jax") else "Deep networks need JAX: pip install 'lumina-jupyter[deep]'."

    def suits(self, shape: Shape, kind: TaskKind = "regression") -> bool:
        """Neither for a handful of rows, nor for more of anything than it has time for."""
        return 300 <= shape.rows <= 300_000 and shape.features <= 500 and shape.classes <= 200

    def cost(self, shape: Shape) -> float:
        """The dearest of all, most of all on small tables: it takes seconds until it is compiled. Many classes cost trees more."""
        return (20.0 + 80_000 / max(shape.rows, 1)) / max(1.0, shape.classes / 3)

    def portfolio(self, kind: TaskKind, shape: Shape) -> Iterator[Params]:
        """A small one; a wide and more strongly regularized one; finer curves."""
        yield {"width": 128, "layers": 2, "learning_rate": 2e-3, "dropout": 0.1, "decay": 3e-4, "pieces": 16}
        yield {"width": 256, "layers": 2, "learning_rate": 1e-3, "dropout": 0.3, "decay": 1e-2, "pieces": 16}
        yield {"width": 128, "layers": 3, "learning_rate": 1e-3, "dropout": 0.1, "decay": 3e-4, "pieces": 32}

    def space(self, trial: optuna.Trial, kind: TaskKind, shape: Shape) -> Params:
        """Around the portfolio."""
        return {
            "width": trial.suggest_categorical("width", [64, 128, 256]),
            "layers": trial.suggest_int("layers", 1, 3),
            "learning_rate": trial.suggest_float("learning_rate", 5e-4, 6e-3, log=True),
            "dropout": trial.suggest_float("dropout", 0.0, 0.5),
            "decay": trial.suggest_float("decay", 1e-4, 0.3, log=True),
            "pieces": trial.suggest_categorical("pieces", [8, 16, 32]),
        }

    def build(
        self, params: Params, kind: TaskKind, shape: Shape, *, seed: int, threads: int, iterations: int = 0
    ) -> Any:
        """It is trained on one thread, however many there are."""
        return DeepNetwork(
            kind in CLASSIFICATION,
            width=int(params.get("width", 128)),
            layers=int(params.get("layers", 2)),
            pieces=int(params.get("pieces", 16)),
            learning_rate=params.get("learning_rate", 2e-3),
            decay=params.get("decay", 3e-4),
            dropout=params.get("dropout", 0.1),
            quantile=0.5 if kind == "quantile" else 0.0,
            rounds=iterations,
            seed=seed,
        )

    def fit_one(
        self, estimator: Any, features: Any, target: Any, *, weights: Any, held_out: Any, seconds: float
    ) -> None:
        """Stop early by the rows held out, or by a tenth of the others where there are none."""
        estimator.fit(features, target, weights, held_out=held_out, seconds=seconds)

    def iterations_of(self, estimator: Any) -> int:
        """How many rounds it was trained for."""
        return int(estimator.rounds_)
