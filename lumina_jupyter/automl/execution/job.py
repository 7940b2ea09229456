"""What a worker is asked for: one fit; and what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

ALL_ROWS: Final = -1
"""In place of a fold: fit on all rows, with nothing held out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One fold of one trial.

    Args:
        trial: Number of the trial.
        fold: Position of the fold, or `ALL_ROWS`.
        family: Name of the family.
        params: Its parameters, JSON values only.
        rows: Share of the fold's rows to train on.
        seed: For whatever is random in the fit.
        threads: How many the fit may use.
        iterations: Trees or epochs to train, where early stopping has found a number; else 0.
        patience: After how many seconds a family that trains in steps keeps what it has; 0 for never.
        seconds: After how many seconds it is given up.
    """

    trial: int
    fold: int
    family: str
    params: Mapping[str, Any] = field(default_factory=dict)
    rows: float = 1.0
    seed: int = 0
    threads: int = 1
    iterations: int = 0
    patience: float = 0.0
    seconds: float = 3600.0

    @property
    def key(self) -> tuple[int, int]:
        """By which an outcome is matched to its job."""
        return self.trial, self.fold


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a job. The predictions and the model lie in the experiment's folder.

    Args:
        job: What was asked for.
        seconds: Wall time of the fit and the prediction.
        predict_seconds: Wall time of the prediction of the rows held out.
        iterations: How many trees or epochs early stopping kept.
        peak_bytes: The most memory that the worker's process held meanwhile.
        model_bytes: Size of the model on the disk.
        failure: Why it failed, as a sentence; empty when it did not.
    """

    job: Job
    seconds: float = 0.0
    predict_seconds: float = 0.0
    iterations: int = 0
    peak_bytes: int = 0
    model_bytes: int = 0
    failure: str = ""
