"""An experiment in words, for models and for the terminal: how far it is, how good, and what to be careful of."""

from __future__ import annotations

from ..words import counted, percent
from .view import ExperimentView

LEADERS = 5
MOST_TOLD = 8
"""Decisions and warnings that are told at most."""


def told(view: ExperimentView, *, columns: bool = True, leaders: int = LEADERS) -> str:
    """What is to be said of an experiment.

    Args:
        view: The experiment.
        columns: Whether what was found in columns may be told: it names values of them.
        leaders: How many rows of the leaderboard are told.
    """
    lines = [f"Experiment {view.name}: {_state(view)}"]
    if view.job is not None and view.job.failure:
        lines.append(f"{view.job.failure} {view.job.hint}".strip())
    if view.metric:
        better = "greater" if view.greater_is_better else "smaller"
        lines.append(f"It predicts {view.target} ({view.task}), by {view.metric}; {better} is better.")
    if view.score is not None:
        lines.append(f"Of rows held out the blend reaches {view.metric} {view.score:.5g}.")
    if view.verdict:
        lines.append(f"Verdict: {view.verdict}")
    if columns:
        warnings = [each for each in view.warnings if each != view.verdict]
        lines += [f"Warning: {each}" for each in warnings[:MOST_TOLD]]
        if view.validation:
            lines.append(f"How models were tested: {view.validation}")
    lines += _leaders(view, leaders) if leaders else []
    return "\n".join(lines)


def progress(view: ExperimentView) -> str:
    """How far a search is, in a line."""
    if not view.metric:
        return view.text
    models = len(view.leaderboard) + view.left_out
    best = f", best {view.metric} {view.curve[-1].score:.5g}" if view.curve else ""
    return f"{view.seconds:.0f} of {view.budget:.0f} s, {counted(models, 'model')}{best}"


def _state(view: ExperimentView) -> str:
    if view.state == "running":
        return f"it is being searched; {progress(view).rstrip('.')}.{' It pauses.' if view.paused else ''}"
    if view.state == "queued":
        return view.text or "it waits for its turn."
    if view.state == "done":
        return f"done after {view.seconds:.0f} s, {counted(len(view.leaderboard) + view.left_out, 'model')}."
    return f"{view.state}."


def _leaders(view: ExperimentView, most: int) -> list[str]:
    if not view.leaderboard:
        return []
    lines = ["Leaderboard (score on rows held out, share in the blend):"]
    for place, row in enumerate(view.leaderboard[:most], 1):
        score = "-" if row.score is None else f"{row.score:.5g}"
        state = "" if row.state == "done" else f", {row.state}"
        kind = f" ({row.origin})" if row.origin in ("naive", "baseline") else ""
        lines.append(f"{place}. {row.title}{kind}: {score}, {percent(row.weight)}{state}")
    baseline = next((row for row in view.leaderboard[most:] if row.origin == "baseline"), None)
    if baseline is not None and baseline.score is not None:
        lines.append(f"The baseline, {baseline.title}: {baseline.score:.5g}")
    return lines
