"""Looks at a table: reads it, finds out what is to be learned, and asks all detectors."""

from __future__ import annotations

from collections.abc import Mapping
from time import perf_counter
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lumina_jupyter.automl.columns import ColumnKind, Schema
from lumina_jupyter.automl.profiling.detectors import DETECTORS
from lumina_jupyter.automl.profiling.detectors.leaks import find_leaks as leaks_of
from lumina_jupyter.automl.profiling.finding import SEVERITIES, Finding
from lumina_jupyter.automl.profiling.report import Profile
from lumina_jupyter.automl.profiling.view import View
from lumina_jupyter.automl.splitting import LEAST_ROWS, choose_validation
from lumina_jupyter.automl.tables.frames import read_table
from lumina_jupyter.automl.tables.schema import infer_schema
from lumina_jupyter.automl.tables.target import Target, read_target, split_target
from lumina_jupyter.automl.task import Task, TaskKind
from lumina_jupyter.automl.validation import Validation
from lumina_jupyter.errors import DataUnusable


def profile(
    data: Any,
    target: Any = None,
    test: Any = None,
    *,
    task: TaskKind | None = None,
    kinds: Mapping[str, ColumnKind] | None = None,
    groups: Any = None,
    time: Any = None,
    seed: int = 0,
) -> Profile:
    """What is wrong with a table, and what AutoML does about it.

    Args:
        data: A table: pandas, polars, Arrow, NumPy, a dict of columns, …
        target: The name of the column to be predicted, or its values; None looks at the table alone.
        test: Another table with the same columns, which is not trained on: is it alike, are rows in both?
        task: What is to be predicted: "binary", "multiclass", "regression", …; None finds it out.
        kinds: What columns hold, by their names, where that is known better: {"zip": "category"}.
        groups: The column whose rows belong together, as for `AutoML.fit`.
        time: The column that says when rows were, as for `AutoML.fit`.
        seed: Of samples.

    Raises:
        DataUnusable: when it is no table, or there is no column of the target's name.
        SettingUnusable: when `kinds`, `groups` or `time` name a column that is not there.
    """
    began = perf_counter()
    table = read_table(data)
    findings = [_decided("names", text) for text in table.told]
    frame, values, name = (table.frame, None, "") if target is None else split_target(table.frame, target)
    found: Target | None = None
    if target is not None:
        try:
            found = read_target(values, kind=task, name=name, rows=len(frame))
        except DataUnusable as error:
            findings.append(_unusable(error))
    if found is not None:
        findings += [_decided("target", text) for text in found.told]
        frame = frame.iloc[found.rows].reset_index(drop=True)
    schema = infer_schema(frame, kinds)
    tested, tested_values = _tested(test, schema, found, findings)
    view = View(
        frame=frame,
        schema=schema,
        task=found.task if found else None,
        values=found.values if found else None,
        origin=found.rows if found else np.arange(len(frame)),
        validation=_validation(frame, schema, found, groups, time, seed),
        test=tested,
        test_values=tested_values,
        seed=seed,
    )
    for detector in DETECTORS:
        findings += detector(view)
    findings.sort(key=lambda finding: SEVERITIES.index(finding.severity))
    seconds = perf_counter() - began
    return Profile(rows=len(table.frame), schema=schema, task=view.task, findings=tuple(findings), seconds=seconds)


def find_leaks(
    frame: pd.DataFrame, values: NDArray[Any], schema: Schema, task: Task, validation: Validation | None = None
) -> tuple[Finding, ...]:
    """Only what makes scores wrong, in a fraction of a second: for a warning before the training.

    Args:
        frame: Features of the rows whose target is there, as `frames.read_table` gives them.
        values: Their target, as `target.read_target` gives it.
        schema: What the columns hold.
        task: What is to be learned.
        validation: How candidates are judged, where that is known.
    """
    view = View(
        frame=frame, schema=schema, task=task, values=values, origin=np.arange(len(frame)), validation=validation
    )
    return tuple(leaks_of(view))


def _validation(
    frame: pd.DataFrame, schema: Schema, target: Target | None, groups: Any, time: Any, seed: int
) -> Validation | None:
    if target is None or len(frame) < LEAST_ROWS:
        return None
    return choose_validation(frame, target.values, schema, target.task, groups=groups, time=time, seed=seed)


def _tested(
    test: Any, schema: Schema, target: Target | None, findings: list[Finding]
) -> tuple[pd.DataFrame | None, NDArray[Any] | None]:
    """The test table in the columns of the other one, and its target as numbers."""
    if test is None:
        return None, None
    frame = read_table(test).frame
    names = [column.name for column in schema.columns]
    gone = [name for name in names if name not in frame.columns]
    if gone:
        findings.append(
            Finding(
                kind="columns gone",
                severity="serious",
                text=f"The test table lacks {', '.join(map(repr, gone[:5]))}.",
                columns=tuple(gone),
                action="Refuses to predict for a table that lacks a column that it learned from.",
                advice="Leave these columns out before you train, or get them for the rows to be predicted.",
            )
        )
    tested = frame.reindex(columns=pd.Index(names, dtype=object))
    if target is None or target.task.target not in frame.columns:
        return tested, None
    column = frame[target.task.target]
    if target.task.classifies:
        places = {value: place for place, value in enumerate(target.task.classes)}
        return tested, np.asarray([places.get(value, -1) for value in column.tolist()], dtype=float)
    return tested, np.asarray(pd.to_numeric(column, errors="coerce"), dtype=float)


def _decided(kind: str, text: str) -> Finding:
    return Finding(
        kind=kind, severity="warning" if kind == "target" else "info", text=text, action="Does this by itself."
    )


def _unusable(error: DataUnusable) -> Finding:
    return Finding(kind="target", severity="serious", text=error.message, action="Refuses to train.", advice=error.hint)
