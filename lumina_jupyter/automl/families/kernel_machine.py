"""Support vector machines: smooth boundaries and surfaces, for small tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from sklearn.base import is_classifier
from sklearn.calibration import CalibratedClassifierCV
from sklearn.pipeline import Pipeline
from sklearn.svm import SVC, SVR

from lumina_jupyter.automl.families.base import POINT_TASKS, BaseFamily
from lumina_jupyter.automl.families.family import Encoding, Params, Shape
from lumina_jupyter.automl.plain.unit_spread import UnitSpread
from lumina_jupyter.automl.task import CLASSIFICATION, TaskKind
from lumina_jupyter.errors import DataUnusable

if TYPE_CHECKING:
    from collections.abc import Iterator

    import optuna

CALIBRATION_FOLDS = 3


class KernelMachine(BaseFamily):
    """A radial kernel on features of like size. The probability of a class comes from a calibration by cross-validation.

    Not for many classes: each against the others, calibrated for itself, makes poor probabilities.
    """

    name: ClassVar[str] = "kernel_machine"
    title: ClassVar[str] = "Kernel machine"
    tasks: ClassVar[frozenset[TaskKind]] = POINT_TASKS - {"multiclass"}
    encoding: ClassVar[Encoding] = "scaled"
    scales_target: ClassVar[bool] = True

    def suits(self, shape: Shape, kind: TaskKind = "regression") -> bool:
        """Its time grows with the square of the rows."""
        return shape.rows <= 5000 and shape.features <= 500

    def cost(self, shape: Shape) -> float:
        """Cheap on small tables only."""
        return 0.3 + (shape.rows / 2500) ** 2

    def portfolio(self, kind: TaskKind, shape: Shape) -> Iterator[Params]:
        """Numbers as pieces of lines, then as they are, then stiffer."""
        yield {"cost": 1.0, "reach": 1.0, "numbers": "pieces"}
        yield {"cost": 3.0, "reach": 1.0}
        yield {"cost": 10.0, "reach": 2.0, "numbers": "pieces"}

    def space(self, trial: optuna.Trial, kind: TaskKind, shape: Shape) -> Params:
        """Around the portfolio."""
        params: dict[str, Any] = {
            "cost": trial.suggest_float("cost", 0.1, 300.0, log=True),
            "reach": trial.suggest_float("reach", 0.3, 5.0, log=True),
            "numbers": trial.suggest_categorical("numbers", ["smooth", "pieces"]),
        }
        if kind not in CLASSIFICATION:
            params["tube"] = trial.suggest_float("tube", 0.005, 0.3, log=True)
        return params

    def build(
        self, params: Params, kind: TaskKind, shape: Shape, *, seed: int, threads: int, iterations: int = 0
    ) -> Any:
        """`reach` says how far a row's influence goes, in units of how far rows lie apart."""
        settings: dict[str, Any] = {"C": float(params.get("cost", 3.0)), "gamma": 1.0, "cache_size": 200}
        if kind in CLASSIFICATION:
            machine: Any = CalibratedClassifierCV(SVC(**settings), ensemble=False, cv=CALIBRATION_FOLDS)
        else:
            machine = SVR(epsilon=params.get("tube", 0.05), **settings)
        return Pipeline([("spread", UnitSpread(params.get("reach", 1.0))), ("machine", machine)])

    def fit_one(
        self, estimator: Any, features: Any, target: Any, *, weights: Any, held_out: Any, seconds: float
    ) -> None:
        """Fit on all rows.

        Raises:
            DataUnusable: when a class has too few rows to calibrate on.
        """
        if is_classifier(estimator) and np.unique(target, return_counts=True)[1].min() < CALIBRATION_FOLDS:
            raise DataUnusable(f"A kernel machine needs {CALIBRATION_FOLDS} rows of each class.")
        given = {} if weights is None else {"machine__sample_weight": weights}
        estimator.fit(features, target, **given)
