"""What a notebook file means: its content in the present format, repaired where that is safe, else an error.

Nothing of a cell is dropped. What cannot be understood is an error, so that nobody writes over the file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, cast

from ...errors import NotebookUnreadable
from .storable import CELL_TYPES, shaped_cell, storable_value

FORMAT = 4
MINOR = 5
"""The first format in which cells have ids."""
ID_LENGTH = 12
ID = re.compile(r"[a-zA-Z0-9-_]{1,64}")
"""What may be a cell's id."""


def understood(data: bytes, name: str) -> dict[str, Any]:
    """The content of a notebook file; `name` is for messages.

    Raises:
        NotebookUnreadable: when it is empty, no JSON, or no notebook.
    """
    if not data.strip():
        raise NotebookUnreadable(
            f"{name} is empty.",
            hint="If it was not always, restore it (`lumina notebook history`); else delete it and make a new one.",
        )
    try:
        raw = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise NotebookUnreadable(f"{name} is no notebook: {_reason(error)}.") from None
    return repaired(raw, name)


def repaired(raw: Any, name: str) -> dict[str, Any]:
    """The same for content that was read already; a copy.

    Cells have ids afterwards: one that is missing, taken or not allowed is made of the cell's type and text, so that
    it is the same each time the file is read.

    Raises:
        NotebookUnreadable: when it is no notebook.
    """
    if not isinstance(raw, Mapping) or not isinstance(raw.get("nbformat", FORMAT), int):
        raise NotebookUnreadable(f"{name} is no notebook: it has no notebook's entries.")
    try:
        content = _upgraded(storable_value(raw), name)
    except RecursionError:
        raise NotebookUnreadable(f"{name} is no notebook: it is nested too deeply.") from None
    cells = content.get("cells")
    if not isinstance(cells, list):
        raise NotebookUnreadable(f"{name} is no notebook: it has no list of cells.")
    metadata = content.get("metadata")
    minor = content.get("nbformat_minor")
    return {
        **content,
        "cells": _with_ids([_repaired_cell(cell, number, name) for number, cell in enumerate(cells, 1)]),
        "metadata": metadata if isinstance(metadata, dict) else {},
        "nbformat": FORMAT,
        "nbformat_minor": max(minor if isinstance(minor, int) else MINOR, MINOR),
    }


def _upgraded(content: dict[str, Any], name: str) -> dict[str, Any]:
    major = content.get("nbformat", FORMAT)
    if major == FORMAT and "worksheets" not in content:
        return content
    if major > FORMAT:
        raise NotebookUnreadable(f"{name} has the notebook format {major}; formats up to {FORMAT} are understood.")
    import nbformat

    try:
        found = nbformat.convert(nbformat.versions[max(major, 1)].to_notebook_json(content), FORMAT)
    except Exception as error:
        raise NotebookUnreadable(f"{name} has the old notebook format {major} and cannot be converted.") from error
    content = cast("dict[str, Any]", storable_value(found))
    for cell in content["cells"]:
        # Made at random, so they would be others each time.
        cell.pop("id", None)
    return content


def _repaired_cell(cell: Any, number: int, name: str) -> dict[str, Any]:
    if not isinstance(cell, dict) or cell.get("cell_type") not in CELL_TYPES:
        raise NotebookUnreadable(f"{name} is no notebook: its cell number {number} is of no known type.")
    outputs = cell.get("outputs")
    if outputs is not None and not (isinstance(outputs, list) and all(map(_is_output, outputs))):
        raise NotebookUnreadable(f"{name} is no notebook: the outputs of its cell number {number} are none.")
    attachments = cell.get("attachments")
    if attachments is not None and not (
        isinstance(attachments, dict) and all(isinstance(bundle, dict) for bundle in attachments.values())
    ):
        raise NotebookUnreadable(f"{name} is no notebook: the attachments of its cell number {number} are none.")
    shaped = shaped_cell(cell)
    if shaped["cell_type"] == "code":
        shaped.setdefault("execution_count", None)
        for output in shaped["outputs"]:
            if isinstance(output.get("data"), dict):
                output["data"] = _joined_bundle(output["data"])
    if attachments:
        shaped["attachments"] = {file: _joined_bundle(bundle) for file, bundle in attachments.items()}
    return shaped


def _is_output(output: Any) -> bool:
    return (
        isinstance(output, dict)
        and isinstance(output.get("output_type"), str)
        and isinstance(output.get("data", {}), dict)
    )


def _joined_bundle(bundle: dict[str, Any]) -> dict[str, Any]:
    return {kind: _joined_lines(kind, data) for kind, data in bundle.items()}


def _joined_lines(kind: str, data: Any) -> Any:
    """Texts may stand in a file as lists of lines; JSON that is a list is data."""
    is_json = kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))
    if is_json or not isinstance(data, list) or not all(isinstance(line, str) for line in data):
        return data
    return "".join(data)


def _with_ids(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
    kept: set[str] = set()
    lacking: list[dict[str, Any]] = []
    for cell in cells:
        cell_id = cell.get("id")
        if isinstance(cell_id, str) and ID.fullmatch(cell_id) and cell_id not in kept:
            kept.add(cell_id)
        else:
            lacking.append(cell)
    for cell in lacking:
        cell["id"] = _new_id(cell, kept)
        kept.add(cell["id"])
    return cells


def _new_id(cell: Mapping[str, Any], taken: set[str]) -> str:
    number = 0
    while True:
        seed = f"{number}\0{cell['cell_type']}\0{cell['source']}".encode()
        made = sha256(seed).hexdigest()[:ID_LENGTH]
        if made not in taken:
            return made
        number += 1


def _reason(error: ValueError | RecursionError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"it is no JSON from line {error.lineno} on"
    return "it is nested too deeply" if isinstance(error, RecursionError) else "it is no UTF-8 text"
