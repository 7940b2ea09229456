"""Tables and columns of pandas, polars and pyarrow: schema, size, a few rows; never a look at all of the data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from .bounds import CELL, NAME, counted, cut, looks_secret, type_name
from .dtypes import dtype_name
from .plain import short

if TYPE_CHECKING:
    Column = dict[str, Any]
    Told = dict[str, Any]

ROWS = 5
"""Rows that are shown; a table of twice as many is shown whole."""
COLUMNS = 200
"""Columns that are listed."""
COLUMNS_SHOWN = 20
"""Columns whose values are shown."""
SAMPLE_ROWS = 1_000
SAMPLE_CELLS = 50_000
"""Rows and cells in which missing values are counted at most."""


def pandas_frame(frame: Any, detail: bool, values: bool) -> Told:
    """A pandas DataFrame."""
    rows, width = frame.shape
    labels = list(islice(iter(frame.columns), COLUMNS))
    kinds = [dtype_name(kind) for kind in islice(iter(frame.dtypes.array), COLUMNS)]
    missing: list[int] | None = None
    sample = _sample_rows(rows, len(labels))
    if detail and values and sample:
        # Whole blocks of columns are counted at once.
        missing = [int(count) for count in frame.iloc[:sample, : len(labels)].isna().sum().array]
    columns = _columns(labels, kinds, missing, sample)
    head: list[str] = []
    if detail:
        head.append(f"Index: {type_name(frame.index)}")
    shown: Iterable[Sequence[Any]] = ()
    if detail and values:
        part = frame.iloc[: _shown(rows), :COLUMNS_SHOWN]
        shown = list(part.itertuples(index=False, name=None))
    size = int(frame.memory_usage(index=False).sum()) if width <= COLUMNS else None
    return _table("pandas DataFrame", rows, width, columns, shown, head, size, detail)


def pandas_series(series: Any, detail: bool, values: bool) -> Told:
    """A pandas Series or Index."""
    size = len(series)
    kind = "DataFrame" if series.ndim > 1 else dtype_name(series.dtype)
    text = "{} of {}, {}".format(type_name(series), counted(size, "value"), kind)
    if series.name is not None:
        text += f", named {_label(series.name)}"
    if detail and values and not _is_secret(series.name):
        text += ": " + _items(list(series[: _shown(size)]), size)
        sample = min(size, SAMPLE_ROWS)
        text += _missing_note(int(series[:sample].isna().sum()), sample, size)
    return {"text": text, "shape": [size], "size": _whole(series, "nbytes")}


def polars_frame(frame: Any, detail: bool, values: bool) -> Told:
    """A polars DataFrame."""
    rows, width = frame.shape
    labels = frame.columns[:COLUMNS]
    kinds = [dtype_name(kind) for kind in frame.dtypes[:COLUMNS]]
    missing: list[int] | None = None
    sample = _sample_rows(rows, len(labels))
    if detail and values and sample:
        missing = [int(count) for count in frame[:sample, : len(labels)].null_count().row(0)]
    columns = _columns(labels, kinds, missing, sample)
    shown: Iterable[Sequence[Any]] = ()
    if detail and values and width:
        shown = frame[: _shown(rows), :COLUMNS_SHOWN].rows()
    size = int(frame.estimated_size()) if width <= COLUMNS and _is_flat(kinds) else None
    return _table("polars DataFrame", rows, width, columns, shown, [], size, detail)


def polars_series(series: Any, detail: bool, values: bool) -> Told:
    """A polars Series."""
    size = len(series)
    text = "polars Series of {}, {}, named {}".format(
        counted(size, "value"), dtype_name(series.dtype), _label(series.name)
    )
    if detail and values and not _is_secret(series.name):
        text += ": " + _items(series[: _shown(size)].to_list(), size)
        sample = min(size, SAMPLE_ROWS)
        text += _missing_note(int(series[:sample].null_count()), sample, size)
    return {"text": text, "shape": [size]}


def polars_lazy(_frame: Any, _detail: bool, _values: bool) -> Told:
    """A polars LazyFrame, of which even the schema may need a query or a file far away."""
    return {"text": "polars LazyFrame, not computed; its columns are not looked up, as that could take long"}


def arrow_table(table: Any, detail: bool, values: bool) -> Told:
    """A pyarrow Table or RecordBatch."""
    rows, width = table.num_rows, table.num_columns
    fields = [table.schema.field(place) for place in range(min(width, COLUMNS))]
    kinds = [dtype_name(field.type) for field in fields]
    missing: list[int] | None = None
    sample = _sample_rows(rows, len(fields))
    if detail and values and sample:
        part = table.slice(0, sample)
        missing = [int(part.column(place).null_count) for place in range(len(fields))]
    columns = _columns([field.name for field in fields], kinds, missing, sample)
    shown: Iterable[Sequence[Any]] = ()
    if detail and values and width:
        part = table.slice(0, _shown(rows))
        shown = list(zip(*(part.column(place).to_pylist() for place in range(min(width, COLUMNS_SHOWN)))))
    size = _whole(table, "nbytes") if width <= COLUMNS else None
    return _table(f"pyarrow {type(table).__name__}", rows, width, columns, shown, [], size, detail)


def arrow_array(array: Any, detail: bool, values: bool) -> Told:
    """A pyarrow Array or ChunkedArray."""
    size = len(array)
    text = "pyarrow {} of {}, {}".format(type(array).__name__, counted(size, "value"), dtype_name(array.type))
    if detail and values:
        text += ": " + _items(array.slice(0, _shown(size)).to_pylist(), size)
    return {"text": text, "shape": [size], "size": _whole(array, "nbytes")}


def _table(
    what: str,
    rows: int,
    width: int,
    columns: list[Column],
    shown: Iterable[Sequence[Any]],
    head: list[str],
    size: int | None,
    detail: bool,
) -> Told:
    lines = ["{} of {} x {}".format(what, counted(rows, "row"), counted(width, "column"))]
    if detail:
        lines += [_column_line(column) for column in columns]
        if width > len(columns):
            lines.append(f"- … and {width - len(columns):,} more columns")
        sampled = columns[0]["sampled"] if columns else 0
        if 0 < sampled < rows and any(column["missing"] for column in columns):
            lines.append(f"Missing values are counted in the first {sampled:,} rows only.")
        lines += head + _grid([column["name"] for column in columns[:COLUMNS_SHOWN]], list(shown), rows, width)
    told: Told = {"text": "\n".join(lines), "shape": [rows, width], "columns": columns, "columns_total": width}
    if size is not None:
        told["size"] = size
    return told


def _columns(labels: Sequence[Any], kinds: Sequence[str], missing: Sequence[int] | None, sample: int) -> list[Column]:
    return [
        {
            "name": _label(label),
            "type": kind,
            "missing": None if missing is None else missing[place],
            "sampled": 0 if missing is None else sample,
        }
        for place, (label, kind) in enumerate(zip(labels, kinds))
    ]


def _column_line(column: Column) -> str:
    missing = ", {:,} missing".format(column["missing"]) if column["missing"] else ""
    return "- {}: {}{}".format(column["name"], column["type"], missing)


def _grid(names: list[str], rows: list[Sequence[Any]], total: int, width: int) -> list[str]:
    if not rows or not names:
        return []
    what = "All rows" if len(rows) == total else "The first {}".format(counted(len(rows), "row"))
    if width > len(names):
        what += f" of the first {len(names)} columns"
    hidden = [looks_secret(name) for name in names]
    lines = ["| {} |".format(" | ".join(names)), "|{}".format("---|" * len(names))]
    for row in rows:
        cells = ["<hidden>" if secret else _cell(item) for item, secret in zip(row, hidden)]
        lines.append("| {} |".format(" | ".join(cells)))
    return [what + ":", "", *lines]


def _items(items: Sequence[Any], total: int) -> str:
    return ", ".join(_cell(item) for item in items) + ("" if len(items) == total else ", …")


def _missing_note(missing: int, sample: int, total: int) -> str:
    if not missing:
        return ""
    where = "" if sample == total else f" in the first {sample:,}"
    return f"; {missing:,} missing{where}"


def _cell(value: object) -> str:
    """A cell of a table on one line; `|` would end it."""
    text = str(value[: 2 * CELL]) if type(value) is str else short(value, CELL, 2)
    return cut(" ".join(text.split()).replace("|", "\\|"), CELL)


def _label(name: object) -> str:
    return cut(str(name[:NAME]), NAME) if type(name) is str else short(name, NAME, 2)


def _is_secret(name: object) -> bool:
    return type(name) is str and looks_secret(name)


def _sample_rows(rows: int, width: int) -> int:
    return min(rows, SAMPLE_ROWS, SAMPLE_CELLS // max(1, width))


def _shown(total: int) -> int:
    return total if total <= 2 * ROWS else ROWS


def _is_flat(kinds: Sequence[str]) -> bool:
    return not any(kind.startswith(("List", "Struct", "Array", "Object")) for kind in kinds)


def _whole(value: Any, name: str) -> int | None:
    number = getattr(value, name, None)
    return number if type(number) is int else None
