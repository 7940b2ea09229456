"""Source that reads a table, and a copy of the table for code that has none to read."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from lumina_jupyter.automl.export.source import Source
from lumina_jupyter.errors import ModelNotExportable

READERS = {
    ".csv": "read_csv",
    ".tsv": "read_table",
    ".parquet": "read_parquet",
    ".feather": "read_feather",
    ".json": "read_json",
}
PACKED = (".gz", ".bz2", ".xz", ".zip", ".zst")


@dataclass(frozen=True, slots=True)
class TableFile:
    """A file that holds the table and the target.

    Args:
        path: As the code is to name it.
        target: The column that holds the target.
        options: Further arguments for pandas' reader, as source.
    """

    path: str
    target: str
    options: str = ""


def reading(source: Source, file: TableFile) -> str:
    """Statements that bind `X` and `y`.

    Raises:
        ModelNotExportable: when pandas has no reader for such a file.
    """
    name = file.path
    for packing in PACKED:
        name = name.removesuffix(packing)
    reader = READERS.get(Path(name).suffix.lower())
    if reader is None:
        raise ModelNotExportable(
            f"{file.path} is no file that the code could read.", hint=f"It reads {', '.join(sorted(READERS))}."
        )
    source.imports.add("import pandas as pd")
    options = f", {file.options}" if file.options else ""
    path, target = source.expression(file.path), source.expression(file.target)
    return (
        f"table = pd.{reader}({path}{options})\n"
        f"table = table[table[{target}].notna()].reset_index(drop=True)\n"
        f"X, y = table.drop(columns=[{target}]), table[{target}]"
    )


def keep(frame: pd.DataFrame, target: Any, name: str, path: Path) -> TableFile:
    """Write a table beside the code that trains on it.

    A CSV file where that gives back the same table, else Parquet.

    Args:
        frame: The features.
        target: The target.
        name: The target's name; another one is taken where the table has a column of this name.
        path: Where the code lies; the table's file is named after it.

    Raises:
        ModelNotExportable: when neither kind of file holds the table as it is.
    """
    while name in frame:
        name += "_"
    table = frame.reset_index(drop=True).assign(**{name: pd.Series(target).reset_index(drop=True)})
    for write in (_as_csv, _as_parquet):
        with tempfile.TemporaryDirectory(dir=path.parent) as folder:
            file = write(table, Path(folder), path.stem, name)
            if file is not None:
                (Path(folder) / file.path).replace(path.parent / file.path)
                return file
    raise ModelNotExportable(
        "The table has columns that neither CSV nor Parquet gives back as they are.",
        hint='Give `to_code` the file that you read the table from: `data="table.csv"`.',
    )


def _as_csv(table: pd.DataFrame, folder: Path, stem: str, target: str) -> TableFile | None:
    file = folder / f"{stem}-data.csv.gz"
    table.to_csv(file, index=False)
    dates = [name for name, kind in table.dtypes.items() if pd.api.types.is_datetime64_any_dtype(kind)]
    kinds = {name: str(kind) for name, kind in table.dtypes.items() if name not in dates}
    options: dict[str, Any] = {
        "dtype": kinds,
        "keep_default_na": False,
        "na_values": [""],
        "float_precision": "round_trip",
    }
    if dates:
        options["parse_dates"] = dates
    try:
        again = pd.read_csv(file, **options)
        # Units of dates are pandas' own choice when it reads them.
        again = again.astype({name: table.dtypes[name] for name in dates})
        pd.testing.assert_frame_equal(table, again, check_exact=True)
        same = all(_types(table[name]) == _types(again[name]) for name in table)
    except (AssertionError, ValueError, TypeError):
        return None
    text = ", ".join(f"{name}={value!r}" for name, value in options.items())
    return TableFile(file.name, target, text) if same else None


def _types(column: pd.Series) -> set[type]:
    return set(map(type, column.dropna())) if column.dtype == object else set()


def _as_parquet(table: pd.DataFrame, folder: Path, stem: str, target: str) -> TableFile | None:
    file = folder / f"{stem}-data.parquet"
    try:
        table.to_parquet(file, index=False)
        again = pd.read_parquet(file)
        pd.testing.assert_frame_equal(table, again, check_exact=True)
    except (AssertionError, ImportError, ValueError, TypeError):
        return None
    except Exception as problem:
        if not type(problem).__module__.startswith("pyarrow"):
            raise
        return None  # A column of several types, and the like.
    return TableFile(file.name, target)
