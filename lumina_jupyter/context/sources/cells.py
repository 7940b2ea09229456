"""Cells of a notebook, with their outputs."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ...telemetry.redaction import redact
from ..cleaning import bounded
from ..item import Item
from ..kernel.summary import Policy
from ..outputs import error_of, images_of, outputs_text
from ..view import CellView, NotebookView

SOURCE_CHARACTERS = 40_000
"""Characters of a cell's source that are looked at; the packer shortens further."""
TOLD = "its source stands in the question"
PLACE = 2
"""After imports and git, before what the question is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How cells are shown."""

    policy: Policy = "values"
    images: bool = False
    """Whether the model sees pictures."""
    told: frozenset[str] = frozenset()
    """Ids of the cells whose source stands in the question itself, and is not shown a second time."""


def label(view: NotebookView, index: int) -> str:
    """A cell's name for people."""
    cell = view.cells[index]
    return f"cell #{index + 1}" + (f" [{cell.execution_count}]" if cell.execution_count is not None else "")


def cell_item(
    view: NotebookView, index: int, look: Look, *, relevance: float = 0.0, mentioned: bool = False, note: str = ""
) -> Item:
    """One cell: its source, then its outputs."""
    cell = view.cells[index]
    told = cell.id in look.told
    text = "" if told else redact(bounded(cell.source, SOURCE_CHARACTERS)).strip("\n")
    outputs = outputs_text(cell.outputs, look.policy)
    if outputs:
        text = f"{text}\nOutput:\n{outputs}".lstrip("\n")
    images = images_of(cell.outputs) if look.images and look.policy == "values" else ()
    return Item(
        kind="cell",
        label=label(view, index),
        text=text,
        attributes=_attributes(cell, index, view, note or (TOLD if told else "")),
        value=value_of(relevance, len(text)),
        place=(PLACE, index),
        mentioned=mentioned,
        images=images,
    )


def rough_size(cell: CellView) -> int:
    """About how many characters a cell would take, without cleaning anything."""
    return min(len(cell.source), SOURCE_CHARACTERS) + 200 * min(len(cell.outputs), 12)


def value_of(relevance: float, length: int) -> float:
    """What a text helps: longer ones hold more, but not in proportion to their length."""
    return relevance * math.sqrt(max(1, length))


def _attributes(cell: CellView, index: int, view: NotebookView, note: str) -> tuple[tuple[str, str], ...]:
    attributes = [("number", f"#{index + 1}"), ("id", cell.id)]
    if cell.kind != "code":
        attributes.append(("kind", cell.kind))
    elif view.language != "python":
        attributes.append(("language", view.language))
    if cell.execution_count is not None:
        attributes.append(("execution", str(cell.execution_count)))
    if cell.id == view.active_cell:
        attributes.append(("active", "yes"))
    if error_of(cell.outputs) is not None:
        attributes.append(("failed", "yes"))
    if note:
        attributes.append(("note", note))
    return tuple(attributes)
