"""A notebook as it is looked at when somebody asks: its cells, and where the person is in it.

A face that shows the notebook sends this with a question, unsaved edits and all; for a face that does
not (a magic, the command line) the server makes it from the live room or from the file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

CellKind = Literal["code", "markdown", "raw"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CellView:
    """One cell. `outputs` are in nbformat's own shape and may have been shortened by whoever sends them."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    id: str
    kind: CellKind = "code"
    source: str = ""
    execution_count: int | None = None
    outputs: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Selected text, in a cell (`cell_id`) or a file (`path`)."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    text: str
    cell_id: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotebookView:
    """A notebook (or, with a single cell, a file in an editor) at one moment.

    `policy` is `notebook.metadata.lumina.policy`: what this notebook's author lets Lumina do and see.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    path: str = ""
    language: str = "python"
    cells: tuple[CellView, ...] = ()
    active_cell: str = ""
    selection: Selection | None = None
    policy: dict[str, Any] = field(default_factory=dict)

    def cell(self, cell_id: str) -> CellView | None:
        """The cell of that id."""
        return next((cell for cell in self.cells if cell.id == cell_id), None)
