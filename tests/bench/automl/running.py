"""One run: an entrant, a table, a budget, a seed."""

from __future__ import annotations

import json
import math
import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import log_loss, mean_squared_error, roc_auc_score

from tests.bench.automl.entrants import Entrant
from tests.bench.automl.measuring import Measured, measured
from tests.bench.automl.tables import Table

HERE = Path(__file__).parent
SLACK = 300.0
"""Seconds beyond three budgets, after which a run is ended."""


def run(entrant: Entrant, table: Table, budget: float, seed: int, cores: int) -> dict[str, Any]:
    """Train on the table's first part, score on its second; what failed is a result as well."""
    record: dict[str, Any] = {
        "table": table.name,
        "entrant": entrant.name,
        "budget": budget if entrant.budgeted else 0,
        "seed": seed,
        "metric": table.metric,
    }
    python = entrant.python()
    if python is None:
        return {**record, "failure": "its environment can't be made here", "retry": True}
    train, test = table.parts(seed)
    with tempfile.TemporaryDirectory(prefix="lumina-bench-") as place:
        folder = Path(place)
        train.to_csv(folder / "train.csv", index=False)
        test.drop(columns=[table.target]).to_csv(folder / "test.csv", index=False)
        job = {**record, "task": table.task, "target": table.target, "cores": cores}
        (folder / "job.json").write_text(json.dumps(job), encoding="utf-8")
        result = measured([python, str(HERE / "entrant.py")], folder, _environment(folder), cores, 3 * budget + SLACK)
        return {**record, **_figures(result), **_scored(folder, table, test[table.target], result)}


def _environment(folder: Path) -> dict[str, str]:
    """The same for all; what is written goes into the run's own folder."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("OMP_", "LUMINA_", "PYTHON"))}
    return {**kept, "JUPYTER_DATA_DIR": str(folder / "jupyter"), "MPLCONFIGDIR": str(folder / "matplotlib")}


def _figures(result: Measured) -> dict[str, Any]:
    figures = {
        "fit_seconds": result.between("fitting", "fitted"),
        "predict_seconds": result.between("fitted", "predicted"),
        "one_row_seconds": result.said["saved"][1]["one_row"] if "saved" in result.said else None,
        "peak_mb": result.peak_bytes / 1e6,
        "peak_pss_mb": result.peak_shared_bytes / 1e6,
        "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
    }
    return {name: None if value is None else round(value, 4) for name, value in figures.items()}


def _scored(folder: Path, table: Table, truth: pd.Series, result: Measured) -> dict[str, Any]:
    made = folder / "predictions.npz"
    if not made.exists():
        ended = "it took too long" if result.status is None else f"it ended with status {result.status}"
        return {"failure": f"{ended}: {result.tail.strip().splitlines()[-1:]}"}
    with np.load(made) as arrays:
        values, classes = arrays["values"], [str(each) for each in arrays["classes"]]
    try:
        score = _score(table, truth, values, classes)
    except ValueError as error:
        return {"failure": f"its predictions can't be scored: {error}"}
    return {"score": score} if math.isfinite(score) else {"failure": "its predictions are not finite"}


def _score(table: Table, truth: pd.Series, values: NDArray[Any], classes: list[str]) -> float:
    if table.task == "regression":
        return float(np.sqrt(mean_squared_error(truth, values.ravel())))
    # As numbers or as text, whatever the entrant's reader made of the classes.
    names = {_plain(name): position for position, name in enumerate(classes)}
    positions = np.array([names.get(_plain(each), -1) for each in truth])
    if table.task == "binary":
        second = sorted(names)[-1]
        return float(roc_auc_score([_plain(each) == second for each in truth], values[:, names[second]]))
    if (positions < 0).any():
        raise ValueError("a class of the test is not among its own")
    return float(log_loss(positions, values, labels=np.arange(len(classes))))


def _plain(label: Any) -> str:
    text = str(label)
    try:
        return repr(float(text))
    except ValueError:
        return text
