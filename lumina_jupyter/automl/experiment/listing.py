"""The experiments that are kept, newest first: what each searched for, how far it is, and how good it became."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from lumina_jupyter.errors import ExperimentMissing

from .experiment import Experiment, experiments_folder

State = Literal["running", "done", "interrupted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A line of the list.

    Args:
        name: The experiment's name.
        began: When it was asked for, local time, to the minute: "2026-11-22 14:05".
        state: "interrupted" can be resumed.
        task: Kind of the task.
        target: The target's name.
        metric: The metric's name.
        score: What the blend reached on rows held out, as the metric is read; None before the end.
        rows: Rows of the table.
        seconds: What the search took; 0 before the end.
        data_hash: The same for the same table and target.
    """

    name: str
    began: str
    state: State
    task: str
    target: str
    metric: str
    score: float | None
    rows: int
    seconds: float
    data_hash: str


def experiments(root: Path | None = None) -> list[Listed]:
    """All experiments that can be read, newest first."""
    root = root or experiments_folder()
    specs = sorted(root.glob("*/experiment.json"), key=lambda path: path.stat().st_mtime, reverse=True)
    return [found for path in specs if (found := listed(Experiment(path.parent))) is not None]


def listed(experiment: Experiment) -> Listed | None:
    """The line of an experiment; None where it can't be read."""
    path = experiment.folder / "experiment.json"
    try:
        spec = experiment.spec()
        result = experiment.result() or {}
        return Listed(
            name=experiment.name,
            began=datetime.fromtimestamp(path.stat().st_mtime).astimezone().strftime("%Y-%m-%d %H:%M"),
            state="running" if experiment.is_searched() else "done" if result else "interrupted",
            task=str(spec["task"]),
            target=str(spec["target"]),
            metric=str(spec["metric"]["name"]),
            score=result.get("score"),
            rows=int(spec["rows"]),
            seconds=float(result.get("seconds", 0.0)),
            data_hash=str(spec["data_hash"]),
        )
    except (ExperimentMissing, OSError, KeyError, TypeError, ValueError):
        # One of another version, or that is being deleted: the others are listed all the same.
        return None
