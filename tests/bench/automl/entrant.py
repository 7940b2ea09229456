"""Runs in an entrant's own environment: reads the rows, trains within the budget, predicts, says what it is doing. The budget's clock runs once the library is imported.

It imports the standard library, numpy, pandas and the entrant alone. Lines on standard output are read, with the time at
which they come, by who started it. The answers to the test are not among what it can read.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

ONE_ROW = 20
MOST_SECONDS = 10.0


class Naive:
    """The shares of the classes, or the mean."""

    def __init__(self) -> None:
        from sklearn import dummy

        self.library = dummy

    def fit(self, table: pd.DataFrame, target: pd.Series, job: dict[str, Any]) -> None:
        """Train."""
        regressor = self.library.DummyRegressor()
        self.model = regressor if job["task"] == "regression" else self.library.DummyClassifier(strategy="prior")
        self.model.fit(np.zeros((len(table), 1)), target)

    def predict(self, table: pd.DataFrame) -> Any:
        """Numbers, or (probabilities, classes)."""
        rows = np.zeros((len(table), 1))
        if hasattr(self.model, "predict_proba"):
            return self.model.predict_proba(rows), list(self.model.classes_)
        return self.model.predict(rows)


class Default:
    """Histogram gradient boosting as scikit-learn has it, with text as categories."""

    def __init__(self) -> None:
        from sklearn import ensemble

        self.library = ensemble

    def fit(self, table: pd.DataFrame, target: pd.Series, job: dict[str, Any]) -> None:
        """Train."""
        self.levels = {
            name: list(table[name].value_counts().index[:254])
            for name in table.columns
            if not pd.api.types.is_numeric_dtype(table[name])
        }
        suffix = "Regressor" if job["task"] == "regression" else "Classifier"
        self.model = getattr(self.library, f"HistGradientBoosting{suffix}")(
            categorical_features="from_dtype", random_state=job["seed"]
        )
        self.model.fit(self.read(table), target)

    def read(self, table: pd.DataFrame) -> pd.DataFrame:
        """Text as categories, of which there may be 255."""
        return table.assign(**{name: pd.Categorical(table[name], levels) for name, levels in self.levels.items()})

    def predict(self, table: pd.DataFrame) -> Any:
        """Numbers, or (probabilities, classes)."""
        if hasattr(self.model, "predict_proba"):
            return self.model.predict_proba(self.read(table)), list(self.model.classes_)
        return self.model.predict(self.read(table))


class Lumina:
    """Ours."""

    def __init__(self) -> None:
        from lumina_jupyter.automl import AutoML

        self.kind = AutoML

    def fit(self, table: pd.DataFrame, target: pd.Series, job: dict[str, Any]) -> None:
        """Train."""
        self.model = self.kind(
            task=job["task"],
            metric=job["metric"],
            time_budget=job["budget"],
            n_jobs=job["cores"],
            random_state=job["seed"],
            verbose=0,
        )
        self.model.fit(table, target)

    def predict(self, table: pd.DataFrame) -> Any:
        """Numbers, or (probabilities, classes)."""
        if self.model.task_.classifies:
            return self.model.predict_proba(table), list(self.model.classes_)
        return self.model.predict(table)


class Flaml:
    """FLAML."""

    def __init__(self) -> None:
        from flaml import AutoML  # type: ignore[import-not-found]  # in its own environment

        self.model = AutoML()

    def fit(self, table: pd.DataFrame, target: pd.Series, job: dict[str, Any]) -> None:
        """Train."""
        self.task = job["task"]
        self.model.fit(
            X_train=table,
            y_train=target,
            task="regression" if job["task"] == "regression" else "classification",
            metric=job["metric"],
            time_budget=job["budget"],
            n_jobs=job["cores"],
            seed=job["seed"],
            verbose=0,
        )

    def predict(self, table: pd.DataFrame) -> Any:
        """Numbers, or (probabilities, classes)."""
        if self.task == "regression":
            return self.model.predict(table)
        return self.model.predict_proba(table), list(self.model.classes_)


class AutoGluon:
    """AutoGluon's tabular models."""

    def __init__(self, preset: str) -> None:
        from autogluon.tabular import TabularPredictor  # type: ignore[import-not-found]  # in its own environment

        self.kind = TabularPredictor
        self.preset = preset

    def fit(self, table: pd.DataFrame, target: pd.Series, job: dict[str, Any]) -> None:
        """Train."""
        self.task = job["task"]
        metric = {"rmse": "root_mean_squared_error"}.get(job["metric"], job["metric"])
        self.model = self.kind(
            label=target.name, problem_type=job["task"], eval_metric=metric, path="models", verbosity=1
        )
        self.model.fit(
            table.assign(**{target.name: target}),
            presets=self.preset,
            time_limit=job["budget"],
            num_cpus=job["cores"],
            num_gpus=0,
        )

    def predict(self, table: pd.DataFrame) -> Any:
        """Numbers, or (probabilities, classes)."""
        if self.task == "regression":
            return self.model.predict(table).to_numpy()
        found = self.model.predict_proba(table)
        return found.to_numpy(), list(found.columns)


ENTRANTS: dict[str, Any] = {
    "naive": Naive,
    "hgb": Default,
    "lumina": Lumina,
    "flaml": Flaml,
    "autogluon-medium": lambda: AutoGluon("medium_quality"),
    "autogluon-best": lambda: AutoGluon("best_quality"),
}


def main() -> None:
    """Train, predict, and leave the predictions in `predictions.npz`."""
    job = json.loads(Path("job.json").read_text(encoding="utf-8"))
    read = {"keep_default_na": False, "na_values": [""], "low_memory": False}
    table, test = pd.read_csv("train.csv", **read), pd.read_csv("test.csv", **read)
    target = table.pop(job["target"])
    entrant = ENTRANTS[job["entrant"]]()
    say("fitting")
    entrant.fit(table, target, job)
    say("fitted")
    made = entrant.predict(test)
    say("predicted")
    values, classes = made if isinstance(made, tuple) else (made, [])
    np.savez(
        "predictions.npz", values=np.asarray(values, dtype=float), classes=np.array([str(each) for each in classes])
    )
    say("saved", one_row=one_row(entrant, test))


def one_row(entrant: Any, test: pd.DataFrame) -> float:
    """Seconds that a single row takes: the median of some."""
    taken = []
    for position in range(min(ONE_ROW, len(test))):
        began = time.perf_counter()
        entrant.predict(test.iloc[[position]])
        taken.append(time.perf_counter() - began)
        if sum(taken) > MOST_SECONDS:
            break
    return float(np.median(taken))


def say(what: str, **more: Any) -> None:
    """A line for who started this."""
    os.write(MESSAGES, (json.dumps({"entrant": what, **more}) + "\n").encode())


if __name__ == "__main__":
    # Whatever libraries print goes elsewhere.
    MESSAGES = os.dup(1)
    os.dup2(2, 1)
    sys.path = [each for each in sys.path if Path(each or ".").resolve() != Path(__file__).parent]
    main()
