"""The policies of notebooks as they are on the server, for a request can say what it likes."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from ...context import NotebookView

_FRESH = 10.0
"""Seconds after which a notebook's policy is read again; until that is done the old one holds."""
_NOTEBOOKS = 64

log = logging.getLogger(__name__)


class NotebookPolicies:
    """Reads the policy of a notebook from its live room or its file, and keeps it for a while.

    Args:
        view: The notebook at a path; None where there is none.
    """

    def __init__(self, view: Callable[[str], Awaitable[NotebookView | None]]) -> None:
        self._view = view
        self._read: OrderedDict[str, tuple[float, asyncio.Task[Mapping[str, Any]]]] = OrderedDict()

    async def of(self, path: str) -> Mapping[str, Any]:
        """The policy of the notebook at a path; empty for whatever is no notebook."""
        if not path.endswith(".ipynb"):
            return {}
        now = time.monotonic()
        at, reading = self._read.get(path, (0.0, None))
        if reading is None or (reading.done() and now - at > _FRESH):
            earlier = reading.result() if reading is not None and not reading.cancelled() else None
            reading = asyncio.create_task(self._policy(path))
            self._read[path] = now, reading
            self._read.move_to_end(path)
            if len(self._read) > _NOTEBOOKS:
                self._read.popitem(last=False)
            if earlier is not None:
                return earlier
        # Whoever types on cancels their own request, and not the reading for the next one.
        return await asyncio.shield(reading)

    async def _policy(self, path: str) -> Mapping[str, Any]:
        try:
            view = await self._view(path)
        except Exception:
            log.exception("the policy of a notebook could not be read")
            # What cannot be read forbids: its author may have wanted that.
            return {"ghost_text": False}
        return view.policy if view is not None else {}
