"""`/lumina/api/notebooks/history`, `…/gone` and `…/restore`: a notebook's moments, what changed, and a way back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from jupyter_server.auth.decorator import authorized

from ..notebook_base import NotebookBase

MOST_MOMENTS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Restore:
    """Which moment of a notebook to restore: all of it, or one cell."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    snapshot: str
    path: str = ""
    kernel_id: str = ""
    cell: str = ""


class HistoryHandler(NotebookBase):
    """Lists moments."""

    @authorized
    async def get(self) -> None:
        """Those of `?path=`, the newest first, `?limit=` at most."""
        limit = self.number("limit", 200, least=1, most=MOST_MOMENTS)
        path = await self.path_in_query()
        engine = await self.engine()
        self.answer({"moments": await engine.history.moments(path, limit=limit, user=self.asker)})


class GoneHandler(NotebookBase):
    """Lists notebooks that are gone."""

    @authorized
    async def get(self) -> None:
        """Those that have a history and no file any more, the last kept first."""
        engine = await self.engine()
        self.answer({"notebooks": await engine.history.gone()})


class MomentHandler(NotebookBase):
    """Shows one moment."""

    @authorized
    async def get(self, snapshot: str) -> None:
        """Its notebook; or with `?against=`, a moment's id or `now`, what changed from it to that."""
        path = await self.path_in_query()
        against = self.get_query_argument("against", "")
        engine = await self.engine()
        self.answer(await engine.history.view(path, snapshot, against=against, user=self.asker))


class RestoreHandler(NotebookBase):
    """Restores."""

    @authorized
    async def post(self) -> None:
        """Make a notebook, or one cell, what it was; what it is now is kept first."""
        wanted = await self.body(Restore)
        path = await self.path_of(wanted.path, wanted.kernel_id)
        engine = await self.engine()
        restored = await engine.history.restore(path, wanted.snapshot, cell=wanted.cell, user=self.reviewer)
        self.answer(restored)
