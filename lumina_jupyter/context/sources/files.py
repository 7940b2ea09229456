"""Files: text as text, tables as their columns and first rows, notebooks as their cells, anything else by its size."""

from __future__ import annotations

import base64
import csv
import io
import json
import os
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from ...gateway.requests import ImagePart
from ...telemetry.redaction import redact
from ..cleaning import bounded, plain
from ..item import Item, Missing
from ..kernel.summary import Policy
from .paths import Place, Refused, is_hidden, open_file, resolve

READ_BYTES = 400_000
"""Bytes of a file that are read, from its beginning."""
TEXT_CHARACTERS = 100_000
IMAGE_BYTES = 3_000_000
ROWS = 5
"""Rows of a table that are shown."""
TYPED_ROWS = 200
"""Rows by which the columns' types are told."""
ENTRIES = 200
"""Names of a folder that are listed."""

_TABLES = {".csv": ",", ".tsv": "\t", ".tab": "\t", ".psv": "|"}
_IMAGES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif", ".webp": "image/webp"}
_ARROW = {".parquet", ".pq", ".feather", ".arrow"}


def file_item(target: str, roots: Sequence[Path], policy: Policy, *, images: bool = False) -> Item | Missing:
    """A file as a model is shown it. Reads from disk: for a thread."""
    place = resolve(target, roots)
    label = f"file {target}"
    if isinstance(place, Refused):
        return Missing("file", label, place.reason)
    try:
        if place.real.is_dir():
            return _item(place, label, _listing(place.real), "folder")
        return _file(place, label, policy, images=images)
    except OSError as error:
        return Missing("file", label, f"it cannot be read ({error.strerror or error})")


def _file(place: Place, label: str, policy: Policy, *, images: bool) -> Item:
    suffix = place.real.suffix.lower()
    with open(open_file(place), "rb") as stream:  # noqa: PTH123 - a descriptor that was checked, no path
        size = os.fstat(stream.fileno()).st_size
        if suffix in _IMAGES:
            picture: tuple[ImagePart, ...] = ()
            if images and size <= IMAGE_BYTES:
                picture = (ImagePart(media_type=_IMAGES[suffix], data=base64.b64encode(stream.read()).decode()),)
            return _item(place, label, f"An image of {size:,} bytes.", "image", picture)
        if suffix in _ARROW:
            return _item(place, label, _arrow(place.real, size), "table")
        head = stream.read(READ_BYTES)
    text = decoded(head, cut=size > len(head))
    if text is None:
        return _item(place, label, f"A binary file of {size:,} bytes.", "binary")
    if suffix in _TABLES:
        return _item(place, label, redact(_table(text, _TABLES[suffix], size, len(head), policy)), "table")
    if suffix == ".ipynb" and size <= len(head):
        text = _notebook(text)
    text = redact(bounded(plain(text), TEXT_CHARACTERS))
    if size > len(head):
        text += f"\n[… the file goes on for {size - len(head):,} bytes …]"
    return _item(place, label, text, "text")


def _item(place: Place, label: str, text: str, kind: str, images: tuple[ImagePart, ...] = ()) -> Item:
    attributes = (("path", place.shown or "."), ("kind", kind))
    return Item(kind="file", label=label, text=text, attributes=attributes, place=(3, 0), mentioned=True, images=images)


def decoded(head: bytes, *, cut: bool = False) -> str | None:
    """The text of bytes; None for what is no text. `cut` when they may end within a character."""
    if head[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return head.decode("utf-16", "replace")
    if b"\0" in head[:65_536]:
        return None
    try:
        return head.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if cut and error.start >= len(head) - 3:
            return head[: error.start].decode("utf-8-sig")
    text = head.decode("latin-1")
    strange = sum(character < " " and character not in "\t\n\r\f\x1b" for character in text[:4_096])
    return None if strange * 20 > min(len(text), 4_096) else text


def _listing(folder: Path) -> str:
    names = sorted(
        f"{entry.name}/" if entry.is_dir(follow_symlinks=False) else entry.name
        for entry in os.scandir(folder)
        if not is_hidden(entry.name)
    )
    more = f"\n[… {len(names) - ENTRIES:,} more …]" if len(names) > ENTRIES else ""
    return "\n".join(names[:ENTRIES]) + more


def _table(text: str, delimiter: str, size: int, read: int, policy: Policy) -> str:
    sample = text[:20_000]
    if delimiter == "," and sample.partition("\n")[0].count(";") > sample.partition("\n")[0].count(","):
        delimiter = ";"
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text), delimiter=delimiter):
            rows.append(row)
            if len(rows) > TYPED_ROWS:
                break
    except csv.Error:
        pass  # what was read until then is shown
    if not rows:
        return "An empty table."
    header, body = rows[0], rows[1:]
    columns = [f"{name}: {_type([row[at] for row in body if at < len(row)])}" for at, name in enumerate(header[:300])]
    counted = f"about {text.rstrip().count(chr(10)):,} rows" if size <= read else f"{size:,} bytes"
    shown = [f"Columns ({len(header):,}), types by the first {len(body):,} rows, {counted}:", *columns]
    if policy == "values" and body:
        buffer = io.StringIO()
        csv.writer(buffer, delimiter=delimiter, lineterminator="\n").writerows([header, *body[:ROWS]])
        shown += ["First rows:", buffer.getvalue().rstrip("\n")]
    return "\n".join(shown)


def _type(values: list[str]) -> str:
    filled = [value for value in values if value.strip()]
    missing = len(values) - len(filled)
    note = f", {missing:,} empty" if missing else ""
    for name, kind in (("integer", int), ("number", float)):
        if filled and all(_reads_as(kind, value) for value in filled):
            return name + note
    return ("text" if filled else "empty") + note


def _reads_as(kind: type[int] | type[float], value: str) -> bool:
    try:
        kind(value)
    except ValueError:
        return False
    return True


def _arrow(path: Path, size: int) -> str:
    try:
        if path.suffix.lower() in {".parquet", ".pq"}:
            file: Any = import_module("pyarrow.parquet").ParquetFile(path)
            schema, rows = file.schema_arrow, f"{file.metadata.num_rows:,} rows"
        else:
            reader: Any = import_module("pyarrow.ipc").open_file(path)
            schema, rows = reader.schema, f"{size:,} bytes"
    except ImportError:
        return f"A columnar file of {size:,} bytes; reading its columns needs pyarrow in the server's environment."
    except Exception as error:  # noqa: BLE001 - a damaged file raises many kinds
        return f"A columnar file of {size:,} bytes that cannot be read ({type(error).__name__})."
    columns = [f"{field.name}: {field.type}" for field in list(schema)[:300]]
    return "\n".join([f"Columns ({len(schema):,}), {rows}:", *columns])


def _notebook(text: str) -> str:
    try:
        cells = json.loads(text)["cells"]
        return "\n\n".join(
            f"# [{cell['cell_type']} cell #{number}]\n{''.join(cell['source'])}" for number, cell in enumerate(cells, 1)
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        return text
