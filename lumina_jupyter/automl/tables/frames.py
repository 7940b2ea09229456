"""Tables of any kind, made into pandas frames with text for column names: what everything behind works with."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from lumina_jupyter.automl.columns import Schema
from lumina_jupyter.automl.words import counted, listed
from lumina_jupyter.errors import DataUnusable

LARGEST_DENSE = 4e9
"""Bytes that a sparse matrix may take when it is made dense."""
ADVICE = "Give a pandas, polars or Arrow table, a NumPy array with two dimensions, or a dict of columns."


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table as it is worked with.

    Args:
        frame: Rows numbered from 0; names of columns are texts, and no two are the same.
        told: What was decided on the way, as sentences.
    """

    frame: pd.DataFrame
    told: tuple[str, ...] = ()


def read_table(data: Any) -> Table:
    """A table of what users have: pandas, polars, Arrow, NumPy, SciPy sparse, dicts and lists, anything with `__arrow_c_stream__`.

    Cells stay as they are; the index is left out, and told of where it holds times or several levels. Names of columns become texts: duplicates get a number behind them ("x", "x.2"), columns
    with no name are called by their position ("x0"), levels of a name are joined ("sales / 2024").

    Raises:
        DataUnusable: when it is no table, or has no rows or no columns, or holds complex numbers.
    """
    frame = _frame_of(data)
    if frame.shape[1] == 0:
        raise DataUnusable(
            f"The table has no columns: 0 feature(s) (shape=({len(frame)}, 0)) while a minimum of 1 is required.",
            hint=ADVICE,
        )
    if len(frame) == 0:
        raise DataUnusable(
            "The table has no rows: 0 sample(s) while a minimum of 1 is required.",
            hint="Has a filter before it left nothing?",
        )
    if any(getattr(dtype, "kind", "") == "c" for dtype in set(frame.dtypes)):
        raise DataUnusable("Complex data not supported.", hint="Give the real and the imaginary part a column each.")
    names, told = unique_names(frame.columns)
    told += _told_index(frame.index)
    frame = frame.copy(deep=False)
    frame.columns = pd.Index(names, dtype=object)
    frame.index = pd.RangeIndex(len(frame))
    return Table(frame=frame, told=tuple(told))


def align(table: Table, schema: Schema) -> Table:
    """The columns that a model was trained on, in the order of its schema, for rows that it is to predict.

    Columns that became no features may be missing: they come back empty. Others that are there in addition are left out.

    Raises:
        DataUnusable: when columns that became features are missing; it names those that may be meant.
    """
    there = set(table.frame.columns)
    wanted = [column.name for column in schema.columns]
    if list(table.frame.columns) == wanted:
        return table
    missing = [name for name in schema.used if name not in there]
    if missing:
        raise DataUnusable(
            f"The table lacks {counted(len(missing), 'column')} that the model was trained on: {listed(map(repr, missing))}.",
            hint=_meant(missing, there.difference(wanted)) or "Give a table with all the columns of the training data.",
        )
    told = list(table.told)
    extra = there.difference(wanted)
    if extra:
        told.append(
            f"The model doesn't know {counted(len(extra), 'column')}, which it leaves out: {listed(map(repr, extra))}."
        )
    return Table(frame=table.frame.reindex(columns=pd.Index(wanted, dtype=object)), told=tuple(told))


def unique_names(columns: Iterable[Any]) -> tuple[list[str], list[str]]:
    """Names as texts of which no two are the same, and what was changed, as sentences."""
    names = [_name(each, position) for position, each in enumerate(columns)]
    if len(set(names)) == len(names):
        return names, []
    taken, counts, made, changed = set(names), dict.fromkeys(names, 0), [], []
    for name in names:
        counts[name] += 1
        other = name
        while counts[name] > 1 and other in taken:
            other = f"{name}.{counts[name]}"
            counts[name] += other in taken
        taken.add(other)
        made.append(other)
        changed += [other] * (other != name)
    return made, [f"Columns with the same name were told apart: {listed(map(repr, changed))}."]


def _told_index(index: pd.Index) -> list[str]:
    """What is lost with an index that says when rows were, or several things of each."""
    if not isinstance(index, pd.DatetimeIndex | pd.PeriodIndex | pd.TimedeltaIndex | pd.MultiIndex):
        return []
    named = [repr(name) for name in index.names if name is not None]
    return [
        f"The table's index{' (' + ', '.join(named) + ')' if named else ''} is not looked at; "
        "`df.reset_index()` makes columns of it."
    ]


