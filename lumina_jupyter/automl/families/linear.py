"""Linear models: logistic regression, ridge, elastic net, Huber's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from sklearn.linear_model import ElasticNet, HuberRegressor, LogisticRegression, QuantileRegressor, Ridge

from lumina_jupyter.automl.families.base import ALL_TASKS, BaseFamily
from lumina_jupyter.automl.families.family import Encoding, Params, Shape
from lumina_jupyter.automl.task import CLASSIFICATION, TaskKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    import optuna


class Linear(BaseFamily):
    """What fits a line, or, with numbers cut into pieces, a sum of curves.

    `strength` is the regularization's: 1 is moderate at any number of rows, 0.01 hardly any.
    """

    name: ClassVar[str] = "linear"
    title: ClassVar[str] = "Linear model"
    tasks: ClassVar[frozenset[TaskKind]] = ALL_TASKS
    encoding: ClassVar[Encoding] = "wide"
    quantile: ClassVar[str] = "quantile"
    scales_target: ClassVar[bool] = True

    def cost(self, shape: Shape) -> float:
        """Cheap, but for many classes and texts."""
        return 0.4 * (1 + shape.classes / 10) * (3 if shape.texts else 1)

    def portfolio(self, kind: TaskKind, shape: Shape) -> Iterator[Params]:
        """Curves, a line, then others by the task."""
        yield {"strength": 1.0, "numbers": "pieces"}
        yield {"strength": 1.0, "numbers": "smooth"}
        if kind in CLASSIFICATION:
            yield {"strength": 0.03, "numbers": "pieces"}
            yield {"strength": 10.0, "numbers": "pieces"}
        elif kind != "quantile":
            if shape.texts:
                yield {"strength": 10.0, "numbers": "pieces"}
            yield {"strength": 1.0, "numbers": "pieces", "target": "log"}
            yield {"loss": "elastic", "strength": 0.01, "numbers": "pieces"}

    def space(self, trial: optuna.Trial, kind: TaskKind, shape: Shape) -> Params:
        """Around the portfolio."""
        params: dict[str, Any] = {
            "strength": trial.suggest_float("strength", 1e-3, 100.0, log=True),
            "numbers": trial.suggest_categorical("numbers", ["smooth", "pieces"]),
        }
        if kind not in CLASSIFICATION and kind != "quantile":
            params["loss"] = trial.suggest_categorical("loss", ["squared", "huber", "elastic"])
            params["target"] = trial.suggest_categorical("target", ["raw", "log"])
        return params

    def build(
        self, params: Params, kind: TaskKind, shape: Shape, *, seed: int, threads: int, iterations: int = 0
    ) -> Any:
        """The model that the task and `loss` call for."""
        strength = float(params.get("strength", 1.0))
        if kind in CLASSIFICATION:
            return LogisticRegression(C=1.0 / strength, max_iter=300, tol=1e-4)
        if kind == "quantile":
            return QuantileRegressor(quantile=0.5, alpha=strength * 1e-4, solver="highs")
        loss = params.get("loss", "squared")
        if loss == "huber":
            return HuberRegressor(alpha=strength * 1e-3, max_iter=300)
        if loss == "elastic":
            return ElasticNet(alpha=strength * 0.1, l1_ratio=0.5, max_iter=2000)
        return Ridge(alpha=strength)

    def suits(self, shape: Shape, kind: TaskKind = "regression") -> bool:
        """Quantiles are a linear program, which is for small tables."""
        return kind != "quantile" or shape.rows * shape.features <= 50_000
