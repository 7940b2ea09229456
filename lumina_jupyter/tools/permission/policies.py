"""The tools' policies of notebooks as they are on the server, for a call can say what it likes."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from .policy import POLICIES, ToolPolicy, strictest, tool_policy

FRESH = 1.0
"""Seconds after which a notebook's policy is read again."""
_NOTEBOOKS = 64

log = logging.getLogger(__name__)


class HasPolicy(Protocol):
    """A notebook that says what may be done in it."""

    @property
    def policy(self) -> Mapping[str, Any]:
        """Its `metadata.lumina.policy`."""
        ...


class ToolPolicies:
    """Reads the policies of notebooks from their live rooms or files.

    Args:
        view: The notebook at a path; None where there is none.
        floor: The server's own policy.
    """

    def __init__(self, view: Callable[[str], Awaitable[HasPolicy | None]], floor: Callable[[], str]) -> None:
        self._view = view
        self._floor = floor
        self._read: OrderedDict[str, tuple[float, asyncio.Task[ToolPolicy]]] = OrderedDict()

    async def of(self, *paths: str) -> ToolPolicy:
        """The strictest policy of these notebooks and of the server; what is no notebook has none of its own."""
        floor = self._floor()
        server: ToolPolicy = next((word for word in POLICIES if word == floor), "none")
        notebooks = {path for path in paths if path.endswith(".ipynb")}
        # Whoever waits may be cancelled, and not the reading for the next one.
        found = [await asyncio.shield(self._reading(path)) for path in notebooks]
        return strictest(server, *found)

    def _reading(self, path: str) -> asyncio.Task[ToolPolicy]:
        now = time.monotonic()
        at, reading = self._read.get(path, (0.0, None))
        if reading is None or reading.cancelled() or (reading.done() and now - at > FRESH):
            reading = asyncio.get_running_loop().create_task(self._policy(path))
            self._read[path] = now, reading
            self._read.move_to_end(path)
            if len(self._read) > _NOTEBOOKS:
                self._read.popitem(last=False)
        return reading

    async def _policy(self, path: str) -> ToolPolicy:
        try:
            view = await self._view(path)
        except Exception:
            log.exception("the policy of a notebook could not be read")
            # What cannot be read forbids: its author may have wanted that.
            return "none"
        return "full" if view is None else tool_policy(view.policy)
