"""The line to the server: one connection, one request a line, answered by a thread of its own.

Looking through the kernel's own channels would have every look announced as the kernel's work: notebooks
would show a running kernel as idle, figures of the cell at work would be flushed, and the output of
threads would go astray. This connection touches none of it.
"""

from __future__ import annotations

import json
import os
import socket
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    Answer = Callable[[dict[str, Any]], dict[str, Any]]

LONGEST = 1_000_000
"""Bytes of a request at most."""
CONNECT = 0.5
"""Seconds that connecting may take."""

_open: dict[str, _Line] = {}


def connect(address: str | list[Any], token: str, answer: Answer) -> bool:
    """Connect to the server, unless there is a line to it already; whether there is one now.

    Args:
        address: A Unix socket's path, or a host and a port.
        token: What the server knows this kernel by.
        answer: Makes a request's answer.
    """
    family = socket.AF_UNIX if type(address) is str else socket.AF_INET
    line = socket.socket(family, socket.SOCK_STREAM)
    try:
        line.settimeout(CONNECT)
        line.connect(address if type(address) is str else tuple(address))
        line.sendall(token.encode() + b"\n")
        line.settimeout(None)
    except OSError:
        line.close()
        return False
    hang_up(token)
    held = _open[token] = _Line(line)
    thread = threading.Thread(target=_serve, args=(held, token, answer), name="lumina-eyes")
    thread.daemon = True
    thread.pydev_do_not_trace = True  # type: ignore[attr-defined]  # debuggers leave it alone
    thread.is_pydev_daemon_thread = True  # type: ignore[attr-defined]
    thread.start()
    return True


def hang_up(token: str) -> None:
    """Close the line of that token."""
    line = _open.pop(token, None)
    if line is not None:
        line.close()


def tell(event: str) -> None:
    """Tell every server something, without waiting for any of them."""
    for line in list(_open.values()):
        line.tell(event)


class _Line:
    """A connection that several threads write to, a whole line at a time."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._writing = threading.Lock()

    def requests(self) -> Any:
        held = b""
        while True:
            while b"\n" in held:
                first, _, held = held.partition(b"\n")
                yield json.loads(first.decode())
            received = self._connection.recv(65_536)
            if not received or len(held) > LONGEST:
                return
            held += received

    def send(self, told: dict[str, Any]) -> None:
        with self._writing:
            self._connection.sendall(json.dumps(told).encode() + b"\n")

    def tell(self, event: str) -> None:
        if not self._writing.acquire(timeout=0.005):
            return  # an answer is on its way, so the server is awake
        try:
            # A few bytes, which go out whole or, when the server reads nothing, not at all.
            self._connection.send(json.dumps({"event": event}).encode() + b"\n", getattr(socket, "MSG_DONTWAIT", 0))
        except OSError:
            return
        finally:
            self._writing.release()

    def close(self) -> None:
        self._connection.close()


def _serve(line: _Line, token: str, answer: Answer) -> None:
    try:
        for request in line.requests():
            line.send(_answered(request, answer))
    except OSError:
        return  # the server went away; it lets itself in again when it comes back
    finally:
        if _open.get(token) is line:
            hang_up(token)


def _answered(request: dict[str, Any], answer: Answer) -> dict[str, Any]:
    try:
        return dict(answer(request), id=request.get("id"))
    except Exception as error:  # noqa: BLE001 - the server is told of it
        return {"id": request.get("id"), "error": type(error).__name__}


def _forget_lines() -> None:
    """In a forked child: the lines are the parent's."""
    for token in list(_open):
        hang_up(token)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_lines)
