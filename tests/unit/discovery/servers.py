"""Servers on loopback that list models, well or badly: real sockets, answered by hand."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

DRIP = b"a byte now and then, for ever"
"""As an answer: never silent for long, never complete."""

Answer = Callable[[str, bytes], "bytes | None"]


@dataclass
class Server:
    """Where it listens and what it was asked."""

    port: int = 0
    requests: list[str] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def http(body: Any, status: str = "200 OK") -> bytes:
    """A whole HTTP answer."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\nConnection: close\r\n\r\n"
    return head.encode() + content


@asynccontextmanager
async def serving(answer: Answer) -> AsyncIterator[Server]:
    """A server; `answer(path, body)` gives the bytes to send, None to stay silent."""
    server = Server()
    answering: set[asyncio.Task[Any] | None] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answering.add(asyncio.current_task())
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            length = next(
                (int(line[15:]) for line in head.split("\r\n") if line.lower().startswith("content-length:")), 0
            )
            body = await reader.readexactly(length)
            path = head.split(" ")[1]
            server.requests.append(path)
            server.heads.append(head)
            sent = answer(path, body)
            if sent is None:
                await asyncio.Event().wait()
            elif sent is DRIP:
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
                while True:
                    writer.write(b" ")
                    await writer.drain()
                    await asyncio.sleep(0.02)
            else:
                writer.write(sent)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    listener = await asyncio.start_server(handle, "127.0.0.1", 0)
    server.port = listener.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listener.close()
        unfinished = [task for task in answering if task is not None]
        for task in unfinished:
            task.cancel()
        await asyncio.gather(*unfinished, return_exceptions=True)


def ollama(*names: str, **shown: dict[str, Any]) -> Answer:
    """An Ollama with these models; `shown` has what it tells of each by the name before the colon."""

    def answer(path: str, body: bytes) -> bytes:
        if path == "/api/tags":
            return http({"models": [{"name": name} for name in names]})
        name = json.loads(body)["model"].partition(":")[0]
        return http(shown.get(name.replace(".", "_").replace("-", "_"), {}))

    return answer
