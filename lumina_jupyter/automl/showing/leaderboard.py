"""The leaderboard as a frame: a row for each trial, the best first."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

import pandas as pd

from ..candidate import Trial, standing
from ..metrics.metric import Metric


def leaderboard(trials: Iterable[Trial], metric: Metric, weights: Mapping[int, float]) -> pd.DataFrame:
    """All trials: those that are done by their scores, then those that were given up, then those that failed.

    "score" is as the metric is read (losses are positive), "weight" the share in the blend that predicts, "rows" the share
    of the rows that were trained on, "seconds" what all folds took.
    """
    ordered = sorted(trials, key=lambda trial: standing(trial.state, trial.rows, trial.score, trial.number))
    rows = [
        {
            "trial": trial.number,
            "family": trial.candidate.family,
            "score": None if trial.score is None else metric.read(trial.score),
            "weight": weights.get(trial.number, 0.0),
            "state": trial.state,
            "origin": trial.candidate.origin,
            "folds": len(trial.folds),
            "rows": trial.rows,
            "seconds": trial.seconds,
            "predict_seconds": sum(fold.predict_seconds for fold in trial.folds),
            "megabytes": sum(fold.model_bytes for fold in trial.folds) / 2**20,
            "params": json.dumps(dict(trial.candidate.params), default=str),
            "reason": trial.reason,
        }
        for trial in ordered
    ]
    frame = pd.DataFrame(rows)
    frame["score"] = pd.to_numeric(frame["score"])
    return frame
