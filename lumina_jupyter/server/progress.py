"""Answers that tell how a long task goes: each step a server-sent event; the task stops when nobody listens."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import asdict
from typing import TYPE_CHECKING

from ..errors import LuminaError
from .event_stream import StreamingHandler

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


class ProgressHandler(StreamingHandler):
    """A route that works for a person, and costs time or tokens: closed to kernels."""

    kernels_allowed = False

    async def stream(self, steps: AsyncGenerator[DataclassInstance, None]) -> None:
        """Send each step; an error before the first is an ordinary one, a later one the event `failed`."""
        async with self.while_connected(), aclosing(steps):
            try:
                async for step in steps:
                    await self.send(json.dumps(asdict(step), separators=(",", ":")))
            except LuminaError as error:
                if not self.is_streaming:
                    raise
                await self.send_frames(f"event: failed\ndata: {json.dumps(self.error_body(error))}\n\n".encode())
            # A stream that told nothing is one that ended well.
            self.begin_stream()
