"""What is to be learned: the target, found in a table, checked, and in the form that models take."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lumina_jupyter.automl.plain.table_reader import read_numbers, read_texts
from lumina_jupyter.automl.tables.frames import read_table
from lumina_jupyter.automl.task import Task, TaskKind
from lumina_jupyter.errors import DataUnusable, SettingUnusable

MOST_COUNTED_CLASSES = 20
"""Whole numbers with more different values than this are numbers, not classes."""
MOST_CLASSES = 1_000
ROWS_PER_COUNTED_CLASS = 5
NO_TARGET = "AutoML requires y to be passed, but the target y is None."
WHICH = "Is it the right column, and are all rows there?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A target as models take it.

    Args:
        task: What is to be learned; its `classes` are in sorted order.
        values: Of the rows that are kept: positions in `task.classes` (integers), or numbers (floats).
        rows: Positions of the rows that are kept: all whose target is there, in their order.
        told: What was decided, as sentences.
    """

    task: Task
    values: NDArray[Any]
    rows: NDArray[np.intp]
    told: tuple[str, ...] = ()


def split_target(data: Any, target: Any) -> tuple[pd.DataFrame, Any, str]:
    """The features, the target's values and its name.

    Args:
        data: A table, as for `frames.read_table`.
        target: The name of one of its columns, which may be a number, or the values themselves.

    Raises:
        DataUnusable: when there is no target, or no column of this name; it names columns that may be meant.
    """
    frame = read_table(data).frame
    if target is None:
        raise DataUnusable(NO_TARGET, hint="Name the column that is to be predicted, or give its values.")
    if not is_name(target):
        return frame, target, str(getattr(target, "name", None) or "target")
    target = str(target)
    if target not in frame.columns:
        folded = {str(name).casefold(): name for name in frame.columns}
        near = [folded[each] for each in difflib.get_close_matches(target.casefold(), folded, n=3, cutoff=0.5)]
        meant = f"Did you mean {' or '.join(map(repr, near))}?" if near else "`df.columns` shows what there is."
        raise DataUnusable(f"The table has no column {target!r}.", hint=meant)
    if frame.shape[1] == 1:
        raise DataUnusable(
            f"The target {target!r} is the only column.",
            hint="There must be others to predict it from; `df.reset_index()` makes columns of an index.",
        )
    return frame.drop(columns=[target]), frame[target], target


def is_name(target: Any) -> bool:
    """Whether it names a column, as a text or a number does, rather than holding its values."""
    return isinstance(target, str | int | np.integer) and not isinstance(target, bool)


def read_target(
    y: Any,
    *,
    kind: TaskKind | None = None,
    name: str = "",
    rows: int | None = None,
    quantiles: Sequence[float] = (),
) -> Target:
    """The target, checked and in the form that models take. Rows where it is missing or infinite are left out, and told.

    Args:
        y: Its values: a series, an array or a list of numbers, texts, booleans, categories.
        kind: What is to be predicted; None finds it out.
        name: For people; the name of the series when empty.
        rows: How many rows the table has, which must be as many.
        quantiles: For "quantile": which ones, each between 0 and 1.

    Raises:
        DataUnusable: when there is none, it has one value only, all are missing, or it is as long as no table.
        SettingUnusable: when the kind does not fit the values.
    """
    column = _column(y)
    name = name or str(column.name if column.name is not None else "target")
    if rows is not None and len(column) != rows:
        raise DataUnusable(
            f"The table has {rows:,} rows and the target {name!r} has {len(column):,} values.",
            hint='Take both from the same rows, or name the target\'s column: `fit(df, "name")`.',
        )
    if kind == "ranking" and column.dtype.kind == "b":
        column = column.astype(int)  # Relevant or not, which are grades too.
    numbers, texts = _values(column, name)
    there = (
        np.isfinite(numbers) if numbers is not None else np.asarray([text is not None for text in texts], dtype=bool)
    )
    kept = np.flatnonzero(there)
    if len(kept) == 0:
        raise DataUnusable(f"All values of the target {name!r} are missing.", hint=WHICH)
    if len(kept) == 1:
        raise DataUnusable(f"There is one row only whose target {name!r} is there (n_samples=1).", hint=WHICH)
    told = _told_gone(len(column) - len(kept), len(column), name)
    found, why = _kind(numbers, texts, kept, name)
    chosen = kind or found
    if chosen in ("binary", "multiclass"):
        classes, codes = _classes(column.iloc[kept], chosen, name, asked=kind is not None)
        chosen = "binary" if len(classes) == 2 else "multiclass"
        task = Task(kind=chosen, target=name, classes=tuple(classes), told="" if kind else why)
        return Target(task=task, values=codes, rows=kept, told=(*told, *_told_rare(codes, classes)))
    if numbers is None:
        raise SettingUnusable(
            f"The target {name!r} holds text ({texts[kept[0]]!r}, …), which is no {chosen} task.",
            hint='Leave `task` at "auto", or give a target of numbers.',
        )
    values = numbers[kept]
    if values.min() == values.max():
        raise DataUnusable(
            f"All values of the target {name!r} are {values[0]:g}: one class, and nothing to learn.", hint=WHICH
        )
    task = Task(kind=chosen, target=name, quantiles=tuple(sorted(quantiles)), told="" if kind else why)
    return Target(task=task, values=values, rows=kept, told=tuple(told))


