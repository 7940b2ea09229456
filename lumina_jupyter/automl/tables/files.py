"""Tables in files: CSV, TSV, Parquet, Feather and JSON, by the names of the files."""

from __future__ import annotations

from pathlib import PurePath
from typing import IO, TYPE_CHECKING, Any

from lumina_jupyter.errors import DataUnusable

if TYPE_CHECKING:
    import pandas as pd

_READERS = {
    ".csv": "read_csv",
    ".tsv": "read_table",
    ".tab": "read_table",
    ".parquet": "read_parquet",
    ".pq": "read_parquet",
    ".feather": "read_feather",
    ".arrow": "read_feather",
    ".jsonl": "read_json",
    ".ndjson": "read_json",
    ".json": "read_json",
}
_TEXT = {"read_csv", "read_table", "read_json"}
_PACKED = {".gz": "gzip", ".bz2": "bz2", ".xz": "xz", ".zst": "zstd", ".zip": "zip"}


def reader_of(name: str) -> tuple[str, dict[str, Any]]:
    """The name of pandas' reader for a file of this name, and what it is to be told of such a file.

    Raises:
        DataUnusable: when it is no table that can be read.
    """
    suffixes = [suffix.lower() for suffix in PurePath(name).suffixes]
    packed = _PACKED.get(suffixes[-1], "") if suffixes else ""
    if packed:
        suffixes.pop()
    reader = _READERS.get(suffixes[-1], "") if suffixes else ""
    if not reader or (packed and reader not in _TEXT):
        raise DataUnusable(
            f"{name!r} is no table that can be read.",
            hint="CSV, TSV and JSON (records, or lines as .jsonl; also .gz, .bz2, .xz, .zst, .zip), Parquet and Feather can.",
        )
    options: dict[str, Any] = {"compression": packed or None} if reader in _TEXT else {}
    if reader == "read_json":
        options["lines"] = suffixes[-1] != ".json"
    return reader, options


def read_table_file(file: IO[bytes], name: str) -> pd.DataFrame:
    """The table in an open file.

    Args:
        file: The file, open for reading bytes.
        name: Its name, whose end says what it is.

    Raises:
        DataUnusable: when it is no such table.
    """
    import pandas as pd

    reader, options = reader_of(name)
    try:
        made: pd.DataFrame = getattr(pd, reader)(file, **options)
    except ImportError as error:
        raise DataUnusable(f"{name!r} can't be read: {error}.", hint="pip install pyarrow") from error
    except Exception as error:  # pandas and Arrow have no common error for a file that is not what its name says
        raise DataUnusable(
            f"{name!r} can't be read as its name says: {type(error).__name__}.", hint="Look at its first lines."
        ) from error
    return made
