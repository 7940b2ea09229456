"""What the participant behind a request may do, by the server's own authorizer."""

from __future__ import annotations

import inspect
import time
from typing import Any

ASK_AGAIN = 10.0
"""Seconds after which a right is asked for anew: it may have been taken away."""


async def may(handler: Any, action: str) -> bool:
    """Whether who asks may read or write contents."""
    if not handler.current_user:
        return False
    allowed = handler.authorizer.is_authorized(handler, handler.current_user, action, "contents")
    return bool(await allowed if inspect.isawaitable(allowed) else allowed)


class WriteRight:
    """The right to write contents, asked for now and then over a long connection."""

    def __init__(self, handler: Any) -> None:
        self._handler = handler
        self._asked = float("-inf")
        self._allowed = False

    async def holds(self) -> bool:
        """Whether who is connected may write."""
        now = time.monotonic()
        if now - self._asked > ASK_AGAIN:
            self._allowed = await may(self._handler, "write")
            self._asked = now
        return self._allowed
