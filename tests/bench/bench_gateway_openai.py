"""How much the gateway adds, over our OpenAI adapter, to a bare httpx client on the same loopback server.

Prints `name value unit` lines: the first token's delay and the CPU time of each further chunk for bare
httpx, for the adapter alone and for a whole engine's `chat`; then 200 streams at once. The server runs
in a process of its own, so that the CPU time is the client's alone. Chunks come once as fast as they
can (`burst`) and once with a pause before each, so that each wakes the client up on its own (`paced`):
then bare httpx takes most of the time.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, aclosing

import httpx

from lumina_jupyter.engine import Engine
from lumina_jupyter.events import Event, MessageFinished, TextDelta
from lumina_jupyter.gateway.providers.base import Secret, Target
from lumina_jupyter.gateway.providers.openai_compatible import OpenAICompatible
from lumina_jupyter.gateway.requests import ChatRequest, Message
from lumina_jupyter.settings import Lumina
from tests.replay.server import ReplayServer, Reply

CHUNKS = 1000
PAIRS = 100
ROUNDS = 5
STREAMS = 200
CANCELS = 30
STREAM_CHUNKS = 100
MESSAGES = (Message.of("user", "Hello?"),)
PAYLOAD = {"model": "m", "messages": [{"role": "user", "content": "Hello?"}], "stream": True}

Streamer = Callable[[str], AsyncGenerator[Event, None]]


def answer(chunks: int, pause: float) -> Reply:
    """A stream of so many chunks of one size, every one an HTTP chunk with a pause (seconds) before it."""
    head = '{"id":"chatcmpl-0123456789","object":"chat.completion.chunk","created":1,"model":"m","system_fingerprint":"fp",'
    line = f'data: {head}"choices":[{{"index":0,"delta":{{"content":" token"}},"logprobs":null,"finish_reason":null}}]}}\n\n'
    last = f'data: {head}"choices":[{{"index":0,"delta":{{}},"logprobs":null,"finish_reason":"stop"}}]}}\n\n'
    body = line * chunks + last.ljust(len(line)) + "data: [DONE]\n\n"
    return Reply(content_type="text/event-stream", body=body.encode(), cut=len(line), apart=True, delay=pause)


async def serve() -> None:
    """Servers of a short answer, of long ones in both ways and for many at once, until the standard input ends."""
    replies = (answer(3, 0), answer(CHUNKS, 0), answer(CHUNKS, 0.0005), answer(STREAM_CHUNKS, 0.01))
    async with AsyncExitStack() as stack:
        servers = [await stack.enter_async_context(ReplayServer(reply)) for reply in replies]
        print(json.dumps([server.url for server in servers]), flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


async def raw(client: httpx.AsyncClient, url: str) -> tuple[float, float]:
    """Seconds to the first bytes of the body, and CPU seconds from there to its end."""
    began = time.perf_counter()
    first = cpu = 0.0
    async with client.stream("POST", f"{url}/v1/chat/completions", json=PAYLOAD) as response:
        async for _ in response.aiter_bytes():
            if not first:
                first, cpu = time.perf_counter() - began, time.process_time()
    return first, time.process_time() - cpu


async def read(stream: AsyncGenerator[Event, None]) -> tuple[float, float]:
    """Seconds to the first text, and CPU seconds from there to the end."""
    began = time.perf_counter()
    first = cpu = 0.0
    async with aclosing(stream) as events:
        async for event in events:
            if not first and isinstance(event, TextDelta):
                first, cpu = time.perf_counter() - began, time.process_time()
    return first, time.process_time() - cpu


async def compare(adapter: Streamer, engine: Streamer, short: str, burst: str, paced: str) -> None:
    """Measure all three in turn and print the figures."""
    async with httpx.AsyncClient() as client:

        async def all_three(url: str) -> list[tuple[float, float]]:
            return [await raw(client, url), await read(adapter(url)), await read(engine(url))]

        for _ in range(10):
            await all_three(short)
        firsts = [[first for first, _ in await all_three(short)] for _ in range(PAIRS)]
        cpus = {
            way: [[cpu / CHUNKS for _, cpu in await all_three(url)] for _ in range(ROUNDS)]
            for way, url in (("burst", burst), ("paced", paced))
        }
    show("gateway_openai_first_token_raw_httpx", statistics.median(row[0] for row in firsts) * 1e3, "ms")
    for place, name in enumerate(("adapter", "engine"), 1):
        later = statistics.median(row[place] - row[0] for row in firsts)
        show(f"gateway_openai_first_token_later_{name}", later * 1e3, "ms")
    for way, rows in cpus.items():
        for place, name in enumerate(("raw_httpx", "adapter", "engine")):
            show(
                f"gateway_openai_cpu_per_chunk_{way}_{name}", statistics.median(row[place] for row in rows) * 1e3, "ms"
            )
        more = statistics.median(row[2] - row[0] for row in rows)
        show(f"gateway_openai_cpu_per_chunk_{way}_engine_over_raw_httpx", more * 1e3, "ms")


async def many(engine: Streamer, url: str) -> None:
    """Many streams at once: how many are complete, and how long the event loop was blocked at most.

    `computing` is the longest that the loop's thread itself computed before it came round again; the
    other figure also holds the time that a busy machine gave to others.
    """
    blocked: list[float] = []
    computing: list[float] = []

    async def watch() -> None:
        while True:
            before, cpu = time.perf_counter(), time.thread_time()
            await asyncio.sleep(0.001)
            blocked.append(time.perf_counter() - before - 0.001)
            computing.append(time.thread_time() - cpu)

    async def one() -> bool:
        text, end = 0, None
        async for event in engine(url):
            text += isinstance(event, TextDelta)
            end = event
        return text == STREAM_CHUNKS and end == MessageFinished("stop")

    watcher = asyncio.create_task(watch())
    complete = sum(await asyncio.gather(*(one() for _ in range(STREAMS))))
    watcher.cancel()
    show(f"gateway_openai_{STREAMS}_streams_complete", complete, "streams")
    show(f"gateway_openai_{STREAMS}_streams_longest_block", max(blocked) * 1e3, "ms")
    show(f"gateway_openai_{STREAMS}_streams_longest_computing", max(computing) * 1e3, "ms")


async def cancel(provider: OpenAICompatible) -> None:
    """From the cancelling of a task that reads an answer to the close of the provider's connection."""
    seconds: list[float] = []
    async with ReplayServer(answer(10, 0), stall_after=600) as server:
        for _ in range(CANCELS):
            target = Target(provider="lab", name="m", base_url=f"{server.url}/v1")
            task = asyncio.create_task(read(provider.chat(ChatRequest(messages=MESSAGES), target)))
            await server.until_requests(len(seconds) + 1)
            await asyncio.sleep(0.02)  # long enough for the stall to be reached
            began = time.perf_counter()
            task.cancel()
            await server.until_connections(0)
            seconds.append(time.perf_counter() - began)
    show("gateway_openai_cancel_to_close_median", statistics.median(seconds) * 1e3, "ms")
    show("gateway_openai_cancel_to_close_longest", max(seconds) * 1e3, "ms")


