"""A notebook as text for a terminal, and as JSON for programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from .output import clean, say

if TYPE_CHECKING:
    from ..collaboration import Cell, Notebook

MOST_LINES = 20
"""Of one output that are printed."""


def print_notebook(notebook: Notebook) -> None:
    """Print the cells with their numbers, ids and outputs."""
    for number, cell in enumerate(notebook.cells, start=1):
        count = "" if cell.execution_count is None else f"  [{cell.execution_count}]"
        say(f"#{number}  {cell.type}  {clean(cell.id)}{count}", bold=True)
        if cell.source:
            say(clean(cell.source))
        for output in cell.outputs:
            _print_output(output)
        say()


def as_data(notebook: Notebook, path: str) -> dict[str, Any]:
    """The notebook as JSON, with the hash of each cell that a write to it names."""
    return {
        "path": path,
        "hash": notebook.hash,
        "metadata": notebook.metadata,
        "nbformat": notebook.nbformat,
        "nbformat_minor": notebook.nbformat_minor,
        "cells": [_cell(cell) for cell in notebook.cells],
    }


def _cell(cell: Cell) -> dict[str, Any]:
    return {"hash": cell.hash, **{each.name: getattr(cell, each.name) for each in fields(cell)}}


def _print_output(output: Mapping[str, Any]) -> None:
    lines = _text(output).rstrip().split("\n")
    for line in lines[:MOST_LINES]:
        say(f"  | {clean(line)}", dim=True)
    if len(lines) > MOST_LINES:
        say(f"  | … {len(lines) - MOST_LINES:,} more lines", dim=True)


def _text(output: Mapping[str, Any]) -> str:
    kind = output.get("output_type")
    if kind == "stream":
        return _joined(output.get("text"))
    if kind == "error":
        return f"{output.get('ename', '')}: {output.get('evalue', '')}"
    data = output.get("data") or {}
    if "text/plain" in data:
        return _joined(data["text/plain"])
    return f"({', '.join(sorted(data)) or 'nothing'})"


def _joined(text: Any) -> str:
    return "".join(map(str, text)) if isinstance(text, list | tuple) else str(text or "")
