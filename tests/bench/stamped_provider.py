"""A loopback provider whose every piece says when it was sent, and the look at when each is on a page's screen."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

OBSERVER = r"""(root) => {
  window.__lags = {};
  const stamps = /@(\d{13})@/g;
  const look = () => {
    const now = performance.timeOrigin + performance.now();
    for (const found of document.querySelector(root).textContent.matchAll(stamps)) {
      if (!(found[1] in window.__lags)) { window.__lags[found[1]] = now - Number(found[1]); }
    }
  };
  new MutationObserver(look).observe(document.querySelector(root),
    {subtree: true, childList: true, characterData: true});
}"""
"""Notes for each stamp `@milliseconds@` below an element how late it was first seen, in `window.__lags`."""


@dataclass
class StampedProvider:
    """A running provider: its base URL, and when (in Unix seconds) a reader hung up in the middle of an answer."""

    url: str = ""
    left: list[float] = field(default_factory=list)


@contextmanager
def stamped_provider(pieces: Sequence[str], *, per_second: float, stamp_every: int = 1) -> Iterator[StampedProvider]:
    """A provider that answers every question with these pieces, in a thread of its own.

    Args:
        pieces: The answer's deltas.
        per_second: How many of them are sent in a second.
        stamp_every: How many pieces share one stamp; the first always has one.
    """

    provider = StampedProvider()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await _read_request(reader)
        except (ConnectionError, asyncio.IncompleteReadError):
            writer.close()
            return
        answering = asyncio.ensure_future(answer(writer))
        # Nothing more is sent to us while an answer is under way: whatever can be read is the reader's going away.
        gone = asyncio.ensure_future(reader.read(1))
        await asyncio.wait({answering, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not answering.done() or isinstance(answering.exception(), ConnectionError):
            provider.left.append(time.time())
        for task in (answering, gone):
            task.cancel()
        for end in await asyncio.gather(answering, gone, return_exceptions=True):
            if isinstance(end, Exception) and not isinstance(end, ConnectionError):
                raise end
        writer.close()

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n")
        began = time.time()
        for number, piece in enumerate(pieces):
            await asyncio.sleep(max(0.0, began + number / per_second - time.time()))
            body, end = piece.rstrip(), piece[len(piece.rstrip()) :]
            # Behind a fence or a table it would be no fence and no table any more.
            stamped = number % stamp_every == 0 and "\n" not in body
            stamp = f" @{int(time.time() * 1000)}@" if stamped else ""
            _send(writer, {"content": f"{body}{stamp}{end}"}, None)
            await writer.drain()
        _send(writer, {}, "stop")
        writer.write(b"data: [DONE]\n\n")
        await writer.drain()

    # Not in this thread, where Playwright keeps an event loop running.
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    server = asyncio.run_coroutine_threadsafe(asyncio.start_server(serve, "127.0.0.1", 0), loop).result()
    try:
        provider.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
        yield provider
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


def print_percentiles(name: str, values: Sequence[float]) -> None:
    """Print the median and the 95th percentile of milliseconds."""
    ordered = sorted(values)
    print(f"{name}_p50 {ordered[len(ordered) // 2]:.0f} ms", flush=True)
    print(f"{name}_p95 {ordered[int(len(ordered) * 0.95)]:.0f} ms", flush=True)


async def _read_request(reader: asyncio.StreamReader) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    lengths = (int(line.split(b":")[1]) for line in head.splitlines() if line.lower().startswith(b"content-length"))
    length = next(lengths, 0)  # who asks for the models sends no body
    await reader.readexactly(length)


def _send(writer: asyncio.StreamWriter, delta: dict[str, str], finish: str | None) -> None:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    chunk = {"id": "bench", "object": "chat.completion.chunk", "model": "m", "choices": [choice]}
    writer.write(f"data: {json.dumps(chunk)}\n\n".encode())
