"""Ends of which none may be left out because another one went wrong."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

log = logging.getLogger(__name__)


async def unless_it_fails(end: Callable[[], Awaitable[None]]) -> None:
    """End something. What goes wrong is logged, so that whatever else there is can still be ended."""
    try:
        await end()
    except Exception:
        log.exception("something did not end as it should")