def _name(name: Any, position: int) -> str:
    if isinstance(name, tuple):
        name = " / ".join(str(part) for part in name if str(part))
    missing = name is None or (isinstance(name, float) and np.isnan(name))
    text = "" if missing else str(name).encode("utf-8", "replace").decode().strip()
    return text or f"x{position}"


def _frame_of(data: Any) -> pd.DataFrame:
    if isinstance(data, pd.DataFrame):
        return data
    if isinstance(data, pd.Series):
        return data.to_frame()
    if data is None or isinstance(data, str | bytes | int | float):
        raise DataUnusable(f"A table is needed, not {'None' if data is None else type(data).__name__}.", hint=ADVICE)
    try:
        return _converted(data)
    except DataUnusable:
        raise
    except Exception as error:
        raise DataUnusable(f"A {type(data).__name__} can't be read as a table: {error}.", hint=ADVICE) from error


def _converted(data: Any) -> pd.DataFrame:
    if hasattr(data, "collect") and hasattr(data, "lazy"):
        data = data.collect()
    if hasattr(data, "to_frame") and not hasattr(data, "to_pandas"):
        data = data.to_frame()
    if type(data).__module__.startswith("scipy.sparse") or hasattr(data, "tocsr"):
        return _dense(data)
    if isinstance(data, np.ndarray):
        return _of_array(data)
    if hasattr(data, "to_pandas"):
        frame = data.to_pandas()
        return frame.to_frame() if isinstance(frame, pd.Series) else frame
    if hasattr(data, "__arrow_c_stream__"):
        import pyarrow  # type: ignore[import-untyped]  # it ships no types

        return pyarrow.table(data).to_pandas()
    if isinstance(data, Mapping) or (isinstance(data, Sequence) and data and isinstance(data[0], Mapping)):
        return pd.DataFrame(data)
    if not hasattr(data, "__array__") and not isinstance(data, Iterable):
        raise TypeError("it has no rows and columns")
    if hasattr(data, "__array__") or not isinstance(data, Sequence):
        return _of_array(np.asarray(data))
    return _of_rows(data)


def _of_rows(rows: Sequence[Any]) -> pd.DataFrame:
    if len(rows) and all(not isinstance(row, Sequence | np.ndarray) or isinstance(row, str) for row in rows):
        return _of_array(np.asarray(rows))
    widths = {len(row) for row in rows}
    if len(widths) > 1:
        raise DataUnusable(f"The rows have different lengths: from {min(widths)} to {max(widths)}.", hint=ADVICE)
    made = pd.DataFrame(list(rows))
    if not isinstance(made.columns, pd.RangeIndex):
        return made  # of named tuples
    # As those of an array: who fits with lists may predict with an array.
    return made.set_axis([f"x{position}" for position in range(made.shape[1])], axis=1)


def _of_array(array: Any) -> pd.DataFrame:
    if array.dtype.names:
        return pd.DataFrame({name: array[name] for name in array.dtype.names})
    if array.ndim != 2:
        raise DataUnusable(
            f"A table has two dimensions, and this array has {array.ndim}.",
            hint="Reshape your data: array.reshape(-1, 1) if it is one column, array.reshape(1, -1) if it is one row.",
        )
    return pd.DataFrame(array, columns=[f"x{position}" for position in range(array.shape[1])])


def _dense(matrix: Any) -> pd.DataFrame:
    if matrix.ndim != 2:
        raise DataUnusable(f"A table has two dimensions, and this sparse array has {matrix.ndim}.", hint=ADVICE)
    size = 8.0 * matrix.shape[0] * matrix.shape[1]
    if size > LARGEST_DENSE:
        raise DataUnusable(
            f"This sparse matrix would take {size / 1e9:.0f} GB, because models here take dense tables.",
            hint="Bring it down to some hundred columns first, with scikit-learn's TruncatedSVD for example.",
        )
    return _of_array(matrix.toarray())


def _meant(missing: Sequence[str], there: Iterable[str]) -> str:
    folded = {name.casefold(): name for name in there}
    pairs = []
    for name in missing[:3]:
        near = difflib.get_close_matches(name.casefold(), folded, n=1)
        pairs += [f"{folded[near[0]]!r} for {name!r}"] if near else []
    return f"Is it {', '.join(pairs)}? Rename it then." if pairs else ""