def _column(y: Any) -> pd.Series:
    if y is None:
        raise DataUnusable(NO_TARGET, hint="Name the column that is to be predicted, or give its values.")
    if isinstance(y, pd.Series):
        return y.reset_index(drop=True)
    if isinstance(y, pd.DataFrame) or hasattr(y, "columns") or getattr(y, "ndim", 1) == 2:
        frame = read_table(y).frame
        if frame.shape[1] != 1:
            raise DataUnusable(f"The target has {frame.shape[1]} columns.", hint="One target at a time can be learned.")
        return frame.iloc[:, 0]
    if hasattr(y, "to_pandas"):
        return y.to_pandas().reset_index(drop=True)
    try:
        made = pd.Series(y if isinstance(y, np.ndarray | pd.api.extensions.ExtensionArray) else list(y))
    except (TypeError, ValueError) as error:
        raise DataUnusable(
            f"A {type(y).__name__} can't be read as a target: {error}.",
            hint="Name the column that is to be predicted, or give its values.",
        ) from error
    return made


def _values(column: pd.Series, name: str) -> tuple[NDArray[Any] | None, Any]:
    """Its numbers when all that is there is numbers, else its texts."""
    kind = getattr(column.dtype, "kind", "O")
    if kind == "c":
        raise DataUnusable("Complex data not supported.", hint="Give the real and the imaginary part a column each.")
    if kind == "M":
        raise DataUnusable(f"The target {name!r} holds dates.", hint="Give a number: days from a start, for example.")
    if kind in "iufm":
        return read_numbers(column), ()
    texts = read_texts(column)
    if kind == "b" or isinstance(column.dtype, pd.CategoricalDtype):
        return None, texts
    numbers = read_numbers(column)
    there = np.asarray([text is not None for text in texts], dtype=bool)
    worded = bool(np.isnan(numbers[there]).any())
    return (None, texts) if worded or not there.any() else (numbers, texts)


def _kind(numbers: NDArray[Any] | None, texts: Any, kept: NDArray[np.intp], name: str) -> tuple[TaskKind, str]:
    if numbers is None:
        levels = len({texts[row] for row in kept})
        kind: TaskKind = "binary" if levels <= 2 else "multiclass"
        return kind, f"{name!r} has {levels} different values that are no numbers: a {kind} classification."
    found = np.unique(numbers[kept])
    whole = bool((found == np.floor(found)).all())
    if whole and len(found) <= 2:
        return "binary", f"{name!r} has two values, {_shown(found)}: a binary classification."
    few = len(found) <= MOST_COUNTED_CLASSES and len(kept) >= ROWS_PER_COUNTED_CLASS * len(found)
    if whole and few:
        text = f"{name!r} has {len(found)} different whole numbers, {_shown(found)}: a multiclass classification."
        return "multiclass", f'{text} Where they are amounts, set task="regression".'
    return "regression", f"{name!r} has {len(found):,} different numbers: a regression."


def _classes(column: pd.Series, kind: TaskKind, name: str, *, asked: bool) -> tuple[list[Any], NDArray[np.intp]]:
    plain = column.astype(object) if isinstance(column.dtype, pd.CategoricalDtype) else column
    try:
        classes, codes = np.unique(plain.to_numpy(), return_inverse=True)
    except TypeError:
        classes, codes = np.unique(read_texts(column).astype(str), return_inverse=True)
    if len(classes) < 2:
        raise DataUnusable(
            f"All values of the target {name!r} are {_plain(classes[0])!r}: one class, and nothing to learn.",
            hint=WHICH,
        )
    if asked and kind == "binary" and len(classes) > 2:
        raise SettingUnusable(
            f"The target {name!r} has {len(classes)} classes, which is no binary task.",
            hint='Set task="multiclass", or leave it at "auto".',
        )
    if len(classes) > MOST_CLASSES or (len(classes) > 20 and len(classes) > 0.5 * len(column)):
        raise DataUnusable(
            f"The target {name!r} has {len(classes):,} classes in {len(column):,} rows.",
            hint="Classes must come again and again to be learned: is this the right column?",
        )
    return [_plain(each) for each in classes], codes.astype(np.intp)


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def _told_gone(gone: int, rows: int, name: str) -> list[str]:
    if not gone:
        return []
    return [f"{gone:,} of {rows:,} rows are left out, because the target {name!r} is missing or infinite there."]


def _told_rare(codes: NDArray[np.intp], classes: Sequence[Any]) -> list[str]:
    rare = [str(classes[code]) for code, count in enumerate(np.bincount(codes)) if count < 3]
    return [f"Too few rows to learn from (one or two each): class {', '.join(rare[:5])}."] if rare else []


def _shown(numbers: NDArray[Any]) -> str:
    return ", ".join(f"{each:g}" for each in numbers[:5]) + (", …" if len(numbers) > 5 else "")
