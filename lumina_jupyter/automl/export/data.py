"""Source that reads a table, and a copy of the table for code that has none to read."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from lumina_jupyter.automl.export.source import Source
from lumina_jupyter.automl.plain.lag_table import LagTable
from lumina_jupyter.automl.tables.files import reader_of
from lumina_jupyter.errors import DataUnusable, ModelNotExportable


@dataclass(frozen=True, slots=True)
class TableFile:
    """A file that holds the table and the target.

    Args:
        path: As the code is to name it.
        target: The column that holds the target.
        options: Further arguments for pandas' reader.
        weights: The column that holds the rows' weights; empty where there are none.
        queries: The column that holds the rows' queries; empty where there are none.
    """

    path: str
    target: str
    options: Mapping[str, Any] = field(default_factory=dict)
    weights: str = ""
    queries: str = ""


def reading(source: Source, file: TableFile) -> str:
    """Statements that bind `X` and `y`, and where there are any `weights` and `queries`.

    Raises:
        ModelNotExportable: when pandas has no reader for such a file.
    """
    target = source.expression(file.target)
    read = _read(source, file)
    beside = {"weights": file.weights, "queries": file.queries}
    popped = "".join(f"\n{name} = X.pop({source.expression(each)})" for name, each in beside.items() if each)
    return (
        f"table = {read}\n"
        f"table = table[table[{target}].notna()].reset_index(drop=True)\n"
        f"X, y = table.drop(columns=[{target}]), table[{target}]{popped}"
    )


def reading_series(source: Source, file: TableFile, series: LagTable) -> str:
    """Statements that bind `table`, with moments and values as such.

    Raises:
        ModelNotExportable: when pandas has no reader for such a file.
    """
    read = _read(source, file)
    if file.options:  # Our own copy of the table, which has them.
        return f"table = {read}"
    source.plain.add("table_reader")
    time, target = source.expression(series.time), source.expression(series.target)
    return (
        f"table = {read}\n"
        f"table[{time}] = table[{time}] if table[{time}].dtype.kind in 'iuf' else read_dates(table[{time}])\n"
        f"table[{target}] = read_numbers(table[{target}])\n"
        f"table = table[table[{time}].notna()].reset_index(drop=True)"
    )


def _read(source: Source, file: TableFile) -> str:
    try:
        reader, options = reader_of(file.path)
    except DataUnusable as unusable:
        raise ModelNotExportable(f"{file.path} is no file that the code could read.", hint=unusable.hint) from unusable
    lines = {"lines": True} if options.get("lines") else {}  # how it is packed pandas sees by its name
    source.imports.add("import pandas as pd")
    return source.call(f"pd.{reader}", (file.path,), {**lines, **file.options})


def keep(
    frame: pd.DataFrame, target: Any, name: str, path: Path, weights: Any = None, queries: pd.Series | None = None
) -> TableFile:
    """Write a table beside the code that trains on it.

    A CSV file where that gives back the same table, else Parquet.

    Args:
        frame: The features.
        target: The target.
        name: The target's name; another one is taken where the table has a column of this name.
        path: Where the code lies; the table's file is named after it.
        weights: The rows' weights, where they have any.
        queries: The rows' queries by the name of their column, where they have any.

    Raises:
        ModelNotExportable: when neither kind of file holds the table as it is.
    """
    name = _free(name, frame)
    table = frame.reset_index(drop=True).assign(**{name: pd.Series(target).reset_index(drop=True)})
    weighing = "" if weights is None else _free("weight", table)
    if weighing:
        table[weighing] = weights
    asking = "" if queries is None else _free(str(queries.name), table)
    if asking:
        table[asking] = queries
    for write in (_as_csv, _as_parquet):
        with tempfile.TemporaryDirectory(dir=path.parent) as folder:
            file = write(table, Path(folder), path.stem, name)
            if file is not None:
                (Path(folder) / file.path).replace(path.parent / file.path)
                return replace(file, weights=weighing, queries=asking)
    raise ModelNotExportable(
        "The table has columns that neither CSV nor Parquet gives back as they are.",
        hint='Give `to_code` the file that you read the table from: `data="table.csv"`.',
    )


def _free(name: str, frame: pd.DataFrame) -> str:
    while name in frame:
        name += "_"
    return name


def _as_csv(table: pd.DataFrame, folder: Path, stem: str, target: str) -> TableFile | None:
    file = folder / f"{stem}-data.csv.gz"
    table.to_csv(file, index=False)
    dates = [name for name, kind in table.dtypes.items() if pd.api.types.is_datetime64_any_dtype(kind)]
    kinds = {name: str(kind) for name, kind in table.dtypes.items() if name not in dates}
    options: dict[str, Any] = {
        "dtype": kinds,
        "keep_default_na": False,
        "na_values": [""],
    }
    if int(pd.__version__.split(".")[0]) < 3:  # From then on it is the only one.
        options["float_precision"] = "round_trip"
    if dates:
        options["parse_dates"] = dates
    try:
        again = pd.read_csv(file, **options)
        # Units of dates are pandas' own choice when it reads them.
        again = again.astype({name: table.dtypes[name] for name in dates})
    except (ValueError, TypeError):
        return None
    return TableFile(file.name, target, options) if _same(table, again) else None


def _same(table: pd.DataFrame, again: pd.DataFrame) -> bool:
    if list(table.columns) != list(again.columns) or list(table.dtypes) != list(again.dtypes):
        return False
    again = again.set_axis(table.columns, axis=1)
    return table.equals(again) and all(_types(table[name]) == _types(again[name]) for name in table)


def _types(column: pd.Series) -> set[type]:
    return set(map(type, column.dropna())) if column.dtype == object else set()


def _as_parquet(table: pd.DataFrame, folder: Path, stem: str, target: str) -> TableFile | None:
    file = folder / f"{stem}-data.parquet"
    try:
        table.to_parquet(file, index=False)
        again = pd.read_parquet(file)
    except (ImportError, ValueError, TypeError):
        return None
    except Exception as problem:
        if not type(problem).__module__.startswith("pyarrow"):
            raise
        return None  # A column of several types, and the like.
    return TableFile(file.name, target) if _same(table, again) else None
