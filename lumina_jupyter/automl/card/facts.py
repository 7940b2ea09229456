"""What a model's card says, gathered from what a search has left behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ..experiment.problem import Problem
from ..profiling.detectors.drift import find_drift
from ..profiling.view import View
from ..progress import Warned
from ..words import percent
from .card import Facts, written

if TYPE_CHECKING:
    from ..estimator.fitted import Fitted
    from ..explain.explanations import Explanations

IMPORTANCE_SECONDS = 20.0


def facts_of(fitted: Fitted, explained: Explanations, problem: Problem) -> Facts:
    """The facts.

    Args:
        fitted: The model.
        explained: Its explanations on rows that were held out.
        problem: What it was searched with.
    """
    by_number = {trial.number: trial for trial in fitted.trials_}
    members = [(by_number[number].candidate, weight) for number, weight in fitted.weights_.items()]
    needed = explained.importance(seconds=IMPORTANCE_SECONDS)
    warned = [event.text for event in fitted.experiment_.events() if isinstance(event, Warned)]
    series = problem.series
    return Facts(
        spec=fitted.experiment_.spec(),
        scores=explained.scores().table,
        held_out=len(explained.rows),
        members=pd.DataFrame(
            [
                (
                    each.family,
                    percent(weight),
                    ", ".join(f"{name} = {written(value)}" for name, value in each.params.items()) or "as it comes",
                )
                for each, weight in members
            ],
            columns=["model", "weight", "parameters"],
        ),
        validation=fitted.validation_.told,
        decided=[text for text in fitted.told_ if text != fitted.validation_.told and text not in warned],
        warnings=tuple(dict.fromkeys([*_no_skill(fitted), *warned, *drift_in(problem)])),
        columns=pd.DataFrame(
            [(column.name, column.kind, percent(column.missing, 1)) for column in fitted.schema_.columns],
            columns=["column", "kind", "missing"],
        ),
        subgroups=explained.subgroups().table,
        importance=needed.table.drop(columns=["matters"]),
        unmeasured=needed.left_out,
        size="" if series is None else _of_series(problem),
        steps=None if series is None else explained.steps().table,
    )


def _no_skill(fitted: Fitted) -> list[str]:
    verdict = fitted.verdict_
    return [verdict.text] if verdict is not None and not verdict.skill else []


def drift_in(problem: Problem) -> list[str]:
    """What has moved over time, where rows are in its order, as sentences."""
    if problem.series is not None:
        return []
    view = View(
        frame=problem.features,
        schema=problem.schema,
        origin=np.arange(len(problem.features)),
        task=problem.task,
        values=problem.target,
        validation=problem.validation,
    )
    return [f"{each.text} {each.advice}".strip() for each in find_drift(view) if each.severity != "info"]


def _of_series(problem: Problem) -> str:
    series = problem.series
    if series is None:
        return ""
    lines = series.values_.values()
    moments = sum(int(np.isfinite(line).sum()) for line in lines)
    several = f"{len(lines):,} series of" if len(lines) > 1 else "one series of"
    known = f", of which {', '.join(series.known)} has to be known in advance" if series.known else ""
    return (
        f"the next {series.horizon} values of {several} {moments:,} values in all, a step of {series.step} apart{known}"
    )
