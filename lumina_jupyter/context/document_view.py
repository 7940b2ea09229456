"""The view of a notebook where there is no server: of the document in which tools change its file."""

from __future__ import annotations

from dataclasses import asdict
from typing import Protocol

from ..collaboration import NotebookDocument
from ..errors import NotebookTooLarge, NotFound
from .notebook_view import view_of
from .view import NotebookView


class OpensNotebooks(Protocol):
    """Where notebooks are to be had."""

    async def open(self, path: str, user: str = "") -> NotebookDocument:
        """The notebook at a path."""
        ...


async def document_view(notebooks: OpensNotebooks, path: str) -> NotebookView | None:
    """The notebook at a path as it is now; None where there is none, or none that could be worked on.

    Raises:
        LuminaError: when it cannot be read.
    """
    if not path.endswith(".ipynb"):
        return None
    try:
        found = await (await notebooks.open(path)).read()
    except (NotFound, NotebookTooLarge):
        return None
    cells = [{**asdict(cell), "cell_type": cell.type} for cell in found.cells]
    return view_of({"cells": cells, "metadata": found.metadata}, path)
