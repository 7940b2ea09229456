"""What a frontend asks about a file before it has its notebook saved."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

from jupyter_server.auth.decorator import authorized
from jupyter_server.services.contents.handlers import ContentsHandler
from tornado.web import authenticated

if TYPE_CHECKING:
    from .rooms import Rooms


class GuardedContents(ContentsHandler):
    """Jupyter's own, but it answers about the file of a live notebook when the frontends know that file.

    JupyterLab compares the file's hash with the one that it was told last, and where they differ it asks whether to
    overwrite somebody else's work. The room saves by itself: without this, who saves just then would be asked.
    """

    def initialize(self, rooms: Rooms) -> None:
        """Take the rooms."""
        self.rooms = rooms

    @authenticated
    @authorized
    async def get(self, path: str = "") -> None:
        """A file, a folder, or what is to be known of them."""
        asked = self.get_query_argument("hash", "0"), self.get_query_argument("content", "1")
        if asked == ("1", "0"):
            await self.rooms.agree(path.strip("/"))
        await inspect.unwrap(ContentsHandler.get)(self, path)
