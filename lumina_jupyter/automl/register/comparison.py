"""Experiments side by side: which is best, where that can be said, and in what they differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lumina_jupyter.errors import SettingUnusable

from .entry import Entry

FEWEST = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Something in which experiments differ.

    Args:
        what: Its name: "rows", "parameters.time_budget", "versions.lightgbm".
        values: For each experiment, in their order; None where it has none.
    """

    what: str
    values: list[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperimentComparison:
    """Experiments side by side.

    Args:
        experiments: Which ones, as they were asked for.
        best: The name of the one with the best score; empty where scores can't be compared.
        text: The same as a sentence, or why they can't.
        differences: All in which they differ, the results left out.
    """

    experiments: list[Entry]
    best: str
    text: str
    differences: list[Difference]


def compare(entries: Sequence[Entry]) -> ExperimentComparison:
    """Put experiments side by side.

    Raises:
        SettingUnusable: when there are fewer than two.
    """
    if len(entries) < FEWEST:
        raise SettingUnusable("One experiment can't be compared.", hint="Name two experiments or more.")
    why_not = _incomparable(entries)
    scored = [entry for entry in entries if entry.score is not None]
    best = "" if why_not else max(scored, key=_goodness).name
    return ExperimentComparison(
        experiments=list(entries),
        best=best,
        text=why_not or _praise(scored),
        differences=list(_differences(entries)),
    )


def _incomparable(entries: Sequence[Entry]) -> str:
    """Why scores say nothing about which experiment is better; empty when they do."""
    metrics = list(dict.fromkeys(entry.metric for entry in entries))
    if len(metrics) > 1:
        return f"Their scores can't be compared: they are of different metrics ({', '.join(metrics)})."
    if len({entry.data_hash for entry in entries}) > 1:
        return "Their scores can't be compared: they searched in different tables, or the table has changed."
    if sum(entry.score is not None for entry in entries) < FEWEST:
        return "There are no two scores to compare."
    return ""


def _praise(scored: Sequence[Entry]) -> str:
    first, second = sorted(scored, key=_goodness, reverse=True)[:2]
    if first.score == second.score:
        return f"{first.name} and {second.name} are equally good: {first.metric} {first.score:.5g}."
    return f"{first.name} is best: {first.metric} {first.score:.5g}, before {second.name} with {second.score:.5g}."


def _goodness(entry: Entry) -> float:
    score = entry.score or 0.0
    return score if entry.greater_is_better else -score


def _differences(entries: Sequence[Entry]) -> Iterator[Difference]:
    for what in ("task", "target", "metric", "rows", "columns", "data_hash"):
        yield from _difference(what, [getattr(entry, what) for entry in entries])
    for group in ("parameters", "versions"):
        found: list[dict[str, Any]] = [getattr(entry, group) for entry in entries]
        for name in dict.fromkeys(name for each in found for name in each if name != "name"):
            yield from _difference(f"{group}.{name}", [each.get(name) for each in found])


def _difference(what: str, values: list[Any]) -> Iterator[Difference]:
    if any(value != values[0] for value in values):
        yield Difference(what=what, values=values)
