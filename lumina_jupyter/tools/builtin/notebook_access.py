"""How tools reach notebooks: below the root, with what their authors let be seen, and as the actor has read them."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, Protocol

from ...collaboration import Cell, Notebook, NotebookDocument
from ...context.kernel.summary import Policy
from ...context.outputs import images_of, outputs_text
from ...context.policy import allows_assistant, variable_policy
from ...errors import CellChanged, Forbidden, InvalidArguments
from ...settings import Lumina
from ..content import ContentPart, ImageContent
from ..context import ToolContext
from ..target import Target
from .file_access import NOTEBOOK, FileAccess, RootOf
from .readings import Readings

SHOWN_CHARACTERS = 4_000
"""Characters of a cell's new text in a refusal."""
_PENDING = 1_000


class OpensNotebooks(Protocol):
    """Where notebooks are to be had."""

    async def open(self, path: str, user: str = "") -> NotebookDocument:
        """The notebook at a path."""
        ...


class NotebookAccess:
    """Notebooks for tools.

    Args:
        settings: What they say when a call is made holds for it.
        notebooks: Where notebooks are to be had.
        files: The files around them.
        root_of: The folder that paths are relative to; None where there are no files.
        readings: What actors have read.
    """

    def __init__(
        self, settings: Lumina, notebooks: OpensNotebooks, files: FileAccess, root_of: RootOf, readings: Readings
    ) -> None:
        self._settings = settings
        self._notebooks = notebooks
        self._root_of = root_of
        self.files = files
        self.readings = readings
        self._pending: OrderedDict[tuple[object, ...], dict[str, str]] = OrderedDict()

    # --- finding it ---------------------------------------------------------------------------------

    async def path(self, file_path: str, context: ToolContext) -> str:
        """The notebook that a call means: the one named, or its own.

        Raises:
            InvalidArguments: when none is known.
            Forbidden: when it is not to be touched.
        """
        path = file_path or context.notebook
        if not path:
            raise InvalidArguments("It is not known which notebook is meant.", hint="Name it in `file_path`.")
        if path == context.notebook:
            return path
        if not path.endswith(NOTEBOOK):
            raise InvalidArguments(f"{path[:200]!r} is no notebook.", hint="Its name ends in .ipynb.")
        if await self._root_of(context) is None:
            return path  # contents are no files: the server says what there is
        root = await self.files.root(context)
        return (await asyncio.to_thread(root.locate, path)).shown

    async def open(self, file_path: str, context: ToolContext) -> NotebookDocument:
        """The notebook's document, live or not.

        Raises:
            Forbidden: when it is not to be shown to models, for a refusal shows the text.
        """
        document, _notebook = await self.read(file_path, context)
        return document

    async def read(self, file_path: str, context: ToolContext) -> tuple[NotebookDocument, Notebook]:
        """The notebook as it is now.

        Raises:
            Forbidden: when it is not to be shown to models.
        """
        document = await self._notebooks.open(await self.path(file_path, context), context.actor.user)
        notebook = await document.read()
        if context.actor.kind != "user" and not allows_assistant(policy_in(notebook)):
            raise Forbidden(f"{document.path} is not to be shown to models.", hint="Its author has switched that off.")
        return document, notebook

    # --- what a call touches ------------------------------------------------------------------------

    async def notebook_target(self, arguments: Mapping[str, Any], context: ToolContext) -> Target:
        """The notebook, in its present state."""
        path = await self.path(str(arguments.get("file_path") or ""), context)
        notebook = await (await self._notebooks.open(path, context.actor.user)).read()
        self._await(context, {cell.id: cell.hash for cell in notebook.cells})
        return Target("notebook", path, path, hash=notebook.hash)

    async def cell_target(self, arguments: Mapping[str, Any], context: ToolContext) -> Target:
        """The cell, in its present state."""
        path = await self.path(str(arguments.get("file_path") or ""), context)
        cell = await (await self._notebooks.open(path, context.actor.user)).cell(str(arguments["cell_id"]))
        self._await(context, {cell.id: cell.hash})
        return Target("cell", cell.id, path, cell.id, cell.hash)

    def _await(self, context: ToolContext, hashes: dict[str, str]) -> None:
        key = (context.actor, context.notebook, context.call_id)
        self._pending[key] = hashes
        self._pending.move_to_end(key)
        if len(self._pending) > _PENDING:
            self._pending.popitem(last=False)

    def judged(self, context: ToolContext) -> dict[str, str]:
        """The hashes of the cells as they were when this call was allowed."""
        return self._pending.pop((context.actor, context.notebook, context.call_id), {})

    # --- what the actor knows -----------------------------------------------------------------------

    def told(self, context: ToolContext, document: NotebookDocument, *cells: Cell) -> None:
        """The actor has been told the text of these cells."""
        readings = self.readings.of(context.actor)
        for cell in cells:
            readings.remember(_thing(document, cell.id), cell.hash)

    async def known(self, context: ToolContext, document: NotebookDocument, cell_id: str) -> str:
        """The hash of a cell that the actor has read and that is still as it was.

        Raises:
            CellGone: when it is not there.
            CellChanged: when the actor has not read it, or it was changed since; with the text as it is now, which
                counts as read.
        """
        cell = await document.cell(cell_id)
        read = self.readings.of(context.actor).of(_thing(document, cell_id))
        if read == cell.hash:
            return read
        raise self.refusal(context, document, cell, "was changed since you read it" if read else "was not read yet")

    def refusal(self, context: ToolContext, document: NotebookDocument, cell: Cell, why: str) -> CellChanged:
        """The refusal of a change, with the cell's text as it is now; it counts as read where all of it is told."""
        text = cell.source
        if len(text) > SHOWN_CHARACTERS:
            text = f"{text[:SHOWN_CHARACTERS]}\n[… cut; use read_cell …]"
        else:
            self.told(context, document, cell)
        return CellChanged(
            f"The cell {cell.id} {why}; nothing was written. Its text is now:\n{text}\n",
            cell_id=cell.id,
            source=cell.source,
            hash=cell.hash,
            hint="Decide again.",
        )

    # --- what it looks like -------------------------------------------------------------------------

    def sight(self, notebook: Notebook | None) -> Policy:
        """How much of values, and so of outputs, may be shown; of none in particular, as the settings say."""
        return variable_policy({} if notebook is None else policy_in(notebook), self._settings.variable_policy)

    def shown(self, notebook: Notebook, cell: Cell, *, outputs: bool) -> str:
        """A cell as text."""
        index = next(at for at, each in enumerate(notebook.cells) if each.id == cell.id)
        count = f" [{cell.execution_count}]" if cell.execution_count is not None else ""
        text = f"## Cell {index} · id {cell.id} · {cell.type}{count}\n{cell.source}"
        came = self.outputs(notebook, cell) if outputs and cell.outputs else ""
        return f"{text}\n### Outputs\n{came}" if came else text

    def outputs(self, notebook: Notebook, cell: Cell) -> str:
        """A cell's outputs as text, shortened."""
        return outputs_text(cell.outputs, self.sight(notebook))

    def pictures(self, notebook: Notebook, cell: Cell) -> tuple[ContentPart, ...]:
        """The images among a cell's outputs."""
        if self.sight(notebook) != "values":
            return ()
        return tuple(ImageContent(image.media_type, image.data) for image in images_of(cell.outputs) if image.data)


def policy_in(notebook: Notebook) -> Mapping[str, Any]:
    """What a notebook's author lets be done and seen."""
    lumina = notebook.metadata.get("lumina")
    policy = lumina.get("policy") if isinstance(lumina, Mapping) else None
    return policy if isinstance(policy, Mapping) else {}


def _thing(document: NotebookDocument, cell_id: str) -> str:
    return f"cell:{document.key}:{cell_id}"
