"""Predictions that look at nothing but the target: what every model has to beat."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from sklearn.dummy import DummyClassifier, DummyRegressor

from lumina_jupyter.automl.families.base import ALL_TASKS, BaseFamily
from lumina_jupyter.automl.families.family import Encoding, Params, Shape
from lumina_jupyter.automl.task import CLASSIFICATION, TaskKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    import optuna


class Naive(BaseFamily):
    """The classes' shares, the mean, or the quantile of the target."""

    name: ClassVar[str] = "naive"
    title: ClassVar[str] = "Naive"
    tasks: ClassVar[frozenset[TaskKind]] = ALL_TASKS
    encoding: ClassVar[Encoding] = "none"
    quantile: ClassVar[str] = "quantile"

    def cost(self, shape: Shape) -> float:
        """Nothing."""
        return 0.0

    def portfolio(self, kind: TaskKind, shape: Shape) -> Iterator[Params]:
        """There is but one."""
        yield {}

    def space(self, trial: optuna.Trial, kind: TaskKind, shape: Shape) -> Params:
        """There is nothing to vary."""
        return {}

    def build(
        self, params: Params, kind: TaskKind, shape: Shape, *, seed: int, threads: int, iterations: int = 0
    ) -> Any:
        """A model that predicts the same for every row."""
        if kind in CLASSIFICATION:
            return DummyClassifier(strategy="prior")
        if kind == "quantile":
            return DummyRegressor(strategy="quantile", quantile=0.5)
        return DummyRegressor(strategy="mean")
