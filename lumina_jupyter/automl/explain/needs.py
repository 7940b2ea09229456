"""What an explanation is for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from lumina_jupyter.automl.explain.rows import Ahead, Numbers, Rows
from lumina_jupyter.errors import SettingUnusable

OF_RANKINGS = "the scores or the importance"


def need_classes(rows: Rows, what: str) -> None:
    """Go on where classes are predicted.

    Raises:
        SettingUnusable: when they are not.
    """
    if not rows.task.classifies:
        instead = "the residuals" if rows.queries is None else OF_RANKINGS
        raise SettingUnusable(
            f"{what} is for classes, and this is a {rows.task.kind} task.", hint=f"Look at {instead} instead."
        )


def need_numbers(rows: Rows, what: str) -> None:
    """Go on where numbers are predicted.

    Raises:
        SettingUnusable: when they are not.
    """
    need_truths(rows, what)
    if rows.task.classifies:
        raise SettingUnusable(
            f"{what} is for numbers, and this is a {rows.task.kind} task.", hint="Look at the confusion matrix instead."
        )


def need_truths(rows: Rows, what: str) -> None:
    """Go on where each row has a truth of its own, which a prediction misses or not.

    Raises:
        SettingUnusable: when it is the rows' order that is right or wrong.
    """
    if rows.queries is not None:
        raise SettingUnusable(
            f"{what} is for classes and numbers, and a ranking's scores have no unit.",
            hint=f"Look at {OF_RANKINGS} instead.",
        )


def forecasts_in(rows: Rows, what: str) -> Ahead:
    """Which moments the rows are about, where values to come are foretold.

    Raises:
        SettingUnusable: when they are not.
    """
    if rows.ahead is None:
        raise SettingUnusable(
            f"{what} is for forecasts, and this is a {rows.task.kind} task.",
            hint='Forecasts are learned by `AutoML(task="forecasting")`.',
        )
    return rows.ahead


def columns_in(
    rows: Rows, columns: str | Sequence[str], groups: Mapping[str, tuple[str, ...]] | None = None
) -> dict[str, tuple[str, ...]]:
    """Columns by their names, one or several; or groups of them by theirs.

    Raises:
        SettingUnusable: when one is not there.
    """
    known = {**{name: (name,) for name in rows.frame.columns}, **(groups or {})}
    named = [columns] if isinstance(columns, str) else list(columns)
    for name in named:
        if name not in known:
            raise SettingUnusable(
                f"There is no column {name!r}.", hint=f"Columns: {_some(list(groups or rows.frame.columns))}."
            )
    return {name: known[name] for name in named}


def positions_in(rows: Rows, chosen: Any) -> Numbers:
    """Where the rows of these labels are; the first row when there are none.

    Raises:
        SettingUnusable: when one is not there.
    """
    labels = rows.frame.index.tolist()
    places = {label: place for place, label in zip(range(len(labels) - 1, -1, -1), reversed(labels), strict=True)}
    wanted = labels[:1] if chosen is None else np.atleast_1d(np.asarray(chosen)).tolist()
    for label in wanted:
        if label not in places:
            raise SettingUnusable(f"There is no row {label!r} here.", hint=f"Rows: {_some(labels)}.")
    return np.asarray([places[label] for label in wanted], dtype=np.intp)


def _some(names: Any, most: int = 10) -> str:
    return ", ".join(map(str, names[:most])) + (", …" if len(names) > most else "")
