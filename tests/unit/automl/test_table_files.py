"""Tables in files are read by what their names say, and what is no table is refused."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from lumina_jupyter.automl.tables.files import read_table_file
from lumina_jupyter.errors import DataUnusable

FRAME = pd.DataFrame({"größe": [1.5, 2.0, None], "plan": ["a", "b, c", "d"]})


@pytest.mark.parametrize(
    "name",
    [
        "a.csv",
        "A.CSV",
        "a.csv.gz",
        "a.csv.zip",
        "a.tsv",
        "a.tsv.xz",
        "a.parquet",
        "a.feather",
        "a.json",
        "a.jsonl",
        "a.b.ndjson.bz2",
    ],
)
def test_what_was_written_is_read(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    plain = name.lower()
    if ".csv" in plain:
        FRAME.to_csv(path, index=False)
    elif ".tsv" in plain:
        FRAME.to_csv(path, index=False, sep="\t")
    elif "json" in plain:
        FRAME.to_json(path, orient="records", lines=plain != "a.json", force_ascii=False)
    elif "parquet" in plain:
        FRAME.to_parquet(path)
    else:
        FRAME.to_feather(path)
    with path.open("rb") as stream:
        pd.testing.assert_frame_equal(read_table_file(stream, name), FRAME)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt", b"a,b\n1,2\n"),
        ("a.pkl", b"\x80\x04N."),
        ("a", b""),
        ("a.gz", b""),
        ("a.parquet.gz", b""),
        ("a.csv", b""),
        ("a.csv", b'"\x00\xff\xfe'),
        ("a.csv.gz", b"no gzip"),
        ("a.parquet", b"PAR1 no parquet"),
        ("a.feather", b"x"),
        ("a.jsonl", b"{"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with (tmp_path / name).open("rb") as stream, pytest.raises(DataUnusable, match="read"):
        read_table_file(stream, name)
