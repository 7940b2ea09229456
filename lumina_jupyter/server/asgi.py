"""An ASGI application behind one of our routes: its messages as tornado's calls, in both directions.

Answers stream, a slow client slows the application, and a client that goes away is told to it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import TYPE_CHECKING, Any

from tornado.iostream import StreamClosedError

if TYPE_CHECKING:
    from .base import LuminaHandler

Message = MutableMapping[str, Any]
Application = Callable[
    [Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]
]

_OURS = {b"connection", b"content-length", b"date", b"server", b"transfer-encoding"}
"""Headers that tornado writes itself."""


class Exchange:
    """One request and its answer.

    Args:
        handler: The route's handler; its body has been read.
        extra: What else shall stand in the scope.
    """

    def __init__(self, handler: LuminaHandler, extra: Message) -> None:
        self._handler = handler
        self._gone = asyncio.Event()
        self._asked = False
        request = handler.request
        path, _mark, query = request.uri.partition("?") if request.uri else ("/", "", "")
        self.scope: Message = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1",
            "method": request.method or "GET",
            "scheme": request.protocol,
            "path": request.path,
            "raw_path": path.encode("latin-1", "replace"),
            "query_string": query.encode("latin-1", "replace"),
            "root_path": "",
            "headers": [
                (name.lower().encode("latin-1"), value.encode("latin-1", "replace"))
                for name, value in request.headers.get_all()
                # Neither Jupyter's token nor its cookies are the application's to see.
                if name.lower() not in ("authorization", "cookie")
            ],
            "client": None,
            "server": None,
            **extra,
        }

    async def run(self, application: Application) -> None:
        """Have the request answered."""
        try:
            await application(self.scope, self._receive, self._send)
        except StreamClosedError:
            self.leave()

    def leave(self) -> None:
        """The client is gone."""
        self._gone.set()

    async def _receive(self) -> Message:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": self._handler.request.body or b"", "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        handler = self._handler
        if self._gone.is_set():
            raise StreamClosedError
        if message["type"] == "http.response.start":
            handler.set_status(message["status"])
            handler.clear_header("Content-Type")
            for raw_name, raw_value in message.get("headers", ()):
                if raw_name.lower() in _OURS:
                    continue
                name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
                if name.lower() == "content-type":
                    handler.content_type = value
                handler.set_header(name, value)
            return
        body = message.get("body", b"")
        if message.get("more_body", False):
            handler.write(body)
            await handler.flush()
        elif handler.get_status() in (202, 204, 304) and not body:
            await handler.finish()
        else:
            await handler.finish(body)
