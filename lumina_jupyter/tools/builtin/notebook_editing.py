"""Tools that edit notebooks, with the names that jupyter-ai's have: against what the actor read, and undoable."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any, Literal

from ...collaboration import Cell, NotebookDocument, Whole
from ...errors import CellChanged, CellGone, EditDoesNotFit, InvalidArguments
from ..content import Content, TextContent
from ..context import ToolContext
from ..declaration import declared
from ..preview import Preview
from ..target import Target
from ..tool import Tool
from .file_access import NOTEBOOK, diff
from .notebook_access import NotebookAccess
from .threads import to_its_end

CellType = Literal["code", "markdown", "raw"]


def editing_tools(access: NotebookAccess) -> list[Tool]:
    """`add_cell`, `insert_cell`, `edit_cell`, `delete_cell`, `create_notebook`."""
    return [*_inserting(access), *_changing(access), _creating(access)]


def _inserting(access: NotebookAccess) -> list[Tool]:
    async def add_cell(
        context: ToolContext,
        content: str = "",
        cell_id: str = "",
        add_above: bool = False,
        cell_type: CellType = "code",
        file_path: str = "",
    ) -> Content:
        """Add a cell below or above another, or at the end of the notebook.

        Args:
            context: The call's.
            content: The new cell's text.
            cell_id: The id of the cell next to which it goes; empty for the end.
            add_above: Whether it goes above that cell.
            cell_type: What kind of cell.
            file_path: The notebook's path; empty for the one that this is about.
        """
        document = await access.open(file_path, context)
        before, after = (cell_id or None, None) if add_above else (None, cell_id or None)
        made = await document.insert(
            access.readings.author(context), content, type=cell_type, before=before, after=after
        )
        return await _told(access, context, document, made, "Added")

    async def insert_cell(
        context: ToolContext,
        content: str = "",
        insert_index: int | None = None,
        cell_type: CellType = "code",
        file_path: str = "",
    ) -> Content:
        """Insert a cell at an index.

        Args:
            context: The call's.
            content: The new cell's text.
            insert_index: The index that it gets, counted from 0; none for the end.
            cell_type: What kind of cell.
            file_path: The notebook's path; empty for the one that this is about.
        """
        document = await access.open(file_path, context)
        cells = (await document.read()).cells
        at = len(cells) if insert_index is None else insert_index
        if not 0 <= at <= len(cells):
            raise InvalidArguments(f"The notebook has {len(cells)} cells; index {at} is not among them.")
        before = cells[at].id if at < len(cells) else None
        made = await document.insert(access.readings.author(context), content, type=cell_type, before=before)
        return await _told(access, context, document, made, "Inserted")

    async def shown(arguments: Mapping[str, Any], context: ToolContext) -> Preview:
        target = await access.notebook_target(arguments, context)
        text = str(arguments["content"])
        return Preview(f"Adds a {arguments['cell_type']} cell to {target.name}.", diff=diff("", text, target.name))

    return [
        declared(each, effects=["write"], target=access.notebook_target, preview=shown, undoable=True)
        for each in (add_cell, insert_cell)
    ]


def _changing(access: NotebookAccess) -> list[Tool]:
    async def edit_cell(context: ToolContext, cell_id: str, content: str, file_path: str = "") -> Content:
        """Give a cell that you have read another text.

        Args:
            context: The call's.
            cell_id: The cell's id.
            content: Its whole new text.
            file_path: The notebook's path; empty for the one that this is about.
        """
        document = await access.open(file_path, context)
        base = await access.known(context, document, cell_id)
        try:
            edited = await document.edit(access.readings.author(context), cell_id, base, Whole(content))
        except CellChanged as changed:
            raise await _newer(access, context, document, cell_id) from changed
        return await _told(access, context, document, edited, "Edited")

    async def delete_cell(context: ToolContext, cell_id: str, file_path: str = "") -> Content:
        """Delete a cell that you have read.

        Args:
            context: The call's.
            cell_id: The cell's id.
            file_path: The notebook's path; empty for the one that this is about.
        """
        document = await access.open(file_path, context)
        base = await access.known(context, document, cell_id)
        try:
            await document.delete(access.readings.author(context), cell_id, base)
        except CellChanged as changed:
            raise await _newer(access, context, document, cell_id) from changed
        if any(cell.id == cell_id for cell in (await document.read()).cells):
            return (TextContent(f"Deleted the cell {cell_id}, but somebody has put it back since."),)
        return (TextContent(f"Deleted the cell {cell_id}."),)

    async def shown(arguments: Mapping[str, Any], context: ToolContext) -> Preview:
        document = await access.open(str(arguments.get("file_path") or ""), context)
        cell = await document.cell(str(arguments["cell_id"]))
        new = str(arguments.get("content", ""))
        what = "Changes" if "content" in arguments else "Deletes"
        return Preview(f"{what} the cell {cell.id} of {document.path}.", diff=diff(cell.source, new, cell.id))

    return [
        declared(each, effects=["write"], target=access.cell_target, preview=shown, undoable=True)
        for each in (edit_cell, delete_cell)
    ]


def _creating(access: NotebookAccess) -> Tool:
    async def create_notebook(context: ToolContext, file_path: str) -> Content:
        """Create an empty notebook where there is nothing.

        Args:
            context: The call's.
            file_path: The notebook's path, relative to the folder of the notebooks.
        """
        path = await _free(file_path, context)
        root = await access.files.root(context)
        data = await asyncio.to_thread(_empty)
        readings = access.readings.of(context.actor)

        def work() -> str:
            place = root.locate(path)
            changes = access.files.changes
            user, step = context.actor.user, context.step
            change = changes.keep(path, None, data, run=readings.run, user=user, mode=0o644, step=step)
            try:
                root.write(place, data, "")
            except BaseException:
                changes.forget(change)
                raise
            return change.id

        change = await to_its_end(work)
        return (
            TextContent(f"Created {path}. As long as it is empty, restore_file with change {change} takes that back."),
        )

    async def _free(file_path: str, context: ToolContext) -> str:
        if not file_path.endswith(NOTEBOOK):
            raise InvalidArguments(f"{file_path[:200]!r} is no name of a notebook.", hint="It ends in .ipynb.")
        root = await access.files.root(context)
        place = await asyncio.to_thread(root.locate, file_path)
        if await asyncio.to_thread(root.kind, place):
            raise EditDoesNotFit(f"There is something at {place.shown} already.", hint="Choose another name.")
        return place.shown

    async def target(arguments: Mapping[str, Any], context: ToolContext) -> Target:
        path = await _free(str(arguments["file_path"]), context)
        return Target("notebook", path, path)

    async def shown(arguments: Mapping[str, Any], context: ToolContext) -> Preview:
        return Preview(f"Creates the notebook {await _free(str(arguments['file_path']), context)}.")

    return declared(create_notebook, effects=["write"], target=target, preview=shown, undoable=True)


async def _told(
    access: NotebookAccess, context: ToolContext, document: NotebookDocument, written: Cell, what: str
) -> Content:
    """What was written, once it has been read back."""
    access.told(context, document, written)
    try:
        now = await document.cell(written.id)
    except CellGone:
        return (TextContent(f"{what} the cell {written.id}, but somebody has deleted it since."),)
    if now.hash != written.hash:
        return (TextContent(f"{what} the cell {written.id}, but somebody has changed it since; read it again."),)
    return (TextContent(f"{what} the cell {written.id}."),)


async def _newer(access: NotebookAccess, context: ToolContext, document: NotebookDocument, cell_id: str) -> CellChanged:
    """The refusal of a write that somebody else came before."""
    return access.refusal(context, document, await document.cell(cell_id), "was changed since you read it")


def _empty() -> bytes:
    content = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return f"{json.dumps(content, indent=1)}\n".encode()
