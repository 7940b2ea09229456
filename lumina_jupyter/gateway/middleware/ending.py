"""Every stream ends with exactly one `MessageFinished` or `Failed`, whatever happens inside."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing

from ...errors import LuminaError, StreamBroken
from ...events import Event, Failed, MessageFinished, is_end
from ..cancellation import Cancellation
from ..chain import Handler
from ..requests import ModelCall

log = logging.getLogger(__name__)


class Ending:
    """Turns errors, early ends and cancels into the one end event.

    Args:
        running: The calls under way by request id; entries are kept here while a call runs.
    """

    def __init__(self, running: dict[str, Cancellation]) -> None:
        self._running = running

    async def __call__(self, request: ModelCall, call_next: Handler) -> AsyncGenerator[Event, None]:
        """Stream the call's events up to its one end."""
        cancellation = self._running[request.request_id] = Cancellation()
        ended = False
        try:
            async with aclosing(call_next(request)) as events:
                cancellation.waiting()
                async for event in events:
                    cancellation.delivered()
                    ended = is_end(event)
                    yield event
                    if ended:
                        break
                    if cancellation.requested:
                        break
                    cancellation.waiting()
            end: Event = (
                MessageFinished("cancelled")
                if cancellation.requested
                else Failed.of(StreamBroken("The answer ended before it was complete."))
            )
        except LuminaError as error:
            end = Failed.of(error)
        except asyncio.CancelledError:
            if not cancellation.absorb():
                raise
            end = MessageFinished("cancelled")
        except Exception:
            log.exception("a model call failed in a way that no provider should (%s)", request.request_id)
            end = Failed.of(LuminaError("Something went wrong inside Lumina; its log has the details."))
        finally:
            self._running.pop(request.request_id, None)
        if not ended:
            yield end
