"""The board of a search: everything that is known of it at a moment, made of what it says, for all who show it.

The widget, the HTML of a saved notebook, the routes and the comparison of experiments show the same board, so that none of
them has its own idea of which trial is best.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from ..candidate import Candidate, Origin, Trial, TrialState, standing
from ..progress import (
    ENDED,
    BestImproved,
    Decided,
    EnsembleMade,
    SearchBegan,
    SearchEvent,
    Stage,
    StageBegan,
    TrialBegan,
    TrialChanged,
    Warned,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of the leaderboard.

    Args:
        number: The trial's number.
        family: Stable name of the family.
        title: Name of the family for people.
        params: What was tried, JSON values.
        origin: Where the candidate comes from.
        state: How far it is.
        score: Mean over its folds so far, as the metric is read (losses are positive); None without a fold.
        spread: Standard deviation of its folds' scores; 0 with fewer than two.
        folds: How many folds it has.
        rows: Share of the rows that it was trained on.
        seconds: What it took, summed over its folds.
        predict_seconds: What predicting the rows held out took, summed over its folds.
        model_bytes: Size of its models on the disk.
        started: Seconds since the search began.
        ended: Seconds since the search began, at its last fold.
        weight: Its share in the blend that predicts; 0 outside of it.
        reason: Why it was pruned or failed.
    """

    number: int
    family: str
    title: str
    params: Mapping[str, Any]
    origin: Origin
    state: TrialState
    score: float | None = None
    spread: float = 0.0
    folds: int = 0
    rows: float = 1.0
    seconds: float = 0.0
    predict_seconds: float = 0.0
    model_bytes: int = 0
    started: float = 0.0
    ended: float = 0.0
    weight: float = 0.0
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Best:
    """The best score that was known from a moment on."""

    seconds: float
    score: float
    number: int


@dataclass(slots=True, kw_only=True)
class Board:
    """What is known of a search. `take` is called with each of its events, in their order.

    Args:
        name: The experiment's name; like the next four, empty until the search knows it.
        target: The target's name.
        metric: Name of the metric.
        greater_is_better: Whether greater values of it, as people read them, are better.
        budget: Seconds that the search may take.
        titles: Gives the name for people of a family.
    """

    name: str = ""
    target: str = ""
    metric: str = "score"
    greater_is_better: bool = True
    budget: float = 0.0
    titles: Callable[[str], str] = str
    stage: Stage = "looking"
    text: str = ""
    paused: bool = False
    seconds: float = 0.0
    ensemble_score: float | None = None
    rows: dict[int, Row] = field(default_factory=dict)
    curve: list[Best] = field(default_factory=list)
    decisions: list[Decided] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def take(self, event: SearchEvent) -> None:
        """Learn of an event."""
        self.seconds = max(self.seconds, getattr(event, "seconds", 0.0))
        match event:
            case SearchBegan():
                self.name, self.target, self.metric = event.name, event.target, event.metric
                self.greater_is_better, self.budget = event.greater_is_better, event.budget
            case StageBegan():
                self.stage, self.text, self.paused = event.stage, event.text, event.paused
            case Decided():
                self.decisions.append(event)
            case Warned():
                self.warnings.append(event.text)
            case TrialBegan():
                self.rows.setdefault(event.number, self._began(event.number, event.candidate, event.seconds))
            case TrialChanged():
                self._change(event.trial, event.seconds)
            case BestImproved():
                self.curve.append(Best(seconds=event.seconds, score=event.score, number=event.number))
            case EnsembleMade():
                self._blend(event)

    @property
    def ended(self) -> bool:
        """Whether nothing more will come."""
        return self.stage in ENDED

    @property
    def best(self) -> Row | None:
        """The best trial that is done, baselines among them."""
        return next((row for row in self.ranking() if row.state == "done" and row.score is not None), None)

    def ranking(self) -> list[Row]:
        """All rows, in the order of the leaderboard."""

        def key(row: Row) -> tuple[int, bool, float, float, int]:
            score = row.score if self.greater_is_better or row.score is None else -row.score
            return standing(row.state, row.rows, score, row.number)

        return sorted(self.rows.values(), key=key)

    def snapshot(self) -> dict[str, Any]:
        """All of it as JSON values: what front ends are sent."""
        return {
            "name": self.name,
            "target": self.target,
            "metric": self.metric,
            "greater_is_better": self.greater_is_better,
            "budget": self.budget,
            "stage": self.stage,
            "text": self.text,
            "paused": self.paused,
            "seconds": round(self.seconds, 3),
            "ended": self.ended,
            "ensemble_score": self.ensemble_score,
            "rows": [asdict(row) for row in self.ranking()],
            "curve": [asdict(point) for point in self.curve],
            "decisions": [asdict(each) for each in self.decisions],
            "warnings": list(self.warnings),
        }

    def _began(self, number: int, candidate: Candidate, seconds: float) -> Row:
        return Row(
            number=number,
            family=candidate.family,
            title=self.titles(candidate.family),
            params=dict(candidate.params),
            origin=candidate.origin,
            state="running",
            started=seconds,
        )

    def _change(self, trial: Trial, seconds: float) -> None:
        known = self.rows.get(trial.number) or self._began(trial.number, trial.candidate, trial.started)
        score = trial.score
        self.rows[trial.number] = replace(
            known,
            state=trial.state,
            score=score if score is None or self.greater_is_better else -score,
            spread=_spread([each.score for each in trial.folds if each.score is not None]),
            folds=len(trial.folds),
            rows=trial.rows,
            seconds=trial.seconds,
            predict_seconds=sum(each.predict_seconds for each in trial.folds),
            model_bytes=sum(each.model_bytes for each in trial.folds),
            ended=seconds,
            reason=trial.reason,
        )

    def _blend(self, event: EnsembleMade) -> None:
        self.ensemble_score = event.score
        for number, row in self.rows.items():
            self.rows[number] = replace(row, weight=float(event.weights.get(number, 0.0)))


def _spread(scores: list[float]) -> float:
    if len(scores) < 2:
        return 0.0
    mean = sum(scores) / len(scores)
    return float((sum((score - mean) ** 2 for score in scores) / (len(scores) - 1)) ** 0.5)
