"""A room's file read, also while somebody writes it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from jupyter_core.utils import ensure_async
from tornado.web import HTTPError

from ...errors import NotebookUnreadable

if TYPE_CHECKING:
    from .room import LiveRoom

REST = 0.1
"""Seconds for which a file that makes no notebook must not have changed before it counts as damaged."""
PATIENCE = 5.0
"""Seconds after which one that changes all the time does, too."""


async def read_file(room: LiveRoom) -> dict[str, Any]:
    """The notebook in the file.

    Most programs empty a file before they write it. Those of Lumina do so in their turn, and the others are waited for.

    Raises:
        HTTPError: when there is none that can be read.
        NotebookUnreadable: when it is no notebook.
    """
    loop = asyncio.get_running_loop()
    end, seen = loop.time() + PATIENCE, None
    while True:
        try:
            return await _read_once(room)
        except (HTTPError, NotebookUnreadable) as error:
            if isinstance(error, HTTPError) and error.status_code != 400:
                raise
            now = await _time_of(room)
            if now == seen or loop.time() > end:
                # Whoever writes over it compares: it must be the file that was found damaged.
                room.file_time = now
                raise
            seen = now
        await asyncio.sleep(REST)


async def _read_once(room: LiveRoom) -> dict[str, Any]:
    from ..document.repair import repaired

    async with room.turn():
        model = await room.file.load_content(room.file_format, room.file_type)
    room.file_time = model["last_modified"]
    return await asyncio.to_thread(repaired, model["content"], room.path)


async def _time_of(room: LiveRoom) -> Any:
    model = await ensure_async(room.file._contents_manager.get(room.path, content=False))
    return model["last_modified"]
