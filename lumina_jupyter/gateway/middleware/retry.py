"""Trying again after a failure that can pass, as long as nothing of the answer has been shown."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator
from contextlib import aclosing

from ...errors import LuminaError
from ...events import Event, MessageStarted, Notice
from ...settings import Lumina
from ..chain import Handler
from ..requests import ModelCall


class Retry:
    """Exponential backoff with full jitter; a provider's Retry-After is honoured as the least delay.

    A Retry-After beyond `retry_max_delay` is not waited for: the error tells of it instead.
    """

    def __init__(self, settings: Lumina) -> None:
        self._settings = settings

    async def __call__(self, request: ModelCall, call_next: Handler) -> AsyncGenerator[Event, None]:
        """Stream the first attempt that gets as far as showing something, or the last one's error."""
        attempt = 0
        while True:
            shown = False
            started: MessageStarted | None = None
            try:
                async with aclosing(call_next(request)) as events:
                    async for event in events:
                        if isinstance(event, MessageStarted):
                            # Held back: a failed attempt must leave no trace in the stream.
                            started = event
                            continue
                        if started is not None:
                            yield started
                            started = None
                        # A notice (the embedded model loads, say) is no part of the answer.
                        shown = shown or not isinstance(event, Notice)
                        yield event
                return
            except LuminaError as error:
                delay = self._delay(attempt, error)
                if shown or delay is None:
                    raise
                reason = error.message
            attempt += 1
            yield Notice(
                "retry", f"{reason} Trying again in {delay:.1f} s ({attempt} of {self._settings.max_retries})."
            )
            await asyncio.sleep(delay)

    def _delay(self, attempt: int, error: LuminaError) -> float | None:
        """Seconds before the next attempt; None when there shall be none."""
        settings = self._settings
        if not error.retryable or attempt >= settings.max_retries:
            return None
        if error.retry_after is not None and error.retry_after > settings.retry_max_delay:
            return None
        backoff = min(settings.retry_max_delay, settings.retry_base_delay * 2.0**attempt)
        return max(random.uniform(0, backoff), error.retry_after or 0.0)
