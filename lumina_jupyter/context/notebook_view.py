"""From a notebook in nbformat's shape to the view of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from .view import CellKind, CellView, NotebookView

_KINDS = {"code", "markdown", "raw"}


def view_of(notebook: Mapping[str, Any], path: str) -> NotebookView:
    """The view of a notebook of version 4, from a file or a live room; tolerant of what is missing in it.

    Cells of files older than version 4.5 have no ids and are called by their place.
    """
    metadata = _mapping(notebook.get("metadata"))
    language = _mapping(metadata.get("language_info")).get("name") or _mapping(metadata.get("kernelspec")).get(
        "language"
    )
    policy = _policy(_mapping(metadata.get("lumina")).get("policy"))
    return NotebookView(
        path=path,
        language=str(language or "python").lower(),
        cells=tuple(_cell(_mapping(cell), number) for number, cell in enumerate(_items(notebook.get("cells")), 1)),
        policy=policy,
    )


def _policy(value: object) -> dict[str, Any]:
    """The policy as an object; a single word is that of the tools."""
    if value is None or isinstance(value, Mapping):
        return {str(key): each for key, each in _mapping(value).items()}
    return {"tools": value}


def _cell(cell: Mapping[str, Any], number: int) -> CellView:
    kind = cell.get("cell_type")
    count = cell.get("execution_count")
    return CellView(
        id=str(cell.get("id") or f"cell-{number}"),
        kind=cast(CellKind, kind if kind in _KINDS else "raw"),
        source=_text(cell.get("source")),
        # A live notebook holds numbers as floats.
        execution_count=int(count) if isinstance(count, int | float) else None,
        outputs=tuple(dict(each) for each in _items(cell.get("outputs")) if isinstance(each, Mapping)),
    )


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _items(value: object) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else ()


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    return "".join(map(str, value)) if isinstance(value, list | tuple) else ""
