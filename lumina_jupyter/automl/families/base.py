"""What most families have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from sklearn.base import is_classifier

from lumina_jupyter.automl.families.family import Encoding, Params, Shape
from lumina_jupyter.automl.plain.quantile_models import QuantileModels
from lumina_jupyter.automl.plain.query_scores import QueryScores
from lumina_jupyter.automl.plain.scaled_target import ScaledTarget
from lumina_jupyter.automl.task import TaskKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    import optuna

POINT_TASKS: frozenset[TaskKind] = frozenset({"binary", "multiclass", "regression", "forecasting", "ranking"})
ALL_TASKS: frozenset[TaskKind] = POINT_TASKS | {"quantile"}


class BaseFamily(ABC):
    """A family that is always there, suits every table, costs as much as histogram gradient boosting and stops by itself.

    A family overrides what is different, and always `portfolio`, `space` and `build`.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    tasks: ClassVar[frozenset[TaskKind]] = POINT_TASKS
    encoding: ClassVar[Encoding] = "native"
    stops_early: ClassVar[bool] = False
    quantile: ClassVar[str] = ""
    scales_target: ClassVar[bool] = False

    def missing(self) -> str:
        """Empty: nothing is missing."""
        return ""

    def suits(self, shape: Shape, kind: TaskKind = "regression") -> bool:
        """It does."""
        return True

    def cost(self, shape: Shape) -> float:
        """As much as histogram gradient boosting."""
        return 1.0

    @abstractmethod
    def portfolio(self, kind: TaskKind, shape: Shape) -> Iterator[Params]:
        """Configurations known to be good, the best first."""

    @abstractmethod
    def space(self, trial: optuna.Trial, kind: TaskKind, shape: Shape) -> Params:
        """A configuration, asked of Optuna."""

    @abstractmethod
    def build(
        self, params: Params, kind: TaskKind, shape: Shape, *, seed: int, threads: int, iterations: int = 0
    ) -> Any:
        """An estimator that is not fitted."""

    def fit(
        self,
        estimator: Any,
        features: Any,
        target: Any,
        *,
        weights: Any = None,
        held_out: Any = None,
        seconds: float = 0.0,
    ) -> None:
        """Fit in place, each quantile for itself, and scaled targets as they are scaled."""
        if isinstance(estimator, QueryScores):
            model = estimator.prepare()
            # Whoever learns of whole lists has to know of queries, all others of relevance alone.
            known = slice(None) if estimator.listwise else 0
            held_out = held_out and (held_out[0], held_out[1][:, known])
            self.fit(model, features, target[:, known], weights=weights, held_out=held_out, seconds=seconds)
            estimator.settle(features, target)
            return
        if held_out is not None and is_classifier(estimator):
            held_out = _known(held_out, target)
        if isinstance(estimator, ScaledTarget):
            target = estimator.prepare(target)
            if held_out is not None:
                held_out = (held_out[0], estimator.scaled(held_out[1]))
        elif isinstance(estimator, QuantileModels):
            estimator.prepare()
        models = parts_of(estimator)
        for model in models:
            share = seconds / len(models)
            self.fit_one(model, features, target, weights=weights, held_out=held_out, seconds=share)

    def fit_one(
        self, estimator: Any, features: Any, target: Any, *, weights: Any, held_out: Any, seconds: float
    ) -> None:
        """Fit an estimator as `build` makes it."""
        if weights is None:
            estimator.fit(features, target)
        else:
            estimator.fit(features, target, sample_weight=weights)

    def thin(self, estimator: Any, models: int) -> int:
        """All of them are kept."""
        return 0

    def iterations(self, estimator: Any) -> int:
        """How many trees or epochs it kept."""
        return max(self.iterations_of(model) for model in parts_of(estimator))

    def iterations_of(self, estimator: Any) -> int:
        """How many trees or epochs an estimator as `build` makes it kept."""
        return 0


def ask_categories(trial: optuna.Trial, shape: Shape) -> dict[str, str]:
    """How categories become features, where there are any and a family knows what a code is."""
    if not shape.categories:
        return {}
    return {"categories": trial.suggest_categorical("categories", ["both", "means", "codes"])}


def ask_listwise(trial: optuna.Trial, kind: TaskKind) -> dict[str, Any]:
    """Whether a ranking is learned list by list, or row by row; and how many trees of lists.

    They are not stopped early: of a few queries the metric of rankings is so noisy that its best is found by chance, after any
    number of trees, and what is held out would seem far better than what comes later.
    """
    if kind != "ranking":
        return {}
    if not trial.suggest_categorical("listwise", [True, False]):
        return {"listwise": False}
    return {"listwise": True, "trees": trial.suggest_int("trees", 30, 600, log=True)}


def parts_of(estimator: Any) -> list[Any]:
    """The estimators, as `build` makes them, that do the work within one that is prepared or fitted."""
    if isinstance(estimator, QuantileModels):
        return list(estimator.models_)
    if isinstance(estimator, QueryScores):
        return parts_of(estimator.estimator_)
    return [estimator.estimator_ if isinstance(estimator, ScaledTarget) else estimator]


def _known(held_out: Any, target: Any) -> Any:
    """The held-out rows whose class is among those trained on: libraries refuse others; None when there are none."""
    features, labels = held_out
    known = np.isin(labels, np.unique(target))
    if known.all():
        return held_out
    return (features[known], np.asarray(labels)[known]) if known.any() else None
