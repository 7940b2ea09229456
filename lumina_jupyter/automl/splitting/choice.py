"""Chooses how candidates are judged: what users say goes first, then what is found in the data."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lumina_jupyter.automl.columns import Schema
from lumina_jupyter.automl.plain.table_reader import read_dates, read_numbers, read_texts
from lumina_jupyter.automl.splitting import folds as making
from lumina_jupyter.automl.splitting.groups import find_groups
from lumina_jupyter.automl.splitting.order import find_order
from lumina_jupyter.automl.task import Task
from lumina_jupyter.automl.validation import Fold, Validation
from lumina_jupyter.automl.words import counted, verb
from lumina_jupyter.errors import DataUnusable, SettingUnusable

LEAST_ROWS = 5
SMALL, LARGE, HUGE = 1_000, 50_000, 200_000
MOST_FORWARD = 5


def choose_validation(
    frame: pd.DataFrame,
    values: NDArray[Any],
    schema: Schema,
    task: Task,
    *,
    groups: Any = None,
    time: Any = None,
    folds: Any = None,
    seed: int = 0,
) -> Validation:
    """Which rows are held out in which fold, and why.

    Args:
        frame: Features of the rows whose target is there (`frame.iloc[target.rows]`).
        values: The target of these rows, as `target.read_target` gives it.
        schema: What the columns hold.
        task: What is to be learned.
        groups: The name of a column, or a value for each row, whose rows stay together; False never groups.
        time: The name of a column, or a value for each row, by which rows are in order; True takes the rows' own
            order, False never looks forward in time.
        folds: How many, or an object with `split`, or pairs of positions (train, test); None chooses by size.
        seed: Of what is left to chance.

    Raises:
        DataUnusable: when there are fewer than five rows, or one group or moment only.
        SettingUnusable: when a column is not there, or what is given fits the rows not.
    """
    rows = len(frame)
    if rows < LEAST_ROWS:
        samples = f"{counted(rows, 'row')} (n_samples={rows})"
        raise DataUnusable(
            f"The table has {samples} with a target: at least {LEAST_ROWS} are needed to train and check.",
            hint="Collect more rows, some hundred better: what is learned of so few can't be checked.",
        )
    if folds is not None and not isinstance(folds, int | np.integer):
        return _given(folds, frame, values, groups)
    if folds is not None and not 2 <= folds <= rows:
        raise SettingUnusable(f"folds={folds} doesn't fit {rows:,} rows.", hint="Two to ten folds are usual.")
    number = int(folds or _number(rows))
    if groups is not None and groups is not False:
        return _grouped(frame, groups, number, seed, "The groups were given.")
    if time is not None and time is not False:
        return _forward(frame, schema, time, number, "The order in time was given.", chosen=folds is not None)
    if time is None:
        order = find_order(frame, values, schema, task)
        if order is not None:
            own = np.arange(rows)[::-1] if order.reverse else True
            return _forward(frame, schema, order.by or own, number, order.told, chosen=folds is not None)
    if groups is None:
        found = find_groups(schema)
        if found is not None:
            return _grouped(frame, found.by, number, seed, found.told)
    return _by_chance(values, task, number, seed, chosen=folds is not None)


def _number(rows: int) -> int:
    return 8 if rows <= SMALL else 3 if LARGE < rows <= HUGE else 5


def _by_chance(values: NDArray[Any], task: Task, number: int, seed: int, *, chosen: bool) -> Validation:
    rows = len(values)
    made = making.stratified(values, number, seed) if task.classifies else making.levelled(values, number, seed)
    alike = "each with the same share of every class" if task.classifies else "each with targets of every size"
    if not made:
        raise DataUnusable(
            "Every class has one row only: there is nothing left to check a model with.",
            hint="Is it the right column? Classes must come again and again to be learned.",
        )
    if rows > HUGE and not chosen:
        made = making.holdout(made, seed)
        told = f"{rows:,} rows are many: {len(made[0].test):,} of them, drawn by chance, are held out once."
        return Validation(kind="holdout", folds=made, told=told)
    told = f"{len(made)} folds by chance, {alike}."
    return Validation(kind="stratified" if task.classifies else "k-fold", folds=made, told=told)


def _grouped(frame: pd.DataFrame, groups: Any, number: int, seed: int, why: str) -> Validation:
    column, name = _column(frame, groups, "groups")
    codes = pd.factorize(read_texts(column), use_na_sentinel=False)[0]
    count = int(codes.max()) + 1
    if count < 2:
        raise DataUnusable(f"There is one group only in {name or 'the groups'}.", hint="Leave `groups` out.")
    made = making.grouped(codes, min(number, count), seed)
    told = f"{why} {len(made)} folds that never part a group ({count:,} groups)."
    return Validation(kind="grouped", folds=made, by=name, told=told)


def _forward(frame: pd.DataFrame, schema: Schema, time: Any, number: int, why: str, *, chosen: bool) -> Validation:
    if time is True:
        moments, name = np.arange(len(frame), dtype=float), ""
    else:
        column, name = _column(frame, time, "time")
        formats = {each.name: each.format for each in schema.columns if each.kind == "datetime"}
        moments = moments_of(column, formats.get(name, ""))
        if np.isnan(moments).all():
            raise DataUnusable(
                f"There are no times in {repr(name) if name else 'what is given as `time`'}.",
                hint="Give a column of dates or of numbers that rise with time.",
            )
    made = making.forward(moments, number if chosen else min(number, MOST_FORWARD))
    if not made:
        raise DataUnusable(f"All rows are of the same time in {name or 'the times'}.", hint="Leave `time` out.")
    if len(frame) > HUGE and not chosen:
        made = making.holdout(made, 0, forward=True)
    each = "it" if len(made) == 1 else "each"
    told = f"{why} {counted(len(made), 'fold')} forward in time: {each} is tested on what came after it was trained."
    return Validation(kind="forward", folds=made, by=name, told=told)


def moments_of(column: Any, format: str) -> NDArray[Any]:
    """When rows were, as numbers: numbers as they are, dates as seconds."""
    if getattr(column.dtype, "kind", "O") in "iufm":
        return np.asarray(read_numbers(column), dtype=float)
    dates = read_dates(column, format)
    if np.isnat(dates).all():
        return np.asarray(read_numbers(column), dtype=float)
    return np.where(np.isnat(dates), np.nan, dates.astype("int64") / 1e6)


def _column(frame: pd.DataFrame, given: Any, setting: str) -> tuple[Any, str]:
    if isinstance(given, str):
        if given not in frame.columns:
            raise SettingUnusable(
                f"{setting}={given!r}: the table has no such column.", hint="`df.columns` shows what there is."
            )
        return frame[given], given
    values = given.reset_index(drop=True) if isinstance(given, pd.Series) else pd.Series(np.asarray(given))
    if len(values) != len(frame):
        raise SettingUnusable(
            f"`{setting}` has {len(values):,} values, and the table has {len(frame):,} rows.",
            hint="Give a value for each row, or the name of a column.",
        )
    return values, str(getattr(given, "name", None) or "")


def _given(folds: Any, frame: pd.DataFrame, values: NDArray[Any], groups: Any) -> Validation:
    if hasattr(folds, "split") and not isinstance(folds, str):
        by = None if groups is None or groups is False else _column(frame, groups, "groups")[0]
        pairs: Iterable[Any] = folds.split(frame, values, by)
    elif isinstance(folds, Iterable) and not isinstance(folds, str):
        pairs = folds
    else:
        raise SettingUnusable(
            f"folds={folds!r} is no number of folds.", hint="Give a number, a splitter of scikit-learn, or pairs."
        )
    try:
        made = tuple(Fold(train=np.asarray(train, np.intp), test=np.asarray(test, np.intp)) for train, test in pairs)
    except (TypeError, ValueError) as error:
        raise SettingUnusable(
            f"`folds` gives no pairs of positions: {error}.", hint="Give pairs (train, test) of arrays of positions."
        ) from None
    if not made or any(not len(fold.train) or not len(fold.test) for fold in made):
        raise SettingUnusable(
            "`folds` gives no fold with rows to train on and rows to test on.", hint="Give a number of folds instead."
        )
    if any(max(fold.train.max(), fold.test.max()) >= len(frame) for fold in made):
        raise SettingUnusable(
            f"`folds` names rows that are not there: the table has {len(frame):,} with a target.",
            hint="Positions count from 0, rows without a target left out.",
        )
    return Validation(
        kind="k-fold", folds=made, told=f"The {counted(len(made), 'fold')} that {verb(len(made), 'was', 'were')} given."
    )
