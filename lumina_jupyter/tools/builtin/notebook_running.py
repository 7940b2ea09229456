"""Tools that run cells of a notebook on its own kernel."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import aclosing
from typing import Any, Protocol

from ...collaboration import NotebookDocument
from ...collaboration.execution.cell_run import INTERRUPTED
from ...collaboration.execution.execution import Run, RunRequest
from ...collaboration.execution.run_events import CellFinished, CellStarted, RunFinished
from ...errors import CellGone
from ..content import Content, ContentPart, TextContent
from ..context import ToolContext
from ..declaration import declared
from ..preview import Preview
from ..tool import Tool
from .notebook_access import NotebookAccess

RUN_SECONDS = 600.0
MOST_PICTURES = 4
BY_A_PERSON = "It is run again only when a person asks for it."
"""What whoever called is told of that: a model would take the usual hint for a request."""


class RunsCells(Protocol):
    """What runs cells."""

    async def start(self, request: RunRequest) -> Run:
        """Begin a run."""
        ...

    def interrupt(self, run_id: str) -> bool:
        """Stop a run."""
        ...


def running_tools(access: NotebookAccess, runs: RunsCells) -> list[Tool]:
    """`run_cell` and `run_all_cells`."""

    async def run_cell(context: ToolContext, cell_id: str, file_path: str = "") -> Content:
        """Run a code cell on the notebook's kernel and see its outputs.

        Args:
            context: The call's.
            cell_id: The cell's id.
            file_path: The notebook's path; empty for the one that this is about.
        """
        return await _run(context, file_path, (cell_id,))

    async def run_all_cells(context: ToolContext, file_path: str = "") -> Content:
        """Run all code cells of a notebook, one after the other, until one fails, and see their outputs.

        Args:
            context: The call's.
            file_path: The notebook's path; empty for the one that this is about.
        """
        return await _run(context, file_path, ())

    async def _run(context: ToolContext, file_path: str, cells: tuple[str, ...]) -> Content:
        judged = access.judged(context)
        document, notebook = await access.read(file_path, context)
        chosen = cells or tuple(cell.id for cell in notebook.cells if cell.type == "code")
        if not cells and set(judged) - {cell.id for cell in notebook.cells}:
            raise CellGone("A cell has been deleted since this was allowed; nothing was run.")
        if not cells:
            # A cell that came after this was allowed is not part of it.
            chosen = tuple(cell for cell in chosen if cell in judged)
        if not chosen:
            return (TextContent("The notebook has no code cells to run."),)
        request = RunRequest(
            path=document.path,
            cells=chosen,
            hashes={cell: judged[cell] for cell in chosen if cell in judged},
            approved=bool(context.approval) or context.actor.kind == "user",
            user=context.actor.user,
            author=access.readings.author(context),
        )
        over = await _watched(runs, request, context)
        return await _outcome(access, document, over)

    async def shown(arguments: Mapping[str, Any], context: ToolContext) -> Preview:
        document, notebook = await access.read(str(arguments.get("file_path") or ""), context)
        wanted = str(arguments.get("cell_id") or "")
        cells = [cell for cell in notebook.cells if cell.type == "code" and wanted in ("", cell.id)]
        code = "\n\n".join(cell.source for cell in cells)
        what = "a cell" if len(cells) == 1 else f"{len(cells)} cells"
        return Preview(f"Runs {what} of {document.path} on its kernel.", code=code)

    return [
        declared(run_cell, effects=["execute"], target=access.cell_target, preview=shown, timeout=RUN_SECONDS),
        declared(
            run_all_cells, effects=["execute"], target=access.notebook_target, preview=shown, timeout=2 * RUN_SECONDS
        ),
    ]


async def _watched(runs: RunsCells, request: RunRequest, context: ToolContext) -> list[CellFinished | RunFinished]:
    """What became of the cells and the run; a call that is stopped stops the run."""
    over: list[CellFinished | RunFinished] = []
    run = await runs.start(request)
    try:
        async with aclosing(run.watch()) as events:
            async for event in events:
                if isinstance(event, CellStarted):
                    context.tell(f"Running cell {event.number} of {event.of}.")
                elif isinstance(event, CellFinished | RunFinished):
                    over.append(event)
    except asyncio.CancelledError:
        # Also while its kernel is still being started, when nobody has been told of it yet.
        runs.interrupt(run.id)
        raise
    return over


async def _outcome(
    access: NotebookAccess, document: NotebookDocument, over: list[CellFinished | RunFinished]
) -> Content:
    """How it went, with the outputs, which are in the notebook as well."""
    notebook = await document.read()
    cells = {cell.id: cell for cell in notebook.cells}
    texts: list[str] = []
    pictures: list[ContentPart] = []
    for event in over:
        if isinstance(event, RunFinished):
            if event.status != "ok":
                hint = BY_A_PERSON if event.message == INTERRUPTED else event.hint
                texts.append(f"The run ended: {event.status}. {event.message} {hint}".strip())
            continue
        texts.append(f"Cell {event.cell}: {event.status} after {event.elapsed:.1f} s.")
        cell = cells.get(event.cell)
        if cell is not None:
            texts.append(access.outputs(notebook, cell) or "It put nothing out.")
            pictures.extend(access.pictures(notebook, cell))
    return (TextContent("\n".join(texts)), *pictures[-MOST_PICTURES:])
