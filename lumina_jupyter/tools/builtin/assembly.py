"""All built-in tools, put together for an engine."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from ...context.surroundings import Folders
from ...context.view import NotebookView
from ...settings import Lumina
from ..context import ToolContext
from ..pages import Pages
from ..tool import Tool
from .code import code_tools
from .file_access import FileAccess
from .files import file_tools
from .notebook_access import NotebookAccess, OpensNotebooks
from .notebook_editing import editing_tools
from .notebook_reading import reading_tools
from .notebook_running import RunsCells, running_tools
from .readings import Readings
from .showing import showing_tools
from .stale_cells import stale_cell_tools
from .variables import variable_tools


def builtin_tools(
    settings: Lumina,
    notebooks: OpensNotebooks,
    runs: RunsCells,
    eyes: object,
    folders: Folders | None,
    view: Callable[[str], Awaitable[NotebookView | None]],
    pages: Pages | None = None,
    further: Callable[[NotebookAccess, RunsCells], list[Tool]] | None = None,
) -> list[Tool]:
    """The tools for notebooks, variables, files and code.

    Args:
        settings: What they say when a call is made holds for it.
        notebooks: Where notebooks are to be had.
        runs: What runs cells.
        eyes: What looks into kernels; None where nothing does.
        folders: Which folders there are; None where there are none.
        view: The notebook at a path, for its policy.
        pages: The pages that people have open; None where there are none.
        further: Makes other tools that work on notebooks, of capabilities above this package.
    """
    readings = Readings()

    async def root_of(context: ToolContext) -> Path | None:
        # The last is the root, in which the notebook's own folder is.
        roots = () if folders is None else await folders.roots(context.notebook, context.kernel_id)
        return roots[-1] if roots else None

    files = FileAccess(settings, root_of, readings)
    access = NotebookAccess(settings, notebooks, files, root_of, readings)
    return [
        *reading_tools(access),
        *editing_tools(access),
        *running_tools(access, runs),
        *variable_tools(settings, eyes, view),
        *stale_cell_tools(eyes, view),
        *file_tools(files),
        *code_tools(access),
        *(showing_tools(access, pages) if pages is not None else ()),
        *(further(access, runs) if further is not None else ()),
    ]
