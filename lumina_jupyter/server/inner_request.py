"""One of our own routes asked from within the server: its answer goes, piece by piece, to whoever asked.

The route does all that it does for any request, who may come in included, with the headers of the request in whose
name it is asked.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from tornado.httputil import HTTPConnection, HTTPHeaders, HTTPServerRequest, RequestStartLine, ResponseStartLine
from tornado.web import Application

_OF_THE_CONNECTION = {"accept-encoding", "connection", "content-length", "transfer-encoding", "upgrade"}
"""Headers that speak of the connection and not of who asks."""


class Reader(Protocol):
    """Takes an answer."""

    def status(self, code: int) -> asyncio.Future[None]:
        """The answer begins; done when there is room for more."""

    def piece(self, data: bytes) -> asyncio.Future[None]:
        """A piece of its body; done when there is room for more."""

    def end(self) -> None:
        """It is over."""


class InnerRequest(HTTPConnection):
    """Asks a route with GET, as soon as it is made.

    Args:
        application: Whose route it is.
        uri: The path, with the server's base URL, and the query.
        outer: The request in whose name it is asked.
        reader: Takes the answer.
        token: Jupyter's token, where it was not sent in a header; empty for none.
    """

    def __init__(
        self, application: Application, uri: str, outer: HTTPServerRequest, reader: Reader, token: str = ""
    ) -> None:
        self.context = getattr(outer.connection, "context", None)
        self._reader = reader
        self._closed: Callable[[], None] | None = None
        headers = HTTPHeaders()
        for name, value in outer.headers.get_all():
            if name.lower() not in _OF_THE_CONNECTION and not name.lower().startswith("sec-"):
                headers.add(name, value)
        if token and "Authorization" not in headers:
            headers["Authorization"] = f"token {token}"
        start = RequestStartLine("GET", uri, "HTTP/1.1")
        request = HTTPServerRequest(headers=headers, connection=self, start_line=start)
        # Behind a proxy the outer request knows better than its connection from where it comes.
        request.remote_ip, request.protocol, request.host = outer.remote_ip, outer.protocol, outer.host
        route = application.find_handler(request)
        route.headers_received(start, headers)
        route.finish()

    def close(self) -> None:
        """Nobody wants the answer any more."""
        closed, self._closed = self._closed, None
        if closed is not None:
            closed()

    # --- what the route does ----------------------------------------------------------------------

    def set_close_callback(self, callback: Callable[[], None] | None) -> None:
        """What is to be called when nobody wants the answer any more."""
        self._closed = callback

    def write_headers(
        self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders, chunk: bytes | None = None
    ) -> asyncio.Future[None]:
        """The answer begins."""
        room = self._reader.status(start_line.code if isinstance(start_line, ResponseStartLine) else 0)
        return self._reader.piece(chunk) if chunk else room

    def write(self, chunk: bytes) -> asyncio.Future[None]:
        """A piece of its body."""
        return self._reader.piece(chunk)

    def finish(self) -> None:
        """It is over."""
        self._closed = None
        self._reader.end()
