"""What parameters of `AutoML` mean for a search: seconds, cores, bytes, seeds, kinds of tasks, families."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import joblib
import numpy as np
import psutil
from sklearn.utils import check_random_state

from lumina_jupyter.errors import SettingUnusable

from .experiment.problem import Problem
from .families.family import Family
from .families.registry import FAMILIES, families_for
from .pipeline.pipeline import shape_of
from .task import TaskKind

TASKS: tuple[TaskKind, ...] = ("binary", "multiclass", "regression", "quantile", "forecasting", "ranking")
FEW_ROWS = 50_000
"""Below so many rows, two workers with a thread each do more than one with two."""
LIBRARIES = 200_000_000
"""Bytes that the workers together hold before they have any data."""
LEAST_FIT = 50_000_000
ROOMY_FIT = 150_000_000
"""With less for each of several workers, one does more."""
FREE_SHARE = 0.7
"""Of the memory that is free, what a search takes when nothing is said."""


def seconds_of(budget: Any) -> float:
    """A time budget.

    Raises:
        SettingUnusable: when it is no number above 0.
    """
    return _positive("time_budget", budget, "seconds")


def bytes_of(budget: Any) -> int:
    """A memory budget; a good part of what is free when there is none.

    Raises:
        SettingUnusable: when it is no number above 0.
    """
    if budget is None:
        return int(psutil.virtual_memory().available * FREE_SHARE)
    return int(_positive("memory_budget", budget, "bytes"))


def share_memory(budget: Any, workers: int, threads: int) -> tuple[int, int, int]:
    """How many workers, with how many threads each, there is memory for, and bytes that a fit of each may hold.

    Raises:
        SettingUnusable: when there is not enough for the libraries alone.
    """
    left = bytes_of(budget) - LIBRARIES
    if left < LEAST_FIT and budget is not None:
        raise SettingUnusable(
            f"memory_budget={budget!r}: a search takes {(LIBRARIES + LEAST_FIT) / 1e6:,.0f} MB whatever the table.",
            hint="It is a number of bytes: memory_budget=2e9 is 2 GB.",
        )
    fewer = max(1, min(workers, left // ROOMY_FIT))
    return fewer, workers * threads // fewer, max(left, LEAST_FIT) // fewer


def kind_of(task: Any) -> TaskKind | None:
    """The kind of task that is asked for, None for "auto".

    Raises:
        SettingUnusable: when there is no such task.
    """
    if isinstance(task, str) and task == "auto":
        return None
    if task in TASKS:
        found: TaskKind = task
        return found
    raise SettingUnusable(f"There is no task {task!r}.", hint=f"Tasks: auto, {', '.join(TASKS)}.")


def seed_of(random_state: Any) -> int:
    """A seed; drawn from a random state where that is no number.

    Raises:
        SettingUnusable: when it is nothing that scikit-learn takes for one.
    """
    if isinstance(random_state, int | np.integer) and 0 <= random_state < 2**32:
        return int(random_state)
    try:
        return int(check_random_state(random_state).randint(2**31 - 1))
    except ValueError:
        raise SettingUnusable(
            f"random_state={random_state!r} is no seed.", hint="Give a whole number from 0 to 4294967295, or None."
        ) from None


def most_trials_of(max_trials: Any) -> int:
    """How many candidates are tried at most; 0 for any number.

    Raises:
        SettingUnusable: when it is no number above 0.
    """
    if max_trials is None:
        return 0
    whole = isinstance(max_trials, int | np.integer) and not isinstance(max_trials, bool)
    if not whole or max_trials < 1:
        raise SettingUnusable(
            f"max_trials={max_trials!r} is no number of trials.", hint="Give a number above 0, or None."
        )
    return int(max_trials)


def quantiles_of(quantiles: Any) -> tuple[float, ...]:
    """The quantiles that are predicted.

    Raises:
        SettingUnusable: when they are no numbers between 0 and 1.
    """
    found = [quantiles] if isinstance(quantiles, int | float) else quantiles
    numbers = isinstance(found, Iterable) and not isinstance(found, str)
    listed = list(found) if numbers else []
    if not listed or not all(isinstance(each, int | float | np.number) and 0 < each < 1 for each in listed):
        raise SettingUnusable(f"quantiles={quantiles!r}: each lies between 0 and 1.", hint="Give (0.1, 0.5, 0.9), say.")
    return tuple(float(each) for each in listed)


def cores_of(n_jobs: Any, rows: int) -> tuple[int, int]:
    """How many workers, with how many threads each, make up so many cores; None and -1 mean all.

    Raises:
        SettingUnusable: when it is no such number.
    """
    if n_jobs is not None and (isinstance(n_jobs, bool) or not isinstance(n_jobs, int | np.integer) or n_jobs == 0):
        raise SettingUnusable(f"n_jobs={n_jobs!r} is no number of cores.", hint="Give a whole number; -1 takes all.")
    available = int(joblib.cpu_count())
    cores = available if n_jobs is None else available + 1 + int(n_jobs) if n_jobs < 0 else int(n_jobs)
    cores = max(1, cores)
    threads = 2 if rows >= FEW_ROWS and cores > 2 else 1
    return max(1, cores // threads), threads


def families_of(names: Any, problem: Problem) -> list[Family]:
    """The families that are tried, the cheap ones first; the naive one left out, the yardstick always there.

    Raises:
        SettingUnusable: when one of them does not exist or can't be used here.
    """
    shape = shape_of(problem.schema, problem.task, len(problem.features))
    suitable = [family for family in families_for(problem.task.kind, shape) if family.name != "naive"]
    if names is None:
        return suitable
    if isinstance(names, str) or not isinstance(names, Iterable):
        raise SettingUnusable(f"families={names!r} is no list of names.", hint='Give a list: families=["lightgbm"].')
    names = list(names)
    unknown = [name for name in names if name not in FAMILIES]
    if unknown:
        raise SettingUnusable(
            f"There is no family {', '.join(map(repr, unknown))}.", hint=f"Families: {', '.join(FAMILIES)}."
        )
    missing = [why for name in names if (why := FAMILIES[name].missing())]
    if missing:
        raise SettingUnusable(" ".join(missing), hint="Install it, or leave it out of `families`.")
    wanted = {*names, "hist_gradient_boosting"}
    return [family for family in suitable if family.name in wanted]


def _positive(name: str, value: Any, unit: str) -> float:
    number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    if not number or not 0 < value < float("inf"):
        raise SettingUnusable(f"{name}={value!r} is no number of {unit}.", hint="Give a number above 0.")
    return float(value)
