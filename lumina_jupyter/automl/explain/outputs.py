"""One number a row of what a model says: what is explained where it says several."""

from __future__ import annotations

from typing import Any

from lumina_jupyter.automl.explain.rows import Numbers, middle
from lumina_jupyter.automl.task import Task
from lumina_jupyter.errors import SettingUnusable


def output_of(task: Task, of: Any = None) -> tuple[int | None, str]:
    """Which column of the predictions, and what it is, for people.

    Args:
        task: What is predicted.
        of: A class, or a quantile; None takes the second of two classes, the middle of quantiles.

    Raises:
        SettingUnusable: when there is no such class or quantile, or there are several classes and none is named.
    """
    if task.classifies:
        classes = list(task.classes)
        if of is None and len(classes) == 2:
            of = classes[1]
        if of not in classes:
            raise SettingUnusable(
                f"There is no class {of!r} in {task.target!r}." if of is not None else "It is explained for one class.",
                hint=f"Name a class: {', '.join(map(repr, classes[:20]))}.",
            )
        return classes.index(of), f"probability of {task.target} = {of}"
    if task.kind == "quantile":
        if of is None:
            of = task.quantiles[middle(task)]
        if of not in task.quantiles:
            raise SettingUnusable(
                f"The quantile {of!r} is not predicted.", hint=f"Quantiles: {', '.join(map(str, task.quantiles))}."
            )
        return task.quantiles.index(of), f"quantile {of} of {task.target}"
    return None, task.target


def chosen(prediction: Numbers, column: int | None) -> Numbers:
    """That column."""
    return prediction if column is None else prediction[:, column]
