"""What is to be learned: the kind of a task, and what of the target everybody has to know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

TaskKind = Literal["binary", "multiclass", "regression", "quantile", "ranking", "forecasting"]
CLASSIFICATION: frozenset[TaskKind] = frozenset({"binary", "multiclass"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A task, as it was asked for or found out.

    Args:
        kind: What is predicted.
        target: The target's name, for people.
        classes: The classes in sorted order, as they are in the data; models see their positions, 0 to n - 1.
        quantiles: For "quantile": which ones are predicted, each between 0 and 1, rising.
        horizon: For "forecasting": how many steps ahead.
        query: For "ranking": the column of the queries; empty when their values were given.
        told: How the kind was found, as a sentence; empty when it was asked for.
    """

    kind: TaskKind
    target: str = "target"
    classes: tuple[Any, ...] = ()
    quantiles: tuple[float, ...] = ()
    horizon: int = 0
    query: str = ""
    told: str = ""

    @property
    def classifies(self) -> bool:
        """Whether classes are predicted."""
        return self.kind in CLASSIFICATION
