"""`/lumina/api/notebooks/cells`: cells put in, changed and taken away, by id and by the hash that was read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_server.auth.decorator import authorized

from ...errors import InvalidBody
from ..notebook_base import NotebookBase

if TYPE_CHECKING:
    from ...collaboration import Author, Cell, NotebookDocument
    from ..cell_bodies import CellChange


class CellsHandler(NotebookBase):
    """Puts cells in."""

    @authorized
    async def post(self) -> None:
        """Put one after or before another, or at the end."""
        from ..cell_bodies import NewCell, author_of, written

        new = await self.body(NewCell)
        author = author_of(new.run, new.step, user=self.asker, model=new.model)
        path = await self.path_of(new.path, new.kernel_id)
        engine = await self.engine()
        document = await engine.notebooks.open(path, self.asker)
        cell = await document.insert(
            author, new.source, type=new.type, after=new.after, before=new.before, metadata=new.metadata
        )
        self.answer(written(author, cell))


class CellHandler(NotebookBase):
    """One cell."""

    @authorized
    async def patch(self, cell_id: str) -> None:
        """Change it; refused with its new text when it is not as it was read."""
        from ..cell_bodies import CellChange, author_of, written

        given = await self.body(CellChange)
        author = author_of(given.run, given.step, user=self.asker, model=given.model)
        path = await self.path_of(given.path, given.kernel_id)
        engine = await self.engine()
        document = await engine.notebooks.open(path, self.asker)
        self.answer(written(author, *await changed(document, author, cell_id, given)))

    @authorized
    async def delete(self, cell_id: str) -> None:
        """Take it away from the notebook of `?path=`, if it is still as `?base_hash=` says."""
        from ..cell_bodies import author_of, written

        author = author_of(
            self.get_query_argument("run", ""), self.number("step", 0, least=0, most=10**9), user=self.asker
        )
        base_hash = self.get_query_argument("base_hash", "")
        if not base_hash:
            raise InvalidBody("base_hash must be the hash with which the cell was read.", field="base_hash")
        path = await self.path_in_query()
        engine = await self.engine()
        document = await engine.notebooks.open(path, self.asker)
        self.answer(written(author, await document.delete(author, cell_id, base_hash)))


async def changed(document: NotebookDocument, author: Author, cell_id: str, given: CellChange) -> tuple[Cell, ...]:
    """Make a change; the cells that it is about, afterwards."""
    from ...collaboration import Lines, Replace, Whole
    from .. import cell_bodies as bodies

    base, change = given.base_hash, given.change
    match change:
        case bodies.NewText():
            return (await document.edit(author, cell_id, base, Whole(change.text)),)
        case bodies.NewPassage():
            return (await document.edit(author, cell_id, base, Replace(change.old, change.new, change.count)),)
        case bodies.NewLines():
            return (await document.edit(author, cell_id, base, Lines(change.first, change.last, change.text)),)
        case bodies.Move():
            return (await document.move(author, cell_id, base, after=change.after, before=change.before),)
        case bodies.Split():
            return await document.split(author, cell_id, base, line=change.line, character=change.character)
        case bodies.Merge():
            others = [(each.id, each.base_hash) for each in change.others]
            return (await document.merge(author, [(cell_id, base), *others]),)
        case bodies.NewType():
            return (await document.change_type(author, cell_id, base, change.to),)
        case bodies.NewMetadata():
            return (await document.set_metadata(author, cell_id, base, change.entries),)
        case bodies.Clear():
            return (await document.clear_outputs(author, cell_id, base),)
