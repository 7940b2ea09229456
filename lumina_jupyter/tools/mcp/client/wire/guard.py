"""The one way by which what a server sends reaches the SDK: metered, and without what could keep the SDK busy."""

from __future__ import annotations

import logging
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import anyio
from mcp.shared.message import SessionMessage
from mcp_types import JSONRPCResponse

from .....errors import LuminaError, McpServerMisbehaved
from ..limits import Limits

OUTPUT_SCHEMA = "lumina/outputSchema"
"""Where a tool's output schema is put, in its `_meta`."""

log = logging.getLogger(__name__)


class Fate:
    """How a connection is, and why it ended."""

    def __init__(self) -> None:
        self.ended = anyio.Event()
        self.reason: LuminaError | None = None
        """Why we ended it, when we did."""

    def end(self, reason: LuminaError | None = None) -> None:
        """The connection is over; the first reason is the one."""
        if self.reason is None:
            self.reason = reason
        self.ended.set()


class GuardedStream:
    """A read stream of the SDK's, around another one.

    A server that sends more messages than its limits allow is cut off. Tools' output schemas are put where the SDK does
    not see them: it would check every result against them, with patterns that may take for ever.
    """

    def __init__(self, inner: Any, limits: Limits, fate: Fate, clock: Callable[[], float] = anyio.current_time) -> None:
        self._inner = inner
        self._limits = limits
        self._fate = fate
        self._clock = clock
        self._left = float(limits.burst)
        self._seen = clock()
        self._garbage = 0

    @property
    def last_context(self) -> Any:
        """The sender's context variables, which the SDK looks for."""
        return getattr(self._inner, "last_context", None)

    async def receive(self) -> SessionMessage | Exception:
        """The next message.

        Raises:
            anyio.EndOfStream: when the server went away, or was cut off.
        """
        if self._fate.ended.is_set():
            raise anyio.EndOfStream
        try:
            item: SessionMessage | Exception = await self._inner.receive()
        except (anyio.EndOfStream, anyio.ClosedResourceError):
            self._fate.end()
            raise
        self._meter(item)
        if isinstance(item, SessionMessage) and isinstance(item.message, JSONRPCResponse):
            _hide_output_schemas(item.message.result)
            _let_task_pass(item.message.result)
        return item

    def _meter(self, item: SessionMessage | Exception) -> None:
        now = self._clock()
        self._left = min(self._limits.burst, self._left + (now - self._seen) * self._limits.rate) - 1
        self._seen = now
        if self._left < 0:
            self._cut_off(f"It sent more than {self._limits.rate:g} messages a second.")
        if isinstance(item, Exception):
            self._garbage += 1
            if self._garbage > self._limits.garbage:
                self._cut_off(f"It sent more than {self._limits.garbage} messages that are none.")

    def _cut_off(self, why: str) -> None:
        self._fate.end(McpServerMisbehaved(why))
        raise anyio.EndOfStream

    async def aclose(self) -> None:
        """Close the stream below."""
        await self._inner.aclose()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> SessionMessage | Exception:
        try:
            return await self.receive()
        except anyio.EndOfStream:
            raise StopAsyncIteration from None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()


def _hide_output_schemas(result: Any) -> None:
    tools = result.get("tools") if isinstance(result, dict) else None
    for tool in tools if isinstance(tools, list) else ():
        if isinstance(tool, dict) and "outputSchema" in tool:
            schema = tool.pop("outputSchema")
            meta = tool.get("_meta")
            tool["_meta"] = {**(meta if isinstance(meta, dict) else {}), OUTPUT_SCHEMA: schema}


def _let_task_pass(result: Any) -> None:
    """The SDK takes every answer to a call for a result, which has content: a task of 2025-11-25 has none yet."""
    if isinstance(result, dict) and isinstance(result.get("task"), dict):
        result.setdefault("content", [])
