"""What each call took: its cost goes into the stream, its record into the usage log."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass

from ...errors import LuminaError
from ...events import Cost, Event, MessageFinished, MessageStarted, Notice, Usage
from ...storage import UsageLog, UsageRecord
from ..catalog import Catalog
from ..chain import Handler
from ..requests import ModelCall

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Seen:
    provider: str = ""
    model: str = ""
    usage: Usage | None = None
    status: str = "cancelled"
    """Holds unless an end event says otherwise: a consumer that goes away cancels."""


class Accounting:
    """Adds `Cost` before the end and writes one usage record for every call that reached a provider."""

    def __init__(self, catalog: Catalog, usage_log: UsageLog) -> None:
        self._catalog = catalog
        self._usage_log = usage_log

    async def __call__(self, request: ModelCall, call_next: Handler) -> AsyncGenerator[Event, None]:
        """Stream the call's events with its cost before the end."""
        seen = _Seen()
        began = time.monotonic()
        recorded = False
        try:
            async with aclosing(call_next(request)) as events:
                async for event in events:
                    if isinstance(event, MessageStarted):
                        seen.provider, seen.model = event.provider, event.model
                    elif isinstance(event, Usage):
                        seen.usage = event
                    elif isinstance(event, MessageFinished):
                        seen.status = event.reason
                        # Written before the end is told: who has seen the end can rely on it.
                        recorded = True
                        trouble = await self._record(request, seen, began)
                        if trouble is not None:
                            yield Notice("usage", f"This call could not be added to the usage log. {trouble.message}")
                        yield Cost(self._cost(seen))
                    yield event
        except Exception as error:
            seen.status = error.code if isinstance(error, LuminaError) else LuminaError.code
            raise
        finally:
            if not recorded:
                await self._record(request, seen, began)

    def _cost(self, seen: _Seen) -> float | None:
        return self._catalog.cost(seen.model, seen.usage) if seen.usage is not None else None

    async def _record(self, request: ModelCall, seen: _Seen, began: float) -> LuminaError | None:
        """Write the record of a call that reached a provider; the error if that fails."""
        if not seen.model:
            return None
        usage = seen.usage or Usage()
        record = UsageRecord(
            request_id=request.request_id,
            user=request.user,
            notebook=request.notebook,
            provider=seen.provider,
            model=seen.model,
            input_tokens=usage.input_tokens,
            output_tokens=usage.output_tokens,
            cached_input_tokens=usage.cached_input_tokens,
            reasoning_tokens=usage.reasoning_tokens,
            usd=self._cost(seen),
            seconds=time.monotonic() - began,
            status=seen.status,
        )
        try:
            await self._usage_log.record(record)
        except LuminaError as error:
            log.warning("the call %s could not be added to the usage log: %s", request.request_id, error.message)
            return error
        return None
