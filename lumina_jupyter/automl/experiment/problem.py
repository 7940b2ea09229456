"""What a search works on: the table, the target and how candidates are judged; on the disk for the workers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import joblib
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lumina_jupyter.storage import private_folder, write_atomically

from ..columns import Schema
from ..plain.lag_table import LagTable
from ..splitting.share import share_of
from ..task import Task
from ..validation import Fold, Validation, ValidationKind
from .records import schema_from_json, schema_to_json, task_from_json, task_to_json

if TYPE_CHECKING:
    from ..metrics.metric import Metric

FOLDER = "data"
HASHED_AT_ONCE = 100
"""Columns."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Problem:
    """A table with its target, ready for training.

    Args:
        features: A frame with unique text column names.
        target: Positions of classes, or numbers; one a row, none missing. Of rankings relevance and query.
        weights: One number a row, or None.
        task: What is to be learned.
        schema: What the columns hold.
        validation: How candidates are judged.
        series: For forecasting: what has made the features of series, and makes values of predictions.
        units: For forecasting, of shape (rows, 2): what is added to scaled numbers, and what they are multiplied by before.
            None in experiments of versions that did not keep it.
    """

    features: pd.DataFrame
    target: NDArray[Any]
    weights: NDArray[Any] | None
    task: Task
    schema: Schema
    validation: Validation
    series: LagTable | None = None
    units: NDArray[np.float64] | None = None

    @property
    def strata(self) -> NDArray[Any] | None:
        """What a part of the rows is drawn by: classes, of which each keeps its share, or queries; None where any rows will do."""
        return self.target if self.task.classifies or self.target.ndim == 2 else None

    def train_rows(self, fold: int, share: float = 1.0) -> NDArray[np.intp]:
        """Positions of the rows that a fold trains on, or of a part of them, which is always the same one.

        Args:
            fold: The fold's position in the validation's list.
            share: How much of them; of folds that look forward the latest.
        """
        train = self.validation.folds[fold].train
        if share >= 1.0:
            return train
        return share_of(train, share, self.strata, latest=self.validation.kind == "forward")

    def score(self, prediction: NDArray[Any], rows: NDArray[np.intp], metric: Metric) -> float:
        """A metric of what was predicted for some rows; greater is better.

        Args:
            prediction: In the target's own unit.
            rows: Positions of the rows.
            metric: The metric.
        """
        weights = None if self.weights is None else self.weights[rows]
        truth = self.as_told(self.target[rows], rows, metric)
        return metric.score(truth, self.as_told(prediction, rows, metric), weights)

    def as_told(self, numbers: NDArray[Any], rows: NDArray[np.intp], metric: Metric) -> NDArray[Any]:
        """Targets or predictions of some rows as a metric is told them: scaled ones as values, where it is one of values.

        Args:
            numbers: In the target's own unit.
            rows: Positions of the rows.
            metric: The metric.
        """
        if self.units is None or not metric.of_values:
            return numbers
        base, scale = self.units[rows].T
        told: NDArray[Any] = base + scale * numbers
        return told

    def save(self, folder: Path) -> None:
        """Write it into an experiment's folder; `problem.json` comes last and says that all is there."""
        data = private_folder(folder / FOLDER)
        joblib.dump(self.features, data / "features.joblib")
        np.save(data / "target.npy", self.target, allow_pickle=False)
        if self.weights is not None:
            np.save(data / "weights.npy", self.weights, allow_pickle=False)
        folds: dict[str, Any] = {}
        for number, fold in enumerate(self.validation.folds):
            folds[f"train{number}"] = fold.train
            folds[f"test{number}"] = fold.test
        np.savez(data / "folds.npz", allow_pickle=False, **folds)
        joblib.dump(list(self.task.classes), data / "classes.joblib")
        if self.series is not None:
            joblib.dump(self.series, data / "series.joblib")
        if self.units is not None:
            np.save(data / "units.npy", self.units, allow_pickle=False)
        about = {
            "task": task_to_json(self.task),
            "schema": schema_to_json(self.schema),
            "validation": {
                "kind": self.validation.kind,
                "by": self.validation.by,
                "told": self.validation.told,
                "folds": len(self.validation.folds),
            },
        }
        write_atomically(data / "problem.json", json.dumps(about, ensure_ascii=False).encode())


def load_problem(folder: Path) -> Problem:
    """The problem of an experiment. Numbers stay on the disk and are read when they are used.

    Raises:
        OSError: when a file is not there.
    """
    data = folder / FOLDER
    about = json.loads((data / "problem.json").read_bytes())
    weights, series, units = data / "weights.npy", data / "series.joblib", data / "units.npy"
    with np.load(data / "folds.npz", allow_pickle=False) as arrays:
        folds = tuple(
            Fold(train=arrays[f"train{number}"], test=arrays[f"test{number}"])
            for number in range(about["validation"]["folds"])
        )
    validation = Validation(
        kind=cast("ValidationKind", about["validation"]["kind"]),
        folds=folds,
        by=about["validation"]["by"],
        told=about["validation"]["told"],
    )
    return Problem(
        features=joblib.load(data / "features.joblib", mmap_mode="r"),
        target=np.load(data / "target.npy", allow_pickle=False),
        weights=np.load(weights, allow_pickle=False) if weights.exists() else None,
        task=task_from_json(about["task"], tuple(joblib.load(data / "classes.joblib"))),
        schema=schema_from_json(about["schema"]),
        validation=validation,
        series=joblib.load(series) if series.exists() else None,
        units=np.load(units, allow_pickle=False) if units.exists() else None,
    )


def data_hash(features: pd.DataFrame, target: NDArray[Any]) -> str:
    """A short hash of a table and its target: the same data in the same order give the same."""
    import hashlib

    total = hashlib.sha256()
    total.update("\0".join(features.columns).encode("utf-8", "replace"))
    numbers: dict[np.dtype[Any], list[str]] = {}
    for name, dtype in features.dtypes.items():
        if isinstance(dtype, np.dtype) and dtype.kind in "iufb":
            numbers.setdefault(dtype, []).append(str(name))
            continue
        column = features[name]
        try:
            values = pd.util.hash_pandas_object(column, index=False).to_numpy()
        except TypeError:  # cells that can't be hashed, such as lists
            values = pd.util.hash_pandas_object(column.astype(str), index=False).to_numpy()
        total.update(values.tobytes())
    # Column by column it would take minutes where there are tens of thousands.
    for names in numbers.values():
        for start in range(0, len(names), HASHED_AT_ONCE):
            total.update(np.ascontiguousarray(features[names[start : start + HASHED_AT_ONCE]].to_numpy()).tobytes())
    total.update(np.ascontiguousarray(target).tobytes())
    return total.hexdigest()[:16]
