"""How tables and arrays are shown to a model: their schema, their size and a few rows."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import Any

from .short_repr import short_repr, type_name

ROWS = 5
"""Rows that are shown; a table of twice as many is shown whole."""
COLUMNS_LISTED = 60
COLUMNS_SHOWN = 20
CELL_WIDTH = 60
COUNTED_CELLS = 5_000_000
"""Cells up to which missing values are counted and ranges computed: a look at a variable takes no time."""


def describe_table(value: Any) -> str | None:
    """The description of a pandas, polars or numpy value; None for others of these packages."""
    pandas, polars, numpy = (sys.modules.get(name) for name in ("pandas", "polars", "numpy"))
    if pandas is not None:
        if isinstance(value, pandas.DataFrame):
            return _pandas_frame(value)
        if isinstance(value, pandas.Series | pandas.Index):
            return _pandas_series(value)
        if isinstance(value, pandas.Timestamp | pandas.Timedelta | pandas.Period):
            return str(value)
    if polars is not None:
        if isinstance(value, polars.LazyFrame):
            return _polars_lazy(value)
        if isinstance(value, polars.DataFrame):
            return _polars_frame(value)
        if isinstance(value, polars.Series):
            return _polars_series(value)
    if numpy is not None:
        if isinstance(value, numpy.ndarray):
            return _array(value, numpy)
        if isinstance(value, numpy.generic):
            return str(value)  # its repr names numpy, which nobody means in a sentence
    return None


def _pandas_frame(frame: Any) -> str:
    rows, columns = frame.shape
    kinds = [str(kind) for kind in frame.dtypes]
    names = [_label(name) for name in frame.columns]
    missing = _pandas_missing(frame) if rows * columns <= COUNTED_CELLS else None
    lines = [
        f"pandas DataFrame of {_count(rows, 'row')} x {_count(columns, 'column')}",
        *_schema(names, kinds, missing),
    ]
    index = type_name(frame.index)
    if "RangeIndex" not in index:
        lines.append(
            f"Index: {index}, named {_label(frame.index.name)}" if frame.index.name is not None else f"Index: {index}"
        )
    part = frame.iloc[: _rows_shown(rows), :COLUMNS_SHOWN]
    return "\n".join([*lines, *_rows(names[:COLUMNS_SHOWN], part.itertuples(index=False, name=None), rows, columns)])


def _pandas_missing(frame: Any) -> list[int]:
    return [int(count) for count in frame.isna().sum().tolist()]


def _pandas_series(series: Any) -> str:
    size = len(series)
    values = list(series[: _rows_shown(size)])
    head = f"{type_name(series)} of {_count(size, 'value')}, {series.dtype}"
    if series.name is not None:
        head += f", named {_label(series.name)}"
    if 0 < size <= COUNTED_CELLS and getattr(series.dtype, "kind", "") in "iuf":
        head += f", from {series.min()} to {series.max()}, mean {float(series.mean()):.6g}"
    return f"{head}: {_values(values, size)}"


def _polars_frame(frame: Any) -> str:
    rows, columns = frame.shape
    missing = list(frame.null_count().row(0)) if columns and rows * columns <= COUNTED_CELLS else None
    names = [_label(name) for name in frame.columns]
    lines = [
        f"polars DataFrame of {_count(rows, 'row')} x {_count(columns, 'column')}",
        *_schema(names, [str(kind) for kind in frame.dtypes], missing),
    ]
    part = frame[:, :COLUMNS_SHOWN].head(_rows_shown(rows)) if columns else frame
    return "\n".join([*lines, *_rows(names[:COLUMNS_SHOWN], part.rows(), rows, columns)])


def _polars_lazy(frame: Any) -> str:
    # Reading a lazy frame's rows could run a query of any size; its schema is cheap.
    schema = frame.collect_schema()
    head = f"polars LazyFrame (not computed) of {_count(len(schema), 'column')}"
    return "\n".join([head, *_schema([_label(name) for name in schema], [str(kind) for kind in schema.values()], None)])


def _polars_series(series: Any) -> str:
    size = len(series)
    values = series.head(_rows_shown(size)).to_list()
    return f"polars Series of {_count(size, 'value')}, {series.dtype}, named {_label(series.name)}: {_values(values, size)}"


def _array(array: Any, numpy: Any) -> str:
    head = f"numpy array of shape {array.shape}, {array.dtype}"
    if 0 < array.size <= COUNTED_CELLS and array.dtype.kind in "iuf":
        head += f", from {array.min()} to {array.max()}, mean {float(array.mean()):.6g}"
    shown = numpy.array2string(array, threshold=60, edgeitems=3, max_line_width=110)
    return f"{head}:\n{shown}" if "\n" in shown else f"{head}: {shown}"


def _schema(names: Sequence[str], kinds: Sequence[str], missing: Sequence[int] | None) -> list[str]:
    lines = []
    for position, (name, kind) in enumerate(zip(names, kinds, strict=True)):
        if position == COLUMNS_LISTED:
            lines.append(f"- … and {len(names) - COLUMNS_LISTED:,} more columns")
            break
        absent = missing[position] if missing is not None else 0
        lines.append(f"- {name}: {kind}" + (f", {absent:,} missing" if absent else ""))
    return lines


def _rows(names: Sequence[str], rows: Iterable[Sequence[Any]], total: int, columns: int) -> list[str]:
    if not total or not names:
        return []
    shown = [[_cell(item) for item in row] for row in rows]
    what = "All rows" if len(shown) == total else f"The first {_count(len(shown), 'row')}"
    if columns > len(names):
        what += f" of the first {len(names)} columns"
    table = [f"| {' | '.join(names)} |", f"|{'---|' * len(names)}"]
    return [f"{what}:", "", *table, *(f"| {' | '.join(row)} |" for row in shown)]


def _rows_shown(total: int) -> int:
    return total if total <= 2 * ROWS else ROWS


def _values(values: Sequence[Any], total: int) -> str:
    shown = ", ".join(_cell(item) for item in values)
    return shown if len(values) == total else f"{shown}, …"


def _label(name: object) -> str:
    return _cell(name)


def _cell(value: object) -> str:
    """A cell of a table on one line; `|` would end it."""
    text = value if isinstance(value, str) else _number(value)
    text = " ".join(text.split()).replace("|", "\\|")
    return text if len(text) <= CELL_WIDTH else f"{text[: CELL_WIDTH - 1]}…"


def _number(value: object) -> str:
    if isinstance(value, bool | int) or value is None:
        return str(value)
    if isinstance(value, float):
        return f"{value:.6g}"
    item = getattr(value, "item", None)
    if type(value).__module__ == "numpy" and callable(item):
        plain = item()
        return _number(plain) if isinstance(plain, bool | int | float) else str(value)
    if hasattr(value, "isoformat"):
        return str(value)
    return short_repr(value, CELL_WIDTH)


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
