"""Which classes models are made of: those of other libraries by their names, scikit-learn's and our own by where they are."""

from __future__ import annotations

import importlib

BOOSTING = frozenset(
    {
        "catboost.core.CatBoost",
        "catboost.core.CatBoostClassifier",
        "catboost.core.CatBoostRegressor",
        "catboost._catboost._CatBoost",
        "collections.OrderedDict",
        "collections.defaultdict",
        "lightgbm.basic.Booster",
        "lightgbm.sklearn.LGBMClassifier",
        "lightgbm.sklearn.LGBMRanker",
        "lightgbm.sklearn.LGBMRegressor",
        "xgboost.core.Booster",
        "xgboost.sklearn.XGBClassifier",
        "xgboost.sklearn.XGBRanker",
        "xgboost.sklearn.XGBRegressor",
    }
)
"""What libraries of boosting make models of."""


def own_class(module: str, name: str) -> type | None:
    """A class that a module itself defines; None when it is none, or the module is one of tests.

    What a module merely imports is not trusted with it: scikit-learn's tools for tests have `subprocess.check_output`.
    """
    if any(part.startswith(("test", "_test", "conftest")) for part in module.split(".")):
        return None
    try:
        found = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError):
        return None
    return found if isinstance(found, type) and found.__module__ == module else None
