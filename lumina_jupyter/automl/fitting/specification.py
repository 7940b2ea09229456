"""What was asked for, as it is kept in an experiment's folder: by it a search goes on, and is found again."""

from __future__ import annotations

import contextlib
import json
import platform
import uuid
from typing import TYPE_CHECKING, Any

import sklearn

from ..experiment.problem import Problem, data_hash
from ..metrics.metric import Metric

if TYPE_CHECKING:
    from ..estimator.parameters import Parameters


def specify(settings: Parameters, problem: Problem, metric: Metric, seed: int) -> dict[str, Any]:
    """What is written of a search: JSON values."""
    return {
        "parameters": parameters_of(settings),
        "id": uuid.uuid4().hex,
        "seed": seed,
        "task": problem.task.kind,
        "target": problem.task.target,
        "metric": {"name": metric.name, "greater_is_better": metric.greater_is_better, "named": metric.named},
        "rows": len(problem.features),
        "columns": len(problem.schema.columns),
        "data_hash": data_hash(problem.features, problem.target),
        "versions": {"python": platform.python_version(), "scikit-learn": sklearn.__version__, **_versions()},
    }


def parameters_of(settings: Parameters) -> dict[str, Any]:
    """The parameters that can be written down as JSON values; a function, a splitter or a cluster's client can't."""
    return {name: value for name, value in settings.get_params(deep=False).items() if _can_be_written(value)}


def _can_be_written(value: Any) -> bool:
    try:
        json.dumps(value)
    except (TypeError, ValueError):
        return False
    return True


def _versions() -> dict[str, str]:
    from importlib.metadata import PackageNotFoundError, version

    found: dict[str, str] = {}
    for name in ("lumina-jupyter", "numpy", "pandas", "optuna", "lightgbm", "xgboost-cpu", "jax"):
        with contextlib.suppress(PackageNotFoundError):
            found[name] = version(name)
    return found
