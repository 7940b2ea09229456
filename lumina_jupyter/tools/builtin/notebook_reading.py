"""Tools that look at notebooks, with the names that jupyter-ai's have."""

from __future__ import annotations

from ...collaboration import Cell, Notebook
from ...errors import CellGone, InvalidArguments, NotFound
from ..content import Content, JsonContent, TextContent
from ..context import ToolContext
from ..declaration import declared
from ..tool import Tool
from .notebook_access import NotebookAccess


def reading_tools(access: NotebookAccess) -> list[Tool]:
    """The tools that read notebooks and cells, and those that tell which are meant."""

    async def read_notebook(context: ToolContext, file_path: str = "", include_outputs: bool = False) -> Content:
        """Read a notebook: every cell with its index, id, type and text.

        Args:
            context: The call's.
            file_path: The notebook's path; empty for the one that this is about.
            include_outputs: Whether outputs are shown, shortened.
        """
        document, notebook = await access.read(file_path, context)
        access.told(context, document, *notebook.cells)
        cells = [access.shown(notebook, cell, outputs=include_outputs) for cell in notebook.cells]
        return (TextContent("\n\n".join([f"# {document.path}, {len(cells)} cells", *cells])),)

    async def read_notebook_cells(
        context: ToolContext, cell_ids: list[str], file_path: str = "", include_outputs: bool = True
    ) -> Content:
        """Read some cells of a notebook.

        Args:
            context: The call's.
            cell_ids: The ids of the cells.
            file_path: The notebook's path; empty for the one that this is about.
            include_outputs: Whether outputs are shown, shortened.
        """
        document, notebook = await access.read(file_path, context)
        cells = [_cell(notebook, cell_id) for cell_id in cell_ids]
        access.told(context, document, *cells)
        return (TextContent("\n\n".join(access.shown(notebook, cell, outputs=include_outputs) for cell in cells)),)

    async def read_cell(
        context: ToolContext, cell_id: str, file_path: str = "", include_outputs: bool = True
    ) -> Content:
        """Read one cell, with the images among its outputs.

        Args:
            context: The call's.
            cell_id: The cell's id.
            file_path: The notebook's path; empty for the one that this is about.
            include_outputs: Whether outputs are shown, shortened.
        """
        document, notebook = await access.read(file_path, context)
        cell = _cell(notebook, cell_id)
        access.told(context, document, cell)
        pictures = access.pictures(notebook, cell) if include_outputs else ()
        return (TextContent(access.shown(notebook, cell, outputs=include_outputs)), *pictures)

    async def get_cell_id_from_index(context: ToolContext, cell_index: int, file_path: str = "") -> Content:
        """The id of the cell at an index.

        Args:
            context: The call's.
            cell_index: The index, counted from 0; -1 is the last cell.
            file_path: The notebook's path; empty for the one that this is about.
        """
        _document, notebook = await access.read(file_path, context)
        if not -len(notebook.cells) <= cell_index < len(notebook.cells):
            raise InvalidArguments(f"The notebook has {len(notebook.cells)} cells; there is none at {cell_index}.")
        return (TextContent(notebook.cells[cell_index].id),)

    async def get_active_notebook(context: ToolContext) -> Content:
        """The path of the notebook that the person is in.

        Args:
            context: The call's.
        """
        if not context.notebook:
            raise NotFound("Which notebook is open is not known here.", hint="Name a notebook in `file_path`.")
        return (JsonContent({"file_path": context.notebook}),)

    async def get_active_cell_id(context: ToolContext) -> Content:
        """The id of the cell that the person was in when she asked.

        Args:
            context: The call's.
        """
        if not context.active_cell:
            raise NotFound("Which cell is active is not known here.", hint="Read the notebook and name the cell.")
        return (TextContent(context.active_cell),)

    return [
        declared(read_notebook, effects=["read"], target=access.notebook_target),
        declared(read_notebook_cells, effects=["read"], target=access.notebook_target),
        declared(read_cell, effects=["read"], target=access.cell_target),
        declared(get_cell_id_from_index, effects=["read"], target=access.notebook_target),
        declared(get_active_notebook, effects=["read"]),
        declared(get_active_cell_id, effects=["read"]),
    ]


def _cell(notebook: Notebook, cell_id: str) -> Cell:
    found = next((cell for cell in notebook.cells if cell.id == cell_id), None)
    if found is None:
        raise CellGone(f"There is no cell {cell_id[:100]!r} in this notebook.", hint="read_notebook tells the ids.")
    return found
