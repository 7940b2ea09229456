"""An experiment for people: what was searched for, how far it is, what was found and what was told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from lumina_jupyter.errors import ExperimentMissing

from ..experiment.experiment import Experiment
from ..experiment.listing import State, listed
from ..progress import Decided, Stage
from ..showing.board import Best, Board, Row
from ..tracking.outcome import untold
from .job import JobState, JobView


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperimentView:
    """An experiment.

    Args:
        name: Its name.
        state: "interrupted" can be resumed; "queued" is a job that waits.
        paused: Whether it is asked to pause while it runs.
        job: The server's job that searches or has searched in it; None where a notebook or a terminal did.
        began: When it was asked for, local time, to the minute.
        task: Kind of the task; like what follows, empty before the table was looked at.
        target: The target's name.
        metric: The metric's name.
        greater_is_better: Whether greater values of it are better.
        rows: Rows of the table.
        columns: Columns beside the target.
        data_hash: The same for the same table and target.
        stage: What it does.
        text: The same as a sentence.
        seconds: What the search took so far.
        budget: What it may take.
        score: What the blend reached on rows held out; None before the end.
        skill: Whether that is better than the naive model beyond noise; None where that is not known.
        verdict: The same as a sentence.
        validation: How models are judged, and why so, as a sentence.
        decisions: What was decided for people, and the parameter that decides otherwise.
        warnings: What people should know before they trust a result, such as columns that leak the target.
        leaderboard: Rows of the leaderboard, the best first.
        left_out: How many rows of it are left out here.
        curve: The best score from a moment on.
        versions: Of the libraries that it was trained with.
    """

    name: str
    state: State | JobState
    paused: bool = False
    job: JobView | None = None
    began: str = ""
    task: str = ""
    target: str = ""
    metric: str = ""
    greater_is_better: bool = True
    rows: int = 0
    columns: int = 0
    data_hash: str = ""
    stage: Stage = "looking"
    text: str = ""
    seconds: float = 0.0
    budget: float = 0.0
    score: float | None = None
    skill: bool | None = None
    verdict: str = ""
    validation: str = ""
    decisions: list[Decided] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    leaderboard: list[Row] = field(default_factory=list)
    left_out: int = 0
    curve: list[Best] = field(default_factory=list)
    versions: dict[str, str] = field(default_factory=dict)


def view_of(experiment: Experiment, job: JobView | None = None, *, rows: int = 100) -> ExperimentView:
    """An experiment as it is on the disk.

    Args:
        experiment: Its folder.
        job: The server's job that has to do with it.
        rows: How many rows of the leaderboard there may be.

    Raises:
        ExperimentMissing: when it can't be read.
    """
    found = listed(experiment)
    if found is None:
        raise ExperimentMissing(f"The experiment {experiment.name!r} can't be read.")
    spec, result = experiment.spec(), experiment.result() or {}
    board = Board()
    for event in experiment.events():
        board.take(event)
    ranking = [_finite(row) for row in board.ranking()]
    return ExperimentView(
        name=found.name,
        state=found.state,
        job=job,
        began=found.began,
        task=found.task,
        target=found.target,
        metric=found.metric,
        greater_is_better=bool(spec["metric"]["greater_is_better"]),
        rows=found.rows,
        columns=int(spec.get("columns", 0)),
        data_hash=found.data_hash,
        stage=board.stage,
        text=board.text,
        seconds=round(board.seconds, 3),
        budget=board.budget,
        score=found.score,
        skill=result.get("skill"),
        verdict=str(result.get("verdict", "")),
        validation=_validation(experiment),
        decisions=list(board.decisions),
        warnings=list(dict.fromkeys(filter(None, [untold(experiment), *board.warnings]))),
        leaderboard=ranking[:rows],
        left_out=max(0, len(ranking) - rows),
        curve=list(board.curve),
        versions=dict(spec.get("versions", {})),
    )


def waiting(job: JobView) -> ExperimentView:
    """A job whose experiment is not there yet, or never came to be."""
    return ExperimentView(
        name=job.name,
        state=job.state,
        job=job,
        target=job.target,
        budget=job.seconds,
        stage="failed" if job.state == "failed" else "looking",
        text=_waiting_text(job),
    )


def _waiting_text(job: JobView) -> str:
    if job.state == "queued":
        return f"It waits for its turn, in place {job.place}." if job.place else "It is about to begin."
    return job.failure or "The table is read."


def said_after(experiment: Experiment, offset: int) -> tuple[int, list[dict[str, Any]]]:
    """What was said after a byte of the log, as JSON values, and the byte to go on from; half a line is left for later."""
    try:
        with (experiment.folder / "events.jsonl").open("rb") as file:
            file.seek(offset)
            written = file.read()
    except OSError:
        return offset, []
    whole = written[: written.rfind(b"\n") + 1]
    return offset + len(whole), list(_events(whole))


def _events(lines: bytes) -> Iterator[dict[str, Any]]:
    for line in lines.splitlines():
        # One that cannot be read is counted, so that numbers stay the same.
        event: Any = {}
        with suppress(ValueError):
            event = json.loads(line, parse_constant=lambda _: None)
        yield event if isinstance(event, dict) else {}


def _finite(row: Row) -> Row:
    """Without numbers that JSON has no word for."""
    if row.score is not None and not abs(row.score) < float("inf"):
        row = replace(row, score=None)
    return row if abs(row.spread) < float("inf") else replace(row, spread=0.0)


def _validation(experiment: Experiment) -> str:
    try:
        about = json.loads((experiment.folder / "data" / "problem.json").read_bytes())
        return str(about["validation"]["told"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""
