"""Where notebooks and other files lie, for parts that read them from the disk."""

from __future__ import annotations

from pathlib import Path

from ..context.surroundings import Folders
from ..tools import ToolContext


class NotebookFolders:
    """The folders of notebooks; none of it where contents are no files.

    Args:
        folders: Who knows them; None where contents are no files.
    """

    def __init__(self, folders: Folders | None) -> None:
        self._folders = folders

    async def roots(self, notebook: str, kernel_id: str = "") -> tuple[Path, ...]:
        """The folder of a notebook, and the root of all; none where contents are no files."""
        return () if self._folders is None else await self._folders.roots(notebook, kernel_id)

    async def of_call(self, context: ToolContext) -> Path | None:
        """The folder of a call's notebook; None where contents are no files, or it has no notebook."""
        roots = await self.roots(context.notebook) if context.notebook else ()
        return roots[0] if roots else None

    async def of_server(self) -> Path | None:
        """The folder of all notebooks; None where contents are no files."""
        roots = await self.roots("")
        return roots[-1] if roots else None

    async def file(self, path: str) -> Path | None:
        """The file of the notebook at a path; None where contents are no files."""
        roots = await self.roots(path)
        return (roots[-1] / path).resolve() if roots else None
