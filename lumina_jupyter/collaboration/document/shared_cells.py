"""Cells in a notebook's Yjs document: found, read and made.

A shared cell is a map with the texts, maps and lists of nbformat's cell in it. Numbers come back from a document as
floats, which is how browsers know them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast
from uuid import uuid4

from .cell import Cell, CellType, Notebook
from .refusals import cell_gone
from .storable import CELL_TYPES, joined_text, storable_value, stored_value

if TYPE_CHECKING:
    from jupyter_ydoc import YNotebook
    from pycrdt import Map


def index_of(document: YNotebook, cell_id: str) -> int:
    """Where a cell is.

    Raises:
        CellGone: when it is not there.
    """
    # One transaction for all of them: one for each would take three times as long.
    with document.ydoc.transaction():
        for index, shared in enumerate(document.ycells):
            if id_of(shared) == cell_id:
                return index
    raise cell_gone(cell_id)


def id_of(shared: Map[Any]) -> str | None:
    """A shared cell's id; None when it has none."""
    try:
        found = shared["id"]
    except KeyError:
        return None
    return found if isinstance(found, str) and found else None


def cell_at(document: YNotebook, index: int) -> Cell:
    """The cell at a place, as a plain value."""
    return _cell(_plain(document.ycells[index]))


def content_at(document: YNotebook, index: int) -> dict[str, Any]:
    """The cell at a place in nbformat's own shape, of which another shared cell can be made."""
    content = _plain(document.ycells[index])
    content.pop("execution_state", None)
    return content


def insert_cell(document: YNotebook, index: int, content: dict[str, Any]) -> str:
    """Put a new cell in nbformat's own shape at a place; its id, a new one where it has none."""
    storable = storable_value({"id": str(uuid4()), **content})
    document.ycells.insert(index, document.create_ycell(storable))
    return str(storable["id"])


def fill(document: YNotebook, content: Mapping[str, Any]) -> None:
    """Put a notebook in nbformat's own shape into an empty document; nothing else, not even an empty cell."""
    from pycrdt import Map

    with document.ydoc.transaction():
        meta = document.ydoc["meta"]
        meta["nbformat"] = content["nbformat"]
        meta["nbformat_minor"] = content["nbformat_minor"]
        meta["metadata"] = Map(storable_value(content["metadata"]))
        document.ycells.extend([document.create_ycell(storable_value(cell)) for cell in content["cells"]])


def metadata_of(shared: Map[Any]) -> Map[Any]:
    """A shared cell's or notebook's metadata as a map that can be edited; put right where it is something else."""
    from pycrdt import Map

    found = shared.get("metadata")
    if isinstance(found, Map):
        return found
    shared["metadata"] = Map(dict(found) if isinstance(found, dict) else {})
    return cast("Map[Any]", shared["metadata"])


def repair_ids(document: YNotebook) -> bool:
    """Give a new id to each cell that has none, or that of a cell before it; whether there was one."""
    seen: set[str] = set()
    repaired = False
    for shared in document.ycells:
        cell_id = id_of(shared)
        if cell_id is None or cell_id in seen:
            cell_id = shared["id"] = str(uuid4())
            repaired = True
        seen.add(cell_id)
    return repaired


def copy_of(update: bytes) -> YNotebook:
    """A document that nobody else has, from what `Doc.get_update` gave; it can be read in another thread."""
    from jupyter_ydoc import YNotebook
    from pycrdt import Doc

    copy: Doc[Any] = Doc()
    copy.apply_update(update)
    return YNotebook(copy)


def notebook_in(document: YNotebook) -> Notebook:
    """All of it, as plain values."""
    meta = _meta(document)
    return Notebook(
        cells=tuple(_cell(_plain(shared)) for shared in document.ycells),
        metadata=meta["metadata"],
        nbformat=meta["nbformat"],
        nbformat_minor=meta["nbformat_minor"],
    )


def content_in(document: YNotebook) -> dict[str, Any]:
    """All of it in nbformat's own shape."""
    from jupyter_ydoc.utils import cast_all

    cells: Any = cast_all(stored_value(document.ycells), float, int)
    for cell in cells:
        cell.pop("execution_state", None)
    return {"cells": cells, **_meta(document)}


def _meta(document: YNotebook) -> dict[str, Any]:
    from jupyter_ydoc.utils import cast_all

    meta: Any = cast_all(document.ydoc["meta"].to_py() or {}, float, int)
    metadata = meta.get("metadata")
    return {
        "metadata": metadata if isinstance(metadata, dict) else {},
        "nbformat": int(meta.get("nbformat") or 4),
        "nbformat_minor": int(meta.get("nbformat_minor") or 5),
    }


def _plain(shared: Map[Any]) -> dict[str, Any]:
    from jupyter_ydoc.utils import cast_all

    return cast("dict[str, Any]", cast_all(shared.to_py() or {}, float, int))


def _cell(content: dict[str, Any]) -> Cell:
    type_ = content.get("cell_type")
    outputs = content.get("outputs")
    count = content.get("execution_count")
    metadata, attachments = content.get("metadata"), content.get("attachments")
    return Cell(
        id=str(content.get("id", "")),
        type=cast("CellType", type_) if type_ in CELL_TYPES else "raw",
        source=joined_text(content.get("source", "")),
        metadata=metadata if isinstance(metadata, dict) else {},
        outputs=tuple(each for each in outputs if isinstance(each, dict)) if isinstance(outputs, list) else (),
        execution_count=count if isinstance(count, int) else None,
        attachments=attachments if isinstance(attachments, dict) else {},
    )
