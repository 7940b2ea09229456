"""Why this model, what the next best costs, and which others there are."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ..candidate import Trial, complete_trials
from ..families.registry import FAMILIES
from ..metrics.metric import Metric
from ..words import percent
from .alternatives import Alternative

_CODE = re.compile("`([^`<]*)`")
ABOUT = 1.15
"""Sizes and times that differ by less than this factor are about the same."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Choice:
    """Why a model was chosen.

    Attributes:
        sentences: The reasons, the most important first.
        table: The model, and below it a row for each single one that could be trained on all rows instead: name, model, score,
            worse_by (score beside the best one's), megabytes, milliseconds (one row of many), trial.
    """

    sentences: tuple[str, ...]
    table: pd.DataFrame

    def __str__(self) -> str:
        return "\n".join(self.sentences) + "\n\n" + str(self._shown().to_string(index=False))

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        said = "".join(f"<p>{html.escape(each)}</p>" for each in self.sentences)
        said = _CODE.sub(r"<code>\1</code>", said)
        return said + str(self._shown().to_html(index=False, border=0))

    def _shown(self) -> pd.DataFrame:
        """The table with as many digits as mean something."""
        written = {
            "score": lambda score: f"{score:.5g}",
            "worse_by": lambda gap: f"{gap:.3g}",
            "megabytes": lambda size: f"{size:.2g}" if size < 100 else f"{size:.0f}",
            "milliseconds": lambda time: f"{time:.2g}" if time < 100 else f"{time:.0f}",
            "trial": lambda number: "-" if pd.isna(number) else f"{number:.0f}",
        }
        return self.table.assign(**{name: self.table[name].map(write) for name, write in written.items()})


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What there is to choose from.

    Args:
        trials: All of them.
        weights: Number of a trial to its weight in the model.
        score: Of the model, as the metric is read.
        metric: By which models are compared.
        alternatives: Single models in place of the blend.
        parts: Number of a trial to the fits whose models predict together in the blend.
        held_out: How many rows each fold held out.
        verdict: What is to be thought of the result beside the naive model's, as a sentence.
        skill: Whether it is better than the naive model.
    """

    trials: Sequence[Trial]
    weights: Mapping[int, float]
    score: float
    metric: Metric
    alternatives: Mapping[str, Alternative]
    parts: Mapping[int, Sequence[int]]
    held_out: Sequence[int]
    verdict: str = ""
    skill: bool = True


def explain_choice(chosen: Chosen) -> Choice:
    """Say why."""
    complete = complete_trials(chosen.trials)
    known = {trial.number: trial for trial in chosen.trials}
    table = _table(chosen, complete, known)
    sentences = [] if chosen.skill else [chosen.verdict]
    sentences.append(_made_of(chosen, known))
    sentences += _compared(table)
    sentences += _instead(table)
    return Choice(tuple(each for each in sentences if each), table)


def _table(chosen: Chosen, complete: Sequence[Trial], known: Mapping[int, Trial]) -> pd.DataFrame:
    members = {number: known[number] for number in chosen.weights}
    models = {number: max(1, len(chosen.parts[number])) for number in members}
    rows = [
        {
            **_row(chosen, "best", _names(list(members.values())), chosen.score),
            "megabytes": sum(models[number] * _megabytes(trial) for number, trial in members.items()),
            "milliseconds": sum(models[number] * _milliseconds(trial, chosen) for number, trial in members.items()),
            "trial": None,
        }
    ]
    named: list[tuple[str, Trial]] = []
    if len(members) > 1 and complete:
        named.append(("best single", complete[0]))
    named += [(name, known[each.trial]) for name, each in chosen.alternatives.items() if each.trial in known]
    for name, origin in (("default gradient boosting", "baseline"), ("naive", "naive")):
        named += [(name, trial) for trial in complete if trial.candidate.origin == origin][:1]
    for name, trial in named:
        score = chosen.metric.read(trial.score or 0.0)
        rows.append(
            {
                **_row(chosen, name, _names([trial]), score),
                "megabytes": _megabytes(trial),
                "milliseconds": _milliseconds(trial, chosen),
                "trial": trial.number,
            }
        )
    return pd.DataFrame(rows)


def _row(chosen: Chosen, name: str, model: str, score: float) -> dict[str, Any]:
    better = 1 if chosen.metric.greater_is_better else -1
    # Added, 0.0 makes of -0.0 what people write.
    return {"name": name, "model": model, "score": score, "worse_by": (chosen.score - score) * better + 0.0}


def _megabytes(trial: Trial) -> float:
    """Of one model; those of the folds are about the same."""
    return max(fold.model_bytes for fold in trial.folds) / 1e6


def _milliseconds(trial: Trial, chosen: Chosen) -> float:
    """That one model takes for one row of many."""
    rows = sum(chosen.held_out[fold.fold] for fold in trial.folds)
    return 1000 * sum(fold.predict_seconds for fold in trial.folds) / max(rows, 1)


def _names(trials: Sequence[Trial]) -> str:
    titles = [FAMILIES[trial.candidate.family].title for trial in trials]
    return ", ".join(dict.fromkeys(titles))


def _made_of(chosen: Chosen, known: Mapping[int, Trial]) -> str:
    shares: dict[str, float] = {}
    for number, weight in chosen.weights.items():
        title = FAMILIES[known[number].candidate.family].title
        shares[title] = shares.get(title, 0.0) + weight
    parts = [f"{title} ({percent(share)})" for title, share in sorted(shares.items(), key=lambda each: -each[1])]
    score = f"{chosen.metric.name} {chosen.score:.4g} on rows held out"
    if len(chosen.weights) == 1:
        return f"The model is {parts[0].split(' (')[0]}, alone: no blend of the trials was better ({score})."
    return (
        f"The model is a blend of {len(chosen.weights)} trials, {', '.join(parts)}: together they err less ({score})."
    )


def _compared(table: pd.DataFrame) -> list[str]:
    said = []
    by_name = table.set_index("name")
    if "best single" in by_name.index:
        row = by_name.loc["best single"]
        said.append(
            f"The best single model, {row['model']}, is worse by {max(row['worse_by'], 0):.3g}; {_cheaper(by_name.loc['best'], row)}."
        )
    if "default gradient boosting" in by_name.index:
        row = by_name.loc["default gradient boosting"]
        more = "better" if row["worse_by"] > 0 else "no better"
        said.append(f"It is {more} than gradient boosting as it comes ({row['score']:.4g}).")
    if "naive" in by_name.index:
        said.append(f"A guess that looks at no column has {by_name.loc['naive']['score']:.4g}.")
    return said


def _cheaper(best: Any, other: Any) -> str:
    return (
        f"it is {_times(best['megabytes'], other['megabytes'], 'smaller', 'larger')} and "
        f"{_times(best['milliseconds'], other['milliseconds'], 'faster', 'slower')}"
    )


def _times(best: float, other: float, less: str, more: str) -> str:
    if not best or not other:
        return f"not {less}"
    factor = best / other
    if 1 / ABOUT < factor < ABOUT:
        return f"hardly {less}"
    return f"{factor:.1f} times {less}" if factor > 1 else f"{1 / factor:.1f} times {more}"


def _instead(table: pd.DataFrame) -> list[str]:
    """What to take when; models that serve several ends are told once."""
    reasons = {
        "fast": "where single rows have to be quick",
        "small": "where memory is short",
        "interpretable": "where every prediction has to be read off its coefficients",
    }
    said = []
    offered = table[table["name"].isin(list(reasons))]
    for _, same in offered.groupby("trial", sort=False):
        row = same.iloc[0]
        when = " or ".join(reasons[name] for name in same["name"])
        said.append(
            f"Take `alternative({row['name']!r})` ({row['model']}) {when}: worse by {max(row['worse_by'], 0):.3g}, "
            f"{row['megabytes']:.2g} MB."
        )
    return said
