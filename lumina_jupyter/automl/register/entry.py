"""What is kept of an experiment that has ended."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import Any

from lumina_jupyter.errors import ExperimentMissing

from ..experiment.experiment import Experiment


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An experiment.

    Args:
        id: Given when it began; the same on every machine.
        name: Its name.
        owner: Whose it is; empty for everybody's who uses the same data folder.
        origin: Names the data folder that it was found in.
        began_at: When it was asked for, in seconds since 1970.
        task: Kind of the task.
        target: The target's name.
        metric: The metric's name.
        greater_is_better: Whether greater values of it are better.
        score: What the blend reached on rows held out, as the metric is read; None where it is no number.
        skill: Whether that is better than the naive model beyond noise; None where that is not known.
        verdict: The same as a sentence.
        models: Families of models to their share in the blend; the greatest first.
        trials: How many candidates were tried.
        rows: Rows of the table.
        columns: Columns beside the target.
        data_hash: The same for the same table and target.
        seconds: What the search took.
        parameters: What it was asked for with, as far as that can be written down.
        versions: Of the libraries that it was trained with.
    """

    id: str
    name: str
    owner: str
    origin: str
    began_at: float
    task: str
    target: str
    metric: str
    greater_is_better: bool
    score: float | None
    skill: bool | None
    verdict: str
    models: dict[str, float]
    trials: int
    rows: int
    columns: int
    data_hash: str
    seconds: float
    parameters: dict[str, Any]
    versions: dict[str, str]


def entry_of(experiment: Experiment, *, owner: str = "", origin: str = "") -> Entry | None:
    """What is to be kept of an experiment; None where it has not ended, or can't be read."""
    result = experiment.result()
    try:
        spec = experiment.spec()
        if result is None or "id" not in spec:
            return None
        trials = {trial.number: trial for trial in experiment.trials()}
        weights: Counter[str] = Counter()
        for number, weight in result["weights"].items():
            weights[trials[int(number)].candidate.family] += weight
        score = result["score"]
        return Entry(
            id=str(spec["id"]),
            name=experiment.name,
            owner=owner,
            origin=origin,
            began_at=(experiment.folder / "experiment.json").stat().st_mtime,
            task=str(spec["task"]),
            target=str(spec["target"]),
            metric=str(spec["metric"]["name"]),
            greater_is_better=bool(spec["metric"]["greater_is_better"]),
            score=score if score is not None and math.isfinite(score) else None,
            skill=result.get("skill"),
            verdict=str(result.get("verdict", "")),
            models={family: round(weight, 4) for family, weight in weights.most_common()},
            trials=len(trials),
            rows=int(spec["rows"]),
            columns=int(spec["columns"]),
            data_hash=str(spec["data_hash"]),
            seconds=round(float(result["seconds"]), 3),
            parameters=dict(spec["parameters"]),
            versions=dict(spec["versions"]),
        )
    except (ExperimentMissing, OSError, KeyError, TypeError, ValueError):
        # One of another version, or that is being deleted: the others are kept all the same.
        return None
