"""`/lumina/api/notebooks/runs`, `…/undo` and `…/redo`: what agents did to a notebook, taken back and brought again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from jupyter_server.auth.decorator import authorized

from ..notebook_base import NotebookBase


@dataclass(frozen=True, slots=True, kw_only=True)
class Undoable:
    """What is meant: a run, one of its steps, or what it did to one cell; without a run, the last step.

    An empty `cell` stands for the notebook's own metadata.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    path: str = ""
    kernel_id: str = ""
    run: str = ""
    step: int | None = None
    cell: str | None = None


class StepsHandler(NotebookBase):
    """Lists what can be undone."""

    @authorized
    async def get(self) -> None:
        """The agents' steps in the notebook of `?path=`, the oldest first."""
        path = await self.path_in_query()
        engine = await self.engine()
        self.answer({"steps": await engine.undoing.steps(path)})


class UndoHandler(NotebookBase):
    """Undoes and redoes."""

    @authorized
    async def post(self, word: str) -> None:
        """Take something back, or bring it again; what people wrote since stays."""
        meant = await self.body(Undoable)
        path = await self.path_of(meant.path, meant.kernel_id)
        undoing = (await self.engine()).undoing
        act = undoing.undo if word == "undo" else undoing.redo
        self.answer(await act(path, run=meant.run, step=meant.step, cell=meant.cell, user=self.reviewer))
