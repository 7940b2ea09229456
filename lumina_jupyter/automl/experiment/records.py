"""Trials, tasks and schemas as JSON, and back."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from ..candidate import Candidate, FoldResult, Trial
from ..columns import Column, Schema
from ..progress import (
    BestImproved,
    Decided,
    EnsembleMade,
    SearchBegan,
    SearchEvent,
    StageBegan,
    TrialBegan,
    TrialChanged,
    Warned,
)
from ..task import Task

EVENTS: Mapping[str, type[Any]] = {
    each.__name__: each
    for each in (SearchBegan, StageBegan, Decided, Warned, TrialBegan, TrialChanged, BestImproved, EnsembleMade)
}


def trial_to_json(trial: Trial) -> dict[str, Any]:
    """A trial as JSON values."""
    return dataclasses.asdict(trial)


def trial_from_json(data: Mapping[str, Any]) -> Trial:
    """The trial that was made into JSON values."""
    folds = tuple(FoldResult(**each) for each in data["folds"])
    return Trial(**{**data, "candidate": Candidate(**data["candidate"]), "folds": folds})


def schema_to_json(schema: Schema) -> dict[str, Any]:
    """A schema as JSON values."""
    # Not by `asdict`, which takes seconds where there are tens of thousands of columns.
    fields = [field.name for field in dataclasses.fields(Column)]
    return {
        "columns": [{name: getattr(column, name) for name in fields} for column in schema.columns],
        "rows": schema.rows,
    }


def schema_from_json(data: Mapping[str, Any]) -> Schema:
    """The schema that was made into JSON values."""
    columns = tuple(Column(**{**each, "ordered": tuple(each["ordered"])}) for each in data["columns"])
    return Schema(columns=columns, rows=data["rows"])


def task_to_json(task: Task) -> dict[str, Any]:
    """A task as JSON values, without its classes, which may be of any type."""
    data = dataclasses.asdict(task)
    del data["classes"]
    return data


def task_from_json(data: Mapping[str, Any], classes: tuple[Any, ...]) -> Task:
    """The task that was made into JSON values."""
    return Task(**{**data, "quantiles": tuple(data["quantiles"]), "classes": classes})


def event_to_json(event: SearchEvent) -> dict[str, Any]:
    """An event as JSON values, with its name under "event"."""
    return {"event": type(event).__name__, **dataclasses.asdict(event)}


def event_from_json(data: Mapping[str, Any]) -> SearchEvent | None:
    """The event that was made into JSON values; None for a name that is not known."""
    fields = {key: value for key, value in data.items() if key != "event"}
    kind = EVENTS.get(str(data.get("event")))
    if kind is None:
        return None
    if "trial" in fields:
        fields["trial"] = trial_from_json(fields["trial"])
    if "candidate" in fields:
        fields["candidate"] = Candidate(**fields["candidate"])
    if "weights" in fields:
        fields["weights"] = {int(number): weight for number, weight in fields["weights"].items()}
    made: SearchEvent = kind(**fields)
    return made
