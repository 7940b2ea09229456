"""AutoML: better models in a given time, explained, resumable, and yours to keep as plain code.

`AutoML` is an estimator in scikit-learn's sense, `profile` looks at a table before anything is trained on it. Both are
loaded on first use: they need scikit-learn and pandas, and this module is imported where nothing may wait for those.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .estimator.estimator import AutoML
    from .profiling import profile

__all__ = ["AutoML", "profile"]

_HOMES = {"AutoML": ".estimator.estimator", "profile": ".profiling"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name], __name__), name)


def __dir__() -> list[str]:
    return sorted(__all__)