def show(name: str, value: float, unit: str) -> None:
    """Print one figure."""
    print(f"{name} {value:.4g} {unit}")


async def measure(urls: list[str], data_dir: str) -> None:
    """Measure everything."""
    provider = OpenAICompatible()
    names = {url: f"lab{place}" for place, url in enumerate(urls)}
    endpoints = {name: {"base_url": f"{url}/v1"} for url, name in names.items()}
    whole = Engine(Lumina(data_dir=data_dir, endpoints=endpoints, ollama_url=""), {})

    def adapter(url: str) -> AsyncGenerator[Event, None]:
        target = Target(provider="lab", name="m", base_url=f"{url}/v1", key=Secret("sk-0123456789"))
        return provider.chat(ChatRequest(messages=MESSAGES), target)

    def engine(url: str) -> AsyncGenerator[Event, None]:
        return whole.chat(ChatRequest(messages=MESSAGES, model=f"{names[url]}/m"))

    await compare(adapter, engine, *urls[:3])
    await many(engine, urls[3])
    await whole.close()
    await cancel(provider)
    await provider.close()


async def main() -> None:
    """Start the server's process and measure."""
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-m", __spec__.name, "serve", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert server.stdout is not None
    assert server.stdin is not None
    urls = json.loads(await server.stdout.readline())
    with tempfile.TemporaryDirectory() as data_dir:
        await measure(urls, data_dir)
    server.stdin.close()
    await server.wait()


if __name__ == "__main__":
    asyncio.run(serve() if sys.argv[1:] == ["serve"] else main())
