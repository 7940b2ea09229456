"""Imports that were forgotten."""

from __future__ import annotations

from ....context.code_names import code_names
from ...scene import Scene

_USUAL: dict[str, str] = {
    "pd": "import pandas as pd",
    "np": "import numpy as np",
    "plt": "import matplotlib.pyplot as plt",
    "sns": "import seaborn as sns",
    "px": "import plotly.express as px",
    "stats": "from scipy import stats",
    "sm": "import statsmodels.api as sm",
    "Path": "from pathlib import Path",
    "Counter": "from collections import Counter",
    "defaultdict": "from collections import defaultdict",
    "train_test_split": "from sklearn.model_selection import train_test_split",
    "cross_val_score": "from sklearn.model_selection import cross_val_score",
    "LinearRegression": "from sklearn.linear_model import LinearRegression",
    "LogisticRegression": "from sklearn.linear_model import LogisticRegression",
    "RandomForestClassifier": "from sklearn.ensemble import RandomForestClassifier",
    "RandomForestRegressor": "from sklearn.ensemble import RandomForestRegressor",
    "StandardScaler": "from sklearn.preprocessing import StandardScaler",
    "MinMaxScaler": "from sklearn.preprocessing import MinMaxScaler",
    "LabelEncoder": "from sklearn.preprocessing import LabelEncoder",
    "accuracy_score": "from sklearn.metrics import accuracy_score",
    "mean_squared_error": "from sklearn.metrics import mean_squared_error",
    "r2_score": "from sklearn.metrics import r2_score",
    "pearsonr": "from scipy.stats import pearsonr",
    "shapiro": "from scipy.stats import shapiro",
    "ttest_ind": "from scipy.stats import ttest_ind",
    **{
        name: f"import {name}"
        for name in ("re", "math", "json", "os", "random", "datetime", "statistics", "time", "scipy")
    },
}


def with_imports(code: str, scene: Scene) -> str:
    """With the usual imports of names that neither the code nor anything that has run defines."""
    needed = code_names(code).mentions & _USUAL.keys()
    if not needed:
        return code
    known = {each.name for each in scene.variables}
    for cell in scene.notebook.cells:
        if cell.kind == "code" and cell.execution_count is not None:
            known |= code_names(cell.source).defines
    missing = sorted(_USUAL[name] for name in needed - known)
    return "\n".join([*missing, "", code]) if missing else code
