"""All families, the cheap and the reliable first."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from lumina_jupyter.automl.families.catboost import CatBoost
from lumina_jupyter.automl.families.deep_network import DeepNetworks
from lumina_jupyter.automl.families.family import Family, Shape
from lumina_jupyter.automl.families.forest import ExtraTrees, RandomForest
from lumina_jupyter.automl.families.hist_gradient_boosting import HistGradientBoosting
from lumina_jupyter.automl.families.kernel_machine import KernelMachine
from lumina_jupyter.automl.families.lightgbm import LightGBM
from lumina_jupyter.automl.families.linear import Linear
from lumina_jupyter.automl.families.naive import Naive
from lumina_jupyter.automl.families.nearest_neighbours import NearestNeighbours
from lumina_jupyter.automl.families.neural_network import NeuralNetwork
from lumina_jupyter.automl.families.seasonal_naive import SeasonalNaive
from lumina_jupyter.automl.families.xgboost import XGBoost
from lumina_jupyter.automl.task import TaskKind

if TYPE_CHECKING:
    from collections.abc import Mapping

FAMILIES: Mapping[str, Family] = MappingProxyType(
    {
        family.name: family
        for family in (
            Naive(),
            SeasonalNaive(),
            HistGradientBoosting(),
            LightGBM(),
            Linear(),
            ExtraTrees(),
            XGBoost(),
            NearestNeighbours(),
            KernelMachine(),
            NeuralNetwork(),
            RandomForest(),
            CatBoost(),
            DeepNetworks(),
        )
    }
)


def families_for(kind: TaskKind, shape: Shape) -> list[Family]:
    """The families that can do this task here and are worth their time at this size, the cheap ones first.

    The naive one is among them.
    """
    usable = [
        family
        for family in FAMILIES.values()
        if kind in family.tasks and not family.missing() and family.suits(shape, kind)
    ]
    return sorted(usable, key=lambda family: family.cost(shape))
