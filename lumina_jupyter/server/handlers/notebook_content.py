"""`/lumina/api/notebooks/content`: a notebook as it is now, unsaved edits and all."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized

from ..notebook_base import NotebookBase


class NotebookContentHandler(NotebookBase):
    """Reads a notebook."""

    @authorized
    async def get(self) -> None:
        """The notebook of `?path=`, each cell with its hash; without outputs and attachments for `?outputs=0`."""
        from ..cell_bodies import NotebookContent

        outputs = bool(self.number("outputs", 1, least=0, most=1))
        path = await self.path_in_query()
        engine = await self.engine()
        document = await engine.notebooks.open(path, self.asker)
        notebook = await document.read()
        self.answer(NotebookContent.of(notebook, document.path, live=document.live, outputs=outputs))
