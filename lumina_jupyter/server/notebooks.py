"""Which notebook a kernel belongs to, under its present name."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from tornado.web import HTTPError

from ..errors import LuminaError

if TYPE_CHECKING:
    from jupyter_events import EventLogger

CONTENTS_SCHEMA = "https://events.jupyter.org/jupyter_server/contents_service/v1"
_SHARED_DRIVE = "RTC:"
"""What JupyterLab puts before the path of a notebook that is edited together."""

log = logging.getLogger(__name__)


class Notebooks:
    """Answers from the server's sessions, which follow renames by themselves."""

    def __init__(self, session_manager: Any) -> None:
        self._sessions = session_manager

    async def of_kernel(self, kernel_id: str, otherwise: str = "") -> str:
        """The path of the notebook (relative to the server's root) that a kernel runs for.

        Returns:
            `otherwise` when no session has that kernel.
        """
        if not kernel_id:
            return otherwise
        try:
            session = await self._sessions.get_session(kernel_id=kernel_id)
        except (HTTPError, KeyError):
            return otherwise
        return str(session["path"]).removeprefix(_SHARED_DRIVE).strip("/")


class RenameWatch:
    """Tells of every rename of a file or folder that goes through the server.

    Args:
        events: The server's event logger.
        renamed: Awaited with the old and the new path.
    """

    def __init__(self, events: EventLogger, renamed: Callable[[str, str], Awaitable[None]]) -> None:
        self._events = events
        self._renamed = renamed
        # The server tells of renames side by side; one that overtakes another would follow a path that is no more.
        self._turn = asyncio.Lock()

    def install(self) -> None:
        """Begin."""
        self._events.add_listener(schema_id=CONTENTS_SCHEMA, listener=self._listen)

    def remove(self) -> None:
        """End."""
        self._events.remove_listener(schema_id=CONTENTS_SCHEMA, listener=self._listen)

    async def followed(self) -> None:
        """Every rename that was told of is followed: whoever renames and looks at once finds things where they are now."""
        async with self._turn:
            return

    async def _listen(self, logger: EventLogger, schema_id: str, data: dict[str, Any]) -> None:
        if data.get("action") != "rename" or not data.get("source_path"):
            return
        old, new = str(data["source_path"]).strip("/"), str(data["path"]).strip("/")
        try:
            async with self._turn:
                await self._renamed(old, new)
        except LuminaError as error:
            log.warning("conversations did not follow a renamed notebook: %s", error)
