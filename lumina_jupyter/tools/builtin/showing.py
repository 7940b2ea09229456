"""Tools that show the person something in her page, with the names that jupyter-ai's have."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from ...errors import NotFound
from ..content import Content, TextContent
from ..context import ToolContext
from ..declaration import declared
from ..pages import Pages
from ..target import Target
from ..tool import Tool
from .notebook_access import NotebookAccess


def showing_tools(access: NotebookAccess, pages: Pages) -> list[Tool]:
    """`select_cell` and `open_file`."""

    async def select_cell(context: ToolContext, cell_id: str, file_path: str = "") -> Content:
        """Go to a cell in the person's page, so that she looks at it. The notebook must be on top there.

        Args:
            context: The call's.
            cell_id: The cell's id.
            file_path: The notebook's path; empty for the one that this is about.
        """
        document = await access.open(file_path, context)
        cell = await document.cell(cell_id)
        told = await pages.ask(context.actor.user, "select_cell", document.path, cell.id)
        return (TextContent(f"The page shows the cell {cell.id}. {told}".strip()),)

    async def open_file(context: ToolContext, file_path: str) -> Content:
        """Open a notebook or a file in the person's page, so that she looks at it.

        Args:
            context: The call's.
            file_path: Its path, relative to the folder of the notebooks.
        """
        path = await _place(file_path, context)
        told = await pages.ask(context.actor.user, "open_file", path)
        return (TextContent(f"{path} is open in the page. {told}".strip()),)

    async def _place(file_path: str, context: ToolContext) -> str:
        root = await access.files.root(context)
        place = await asyncio.to_thread(root.locate, file_path)
        if await asyncio.to_thread(root.kind, place) != "file":
            raise NotFound(f"There is no file {place.shown}.", hint="`list_files` tells what there is.")
        return place.shown

    async def target(arguments: Mapping[str, Any], context: ToolContext) -> Target:
        path = await _place(str(arguments["file_path"]), context)
        return Target("file", path)

    return [
        declared(select_cell, effects=["read"], target=access.cell_target),
        declared(open_file, effects=["read"], target=target),
    ]
