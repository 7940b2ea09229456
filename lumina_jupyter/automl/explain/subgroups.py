"""How good a model is for whom: the metric for parts of the rows, beside all others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from pandas.api import types

from lumina_jupyter.automl.explain.figures import FIRST, INK, SECOND, Theme, error_bars, new_figure
from lumina_jupyter.automl.explain.intervals import DRAWS, LEVEL
from lumina_jupyter.automl.explain.rows import Numbers, Rows
from lumina_jupyter.automl.explain.shown import Shown
from lumina_jupyter.automl.tables.queries import whole_queries

LEAST_ROWS = 20
LEVELS = 12
MOST_OTHERS = 5_000
SHOWN = 25


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Subgroups(Shown):
    """The groups.

    Attributes:
        table: column, group, rows, score, gap (to the score of all other rows; below 0 is worse for the group), low and high
            (of the gap, 95 % for all groups together), differs (whether they leave out 0), mean_truth, mean_prediction;
            for two classes also selected (share that is predicted to be of the second), found (of those that are, the share
            that is predicted so), false_alarms (of those that are not). What differs comes first, the worst gap before. Of
            forecasts scores are of errors in units of how much each series usually changes, where the search's were.
        metric: The metric's name.
        overall: The metric for all rows.
    """

    table: pd.DataFrame
    metric: str
    overall: float

    def figure(self, theme: Theme = "auto") -> Any:
        """The gaps of the groups, the worst at the top."""
        table = self.table.head(SHOWN).iloc[::-1]
        figure = new_figure(f"{self.metric} of groups beside all other rows", "gap (left is worse)", theme=theme)
        errors = error_bars(table["gap"], table["low"], table["high"], colour=INK[theme])
        colours = [SECOND if differs else FIRST for differs in table["differs"]]
        names = table["column"] + " = " + table["group"].str.slice(0, 30)
        figure.add_scatter(
            x=table["gap"], y=names, error_x=errors, mode="markers", marker={"color": colours, "size": 9}
        )
        figure.add_vline(x=0, line={"color": INK[theme], "dash": "dot", "width": 1})
        return figure


def subgroups(rows: Rows, columns: Sequence[str] | None = None) -> Subgroups:
    """Compare each group with all other rows.

    Args:
        rows: Rows that the model was not trained on.
        columns: By which columns; by default those with few values, and numbers in four parts. Of forecasts only the series,
            the steps ahead and what was known in advance; of rankings only those whose value is the same in all of a query.
    """
    found = []
    compared = rows
    if rows.ahead is not None:
        columns = rows.ahead.given if columns is None else columns
        # Large series are not worse for being large.
        scale = 1.0 if rows.metric.of_values else rows.ahead.scale
        compared = replace(rows, truth=rows.truth / scale, prediction=rows.prediction / scale)
    groups = list(_groups(rows, columns))
    for column, name, inside in groups:
        measured = _gap(compared, inside, len(groups))
        if measured is not None:
            found.append(
                {"column": column, "group": name, "rows": int(inside.sum()), **measured, **_rates(rows, inside)}
            )
    table = pd.DataFrame(found)
    if len(table):
        table["differs"] = (table["low"] > 0) | (table["high"] < 0)
        table = table.sort_values(["differs", "gap"], ascending=[False, True], ignore_index=True)
    else:
        table = pd.DataFrame(columns=["column", "group", "rows", "score", "gap", "low", "high", "differs"])
    return Subgroups(table, rows.metric.name, rows.metric.read(compared.score()))


def _groups(rows: Rows, columns: Sequence[str] | None) -> Iterator[tuple[str, str, Numbers]]:
    for column in rows.frame.columns if columns is None else columns:
        values = rows.frame[column]
        if rows.queries is not None and values.groupby(rows.queries).nunique(dropna=False).max() > 1:
            continue  # Half of a list is another list, with a score of its own.
        levels = values.astype(str).where(values.notna(), "(missing)")
        few = levels.nunique() <= LEVELS
        if not few and types.is_numeric_dtype(values):
            numbers = values.astype(float)
            numbers = numbers.where(np.isfinite(numbers))  # for models, too, what is infinite is missing
            parts = pd.qcut(numbers, 4, duplicates="drop")
            names = {part: f"{part.left:.4g} to {part.right:.4g}" for part in parts.cat.categories}
            levels = parts.cat.rename_categories(names).astype(object).where(numbers.notna(), "(missing)")
        elif not few and columns is None:
            continue
        for name in levels.value_counts().index[:LEVELS]:
            inside = (levels == name).to_numpy()
            if LEAST_ROWS <= inside.sum() <= len(rows) - LEAST_ROWS:
                yield str(column), str(name), inside


def _gap(rows: Rows, inside: Numbers, groups: int) -> dict[str, float] | None:
    """The group's score, how far it is from that of the others, and between which bounds."""
    random = np.random.default_rng(0)
    mine, others = np.flatnonzero(inside), np.flatnonzero(~inside)

    try:
        with np.errstate(all="ignore"):
            own = rows.score_at(mine)
            gap = own - rows.score_at(others)
            drawn = []
            for _ in range(DRAWS // 2):
                some = _drawn(rows, mine, len(mine), random), _drawn(rows, others, MOST_OTHERS, random)
                drawn.append(rows.score_at(some[0]) - rows.score_at(some[1]))
    except ValueError:
        return None  # One class only, where the metric wants two.
    spread = float(np.std(drawn))
    if not np.isfinite(gap) or not np.isfinite(spread):
        return None
    # Bonferroni: so that among many groups none differs by chance.
    from scipy.stats import norm

    half = float(norm.ppf(1 - (1 - LEVEL) / (2 * max(groups, 1)))) * spread
    return {"score": rows.metric.read(own), "gap": gap, "low": gap - half, "high": gap + half}


def _drawn(rows: Rows, positions: Numbers, most: int, random: np.random.Generator) -> Numbers:
    """So many of the rows at these positions, with replacement; or half of their queries."""
    if rows.queries is not None:
        return np.asarray(positions[whole_queries(rows.queries[positions], 0.5, random)])
    return np.asarray(random.choice(positions, min(len(positions), most)))


def _rates(rows: Rows, inside: Numbers) -> dict[str, float]:
    if not rows.task.classifies:
        return {
            "mean_truth": float((rows.truth if rows.queries is None else rows.truth[:, 0])[inside].mean()),
            "mean_prediction": float(rows.point()[inside].mean()),
        }
    if len(rows.task.classes) > 2:
        return {"accuracy": float((rows.decisions() == rows.truth)[inside].mean())}
    truth, decided = rows.truth[inside] == 1, rows.decisions()[inside] == 1
    return {
        "mean_truth": float(truth.mean()),
        "mean_prediction": float(rows.prediction[inside, 1].mean()),
        "selected": float(decided.mean()),
        "found": float(decided[truth].mean()) if truth.any() else float("nan"),
        "false_alarms": float(decided[~truth].mean()) if not truth.all() else float("nan"),
    }
