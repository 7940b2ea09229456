"""Forecasts that repeat what was: the last value, or that of a season before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from sklearn.dummy import DummyRegressor

from lumina_jupyter.automl.families.base import BaseFamily
from lumina_jupyter.automl.families.family import Encoding, Params, Shape
from lumina_jupyter.automl.plain.column_value import ColumnValue
from lumina_jupyter.automl.task import TaskKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    import optuna


class SeasonalNaive(BaseFamily):
    """For the tables of forecasting, whose target is how far a value lies from that of a season before."""

    name: ClassVar[str] = "seasonal_naive"
    title: ClassVar[str] = "Seasonal naive"
    tasks: ClassVar[frozenset[TaskKind]] = frozenset({"forecasting"})
    encoding: ClassVar[Encoding] = "none"

    def cost(self, shape: Shape) -> float:
        """Next to nothing."""
        return 0.01

    def portfolio(self, kind: TaskKind, shape: Shape) -> Iterator[Params]:
        """A season before, then the last value."""
        yield {"repeats": "season"}
        yield {"repeats": "last"}

    def space(self, trial: optuna.Trial, kind: TaskKind, shape: Shape) -> Params:
        """The same two."""
        return {"repeats": trial.suggest_categorical("repeats", ["season", "last"])}

    def build(
        self, params: Params, kind: TaskKind, shape: Shape, *, seed: int, threads: int, iterations: int = 0
    ) -> Any:
        """What repeats a value."""
        if params.get("repeats") == "last":
            return ColumnValue("last")
        return DummyRegressor(strategy="constant", constant=0.0)
