"""What a search says while it runs: for the widget, the progress bar, the routes and the log of an experiment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from .candidate import Candidate, Trial

Stage = Literal["looking", "searching", "ensembling", "refitting", "done", "stopped", "failed"]
ENDED: frozenset[Stage] = frozenset({"done", "stopped", "failed"})
"""Stages after which nothing more is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageBegan:
    """The search goes over to another stage, or pauses in it. `text` says what happens, as a sentence."""

    stage: Stage
    text: str
    seconds: float
    paused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchBegan:
    """A search knows what it searches for: the experiment's name, the target's, the metric and the budget in seconds."""

    name: str
    target: str
    metric: str
    greater_is_better: bool
    budget: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """Something that was decided for the user, and can be decided otherwise: validation, sampling, a column left out.

    `setting` is the parameter of `AutoML` that decides it, or empty.
    """

    text: str
    setting: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned:
    """Something that people should know before they trust a result."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialBegan:
    """A worker begins with a candidate."""

    number: int
    candidate: Candidate
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialChanged:
    """A trial has one more fold, or is over."""

    trial: Trial
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BestImproved:
    """A better score than all before. `score` is as the metric is read by people (losses are positive)."""

    number: int
    score: float
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class EnsembleMade:
    """The blend that the object predicts with. `weights`: trial number to weight, which sum to 1."""

    weights: Mapping[int, float] = field(default_factory=dict)
    score: float = 0.0
    seconds: float = 0.0


SearchEvent = SearchBegan | StageBegan | Decided | Warned | TrialBegan | TrialChanged | BestImproved | EnsembleMade


class Listener(Protocol):
    """Somebody who is told; called in the thread of the search, so it returns at once and never raises."""

    def __call__(self, event: SearchEvent, /) -> None:
        """Take note of an event."""


class Controls(Protocol):
    """What a person may do to a search that runs, from any thread. Whoever asks last is heard, here or in a terminal."""

    def pause(self) -> None:
        """Begin no new fits until `go_on`."""

    def go_on(self) -> None:
        """Go on after `pause`."""

    def stop(self) -> None:
        """End the search; the best so far is kept."""
