"""The chain that every model call passes: middlewares around a handler, like ASGI."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from typing import Protocol

from ..events import Event
from .requests import ModelCall

Handler = Callable[[ModelCall], AsyncGenerator[Event, None]]


class Middleware(Protocol):
    """One concern of a call.

    An implementation is an async generator method. It must open what `call_next` returns with
    `contextlib.aclosing`, so that closing the outermost generator closes the provider's connection.
    """

    def __call__(self, request: ModelCall, call_next: Handler) -> AsyncGenerator[Event, None]:
        """Stream the events of the call, changed as this concern needs."""
        ...


def build_chain(middlewares: Sequence[Middleware], last: Handler) -> Handler:
    """A handler that passes each request through the middlewares in order and ends at `last`."""
    handler = last
    for middleware in reversed(middlewares):
        handler = _wrap(middleware, handler)
    return handler


def _wrap(middleware: Middleware, call_next: Handler) -> Handler:
    def handle(request: ModelCall) -> AsyncGenerator[Event, None]:
        return middleware(request, call_next)

    return handle
