"""What an explanation is for."""

from __future__ import annotations

from lumina_jupyter.automl.explain.rows import Ahead, Rows
from lumina_jupyter.errors import SettingUnusable


def need_classes(rows: Rows, what: str) -> None:
    """Go on where classes are predicted.

    Raises:
        SettingUnusable: when they are not.
    """
    if not rows.task.classifies:
        raise SettingUnusable(
            f"{what} is for classes, and this is a {rows.task.kind} task.", hint="Look at the residuals instead."
        )


def need_numbers(rows: Rows, what: str) -> None:
    """Go on where numbers are predicted.

    Raises:
        SettingUnusable: when they are not.
    """
    if rows.task.classifies:
        raise SettingUnusable(
            f"{what} is for numbers, and this is a {rows.task.kind} task.", hint="Look at the confusion matrix instead."
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
