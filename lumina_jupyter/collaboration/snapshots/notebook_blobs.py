"""A notebook taken apart into blobs, such that an edit changes few of them, and put together again.

Cells lie in chunks of neighbours. Where a chunk ends depends on the ids of the cells alone, so that a cell that is
inserted or edited changes one chunk and leaves the others as they are. Large outputs, attachments and metadata are
blobs of their own. The tree names them all, in order.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..document.storable import joined_text
from .blob_store import name_of

VERSION = 1
LARGE = 16_384
"""Bytes of JSON from which on an output, an attachment or a metadata entry is a blob of its own."""
CHUNK_BYTES = 65_536
"""Bytes after which a chunk of cells ends."""
_CELLS = 16
"""Cells in a chunk, on average."""
TRUSTED = "trusted"
"""What a cell's metadata says while it is open, and no file does: its outputs may run code in the browser."""
_EXACT = 2**53
KNOWN_CHUNKS = 5_000
"""Chunks whose cells' looks are remembered."""

Path = tuple[str | int, ...]


@dataclass(slots=True)
class TakenApart:
    """A notebook as blobs by their names. `size` is its length as JSON in bytes."""

    tree: str
    blobs: dict[str, bytes]
    cells: int
    size: int


def take_apart(content: Mapping[str, Any]) -> TakenApart:
    """The blobs of a notebook; those that another one shares have the same names.

    Numbers without a fraction become whole ones: a shared document makes floats of all.
    """
    work = _Work()
    head: dict[str, Any] = whole_numbers(content)
    found = head.pop("cells", None)
    cells = found if _are_cells(found) else []
    if cells is not found and "cells" in content:
        head["cells"] = found  # no notebook that we know, but kept as it is
    head_parts: list[Any] = []
    if isinstance(head.get("metadata"), dict):
        head["metadata"] = work.slim(head["metadata"], ("metadata",), head_parts)
    tree = {
        "version": VERSION,
        "head": head,
        "parts": head_parts,
        "chunks": [work.chunk(cells) for cells in _Chunks(cells, work)],
        "cells": cells is found,
    }
    return TakenApart(work.store(_json(tree)), work.blobs, len(cells), work.size)


def put_together(tree: str, read: Callable[[str], bytes]) -> dict[str, Any]:
    """The notebook of a tree.

    Raises:
        SnapshotDamaged: by `read`.
    """
    found = json.loads(read(tree))
    content: dict[str, Any] = found["head"]
    for *place, name in found["parts"]:
        _put(content, place, json.loads(read(name)))
    cells: list[Any] = []
    for chunk in found["chunks"]:
        cells_of_chunk = json.loads(read(chunk["blob"]))
        for *place, name in chunk["parts"]:
            _put(cells_of_chunk, place, json.loads(read(name)))
        cells += cells_of_chunk
    if found["cells"]:
        content["cells"] = cells
    return content


def blobs_of(tree: str, read: Callable[[str], bytes]) -> Iterator[str]:
    """The names of all blobs that a tree needs, its own among them.

    Raises:
        SnapshotDamaged: by `read`.
    """
    yield tree
    found = json.loads(read(tree))
    for part in found["parts"]:
        yield part[-1]
    for chunk in found["chunks"]:
        yield chunk["blob"]
        for part in chunk["parts"]:
            yield part[-1]


def looks_of(tree: str, read: Callable[[str], bytes], known: dict[str, dict[str, str]]) -> dict[str, str]:
    """What tells each cell from a changed one (type and text), by the cells' ids; reads neither outputs nor pictures.

    Args:
        tree: The notebook's.
        read: Gives a blob's content.
        known: What was found in chunks before; added to.

    Raises:
        SnapshotDamaged: by `read`.
    """
    if len(known) > KNOWN_CHUNKS:
        known.clear()
    found: dict[str, str] = {}
    for chunk in json.loads(read(tree))["chunks"]:
        name = chunk["blob"]
        if name not in known:
            known[name] = {cell["id"]: _look(cell) for cell in json.loads(read(name)) if "id" in cell}
        found |= known[name]
    return found


@dataclass(slots=True)
class _Work:
    blobs: dict[str, bytes] = field(default_factory=dict)
    size: int = 0

    def store(self, data: bytes) -> str:
        name = name_of(data)
        self.blobs[name] = data
        self.size += len(data)
        return name

    def slim(self, values: dict[str, Any], place: Path, parts: list[Any]) -> dict[str, Any]:
        """The dictionary with null for each large value, which becomes a part."""
        return {name: self.part(value, (*place, name), parts) for name, value in values.items()}

    def part(self, value: Any, place: Path, parts: list[Any]) -> Any:
        data = _json(value)
        if len(data) < LARGE:
            return value
        parts.append([*place, self.store(data)])
        return None

    def chunk(self, cells: list[tuple[dict[str, Any], list[Any]]]) -> dict[str, Any]:
        parts = [[at, *part] for at, (_, parts) in enumerate(cells) for part in parts]
        return {"blob": self.store(_json([cell for cell, _ in cells])), "parts": parts}


class _Chunks:
    """Runs of neighbouring cells, each cell without its large parts and with the list of these."""

    def __init__(self, cells: list[dict[str, Any]], work: _Work) -> None:
        self._cells = cells
        self._work = work

    def __iter__(self) -> Iterator[list[tuple[dict[str, Any], list[Any]]]]:
        chunk: list[tuple[dict[str, Any], list[Any]]] = []
        size = 0
        for cell in self._cells:
            slim, parts = self._slim(cell)
            length = len(_json(slim))
            if chunk and length >= LARGE:
                yield chunk
                chunk, size = [], 0
            chunk.append((slim, parts))
            size += length
            if size >= CHUNK_BYTES or length >= LARGE or _ends_chunk(cell):
                yield chunk
                chunk, size = [], 0
        if chunk:
            yield chunk

    def _slim(self, cell: dict[str, Any]) -> tuple[dict[str, Any], list[Any]]:
        parts: list[Any] = []
        slim = dict(cell)
        for name in ("attachments", "metadata"):
            if isinstance(cell.get(name), dict):
                slim[name] = self._work.slim(cell[name], (name,), parts)
        if isinstance(slim.get("metadata"), dict):
            slim["metadata"].pop(TRUSTED, None)
        outputs = cell.get("outputs")
        if isinstance(outputs, list):
            slim["outputs"] = [self._work.part(out, ("outputs", at), parts) for at, out in enumerate(outputs)]
        return slim, parts


def _look(cell: Mapping[str, Any]) -> str:
    return name_of(_json([cell.get("cell_type"), joined_text(cell.get("source"))]))[:16]


def _json(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode("ascii")


def _ends_chunk(cell: dict[str, Any]) -> bool:
    known_by = str(cell.get("id") or cell.get("source", ""))
    return int(name_of(known_by.encode("utf-8", "surrogatepass"))[:4], 16) % _CELLS == 0


def _are_cells(found: Any) -> bool:
    return isinstance(found, list) and all(isinstance(cell, dict) for cell in found)


def _put(into: Any, place: list[str | int], value: Any) -> None:
    *above, last = place
    for step in above:
        into = into[step]
    into[last] = value


def whole_numbers(value: Any) -> Any:
    """The value with whole numbers in place of those that only look like fractions, as 2.0."""
    # What there is most of comes first: to ask whether a text is a mapping takes far longer.
    if isinstance(value, str) or value is None:
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < _EXACT else value
    if isinstance(value, dict | Mapping):
        return {str(key): whole_numbers(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [whole_numbers(item) for item in value]
    return value
