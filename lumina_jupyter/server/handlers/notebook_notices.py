"""`/lumina/api/notebooks/notices`: what was done to a live notebook so that nothing of it is lost."""

from __future__ import annotations

from dataclasses import asdict

from jupyter_server.auth.decorator import authorized

from ..notebook_base import NotebookBase


class NoticesHandler(NotebookBase):
    """Lists notices."""

    @authorized
    async def get(self) -> None:
        """Those of `?path=` since the server started, the newest first."""
        path = await self.path_in_query()
        notices = self.service.notices
        self.answer({"notices": [] if notices is None else [asdict(notice) for notice in notices.of(path)]})
