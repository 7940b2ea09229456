"""How much our adapter adds to calling litellm directly, on the same loopback server.

Prints `name value unit` lines for Anthropic, Gemini and Bedrock: the delay of the first text and the
CPU time of each further chunk, for `litellm.acompletion` alone and for the adapter, and the median of
the paired differences. The server runs in a process of its own, so that the CPU time is the client's.
Pairs take turns at going first, so that neither profits from what the other has warmed.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time
from contextlib import AsyncExitStack, aclosing
from typing import Any

from lumina_jupyter.events import TextDelta
from lumina_jupyter.gateway.providers.base import Secret, Target
from lumina_jupyter.gateway.providers.litellm import LiteLLM
from lumina_jupyter.gateway.providers.litellm.library import library, prepare_event_stream
from lumina_jupyter.gateway.requests import ChatRequest, Message
from tests.replay.framing import as_amazon_event_stream, as_server_sent_events
from tests.replay.server import ReplayServer, Reply

CHUNKS = 400
PAIRS = 60
ROUNDS = 8
MODELS = {
    "anthropic": "anthropic/claude-sonnet-4-5",
    "gemini": "gemini/gemini-2.5-pro",
    "bedrock": "bedrock/converse/us.anthropic.claude-3-7-sonnet-20250219-v1:0",
}
KEY = "bearer-for-bench"
REQUEST = ChatRequest(messages=(Message.of("user", "Hello?"),))


def events(provider: str, chunks: int) -> list[dict[str, Any]]:
    """An answer of so many pieces of text, in the provider's dialect.

    No two neighbours are the same: litellm takes those for a model that repeats itself, and fails.
    """
    texts = [f" token {place % 10}" for place in range(chunks)]
    if provider == "gemini":
        usage = {"promptTokenCount": 7, "candidatesTokenCount": 3, "totalTokenCount": 10}
        parts = [{"content": {"role": "model", "parts": [{"text": text}]}, "index": 0} for text in texts]
        parts[-1]["finishReason"] = "STOP"
        return [{"candidates": [part], "usageMetadata": usage} for part in parts]
    if provider == "anthropic":
        message = {"id": "m", "type": "message", "role": "assistant", "content": [], "model": "claude"}
        return [
            {"type": "message_start", "message": {**message, "usage": {"input_tokens": 7, "output_tokens": 1}}},
            {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
            *(
                {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}}
                for text in texts
            ),
            {"type": "content_block_stop", "index": 0},
            {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 3}},
            {"type": "message_stop"},
        ]
    usage = {"inputTokens": 7, "outputTokens": 3, "totalTokens": 10}
    return [
        {"messageStart": {"role": "assistant"}},
        *({"contentBlockDelta": {"contentBlockIndex": 0, "delta": {"text": text}}} for text in texts),
        {"contentBlockStop": {"contentBlockIndex": 0}},
        {"messageStop": {"stopReason": "end_turn"}},
        {"metadata": {"usage": usage, "metrics": {"latencyMs": 1}}},
    ]


def answer(provider: str, chunks: int) -> Reply:
    """The stream of that answer, each event an HTTP chunk of its own or nearly."""
    text = "\n".join(json.dumps(event) for event in events(provider, chunks))
    if provider == "bedrock":
        body, kind = as_amazon_event_stream(text), "application/vnd.amazon.eventstream"
    else:
        body, kind = as_server_sent_events(text, done=False), "text/event-stream"
    return Reply(content_type=kind, body=body, cut=len(body) // chunks, apart=True)


async def serve() -> None:
    """Servers of a short and a long answer for each provider, until the standard input ends."""
    async with AsyncExitStack() as stack:
        urls = [
            [(await stack.enter_async_context(ReplayServer(answer(provider, chunks)))).url for chunks in (3, CHUNKS)]
            for provider in MODELS
        ]
        print(json.dumps(urls), flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


async def directly(litellm: Any, provider: str, url: str) -> tuple[float, float]:
    """Seconds to litellm's first text, and CPU seconds from there to the end."""
    began = time.perf_counter()
    first = cpu = 0.0
    stream = await litellm.acompletion(
        model=MODELS[provider],
        messages=[{"role": "user", "content": "Hello?"}],
        api_base=url,
        api_key=KEY,
        stream=True,
        num_retries=0,
        max_retries=0,
        **({"aws_region_name": "us-east-1"} if provider == "bedrock" else {}),
    )
    async for chunk in stream:
        if not first and chunk.choices and chunk.choices[0].delta.content:
            first, cpu = time.perf_counter() - began, time.process_time()
    return first, time.process_time() - cpu


async def adapted(adapter: LiteLLM, provider: str, url: str) -> tuple[float, float]:
    """The same through the adapter."""
    target = Target(provider=provider, name=MODELS[provider].split("/")[-1], base_url=url, key=Secret(KEY))
    began = time.perf_counter()
    first = cpu = 0.0
    async with aclosing(adapter.chat(REQUEST, target)) as stream:
        async for event in stream:
            if not first and isinstance(event, TextDelta):
                first, cpu = time.perf_counter() - began, time.process_time()
    return first, time.process_time() - cpu


async def compare(litellm: Any, adapter: LiteLLM, provider: str, short: str, long: str) -> None:
    """Measure both in turn and print the figures."""

    async def pair(url: str, place: int) -> tuple[tuple[float, float], tuple[float, float]]:
        if place % 2:
            ours = await adapted(adapter, provider, url)
            return await directly(litellm, provider, url), ours
        return await directly(litellm, provider, url), await adapted(adapter, provider, url)

    for place in range(6):
        await pair(short, place)
    firsts = [await pair(short, place) for place in range(PAIRS)]
    longs = [await pair(long, place) for place in range(ROUNDS)]
    name = f"gateway_litellm_{provider}"
    show(f"{name}_first_token_litellm", statistics.median(direct[0] for direct, _ in firsts) * 1e3, "ms")
    show(f"{name}_first_token_adapter", statistics.median(ours[0] for _, ours in firsts) * 1e3, "ms")
    show(f"{name}_first_token_later", statistics.median(ours[0] - direct[0] for direct, ours in firsts) * 1e3, "ms")
    show(f"{name}_cpu_per_chunk_litellm", statistics.median(direct[1] for direct, _ in longs) / CHUNKS * 1e3, "ms")
    show(f"{name}_cpu_per_chunk_adapter", statistics.median(ours[1] for _, ours in longs) / CHUNKS * 1e3, "ms")
    more = statistics.median(ours[1] - direct[1] for direct, ours in longs)
    show(f"{name}_cpu_per_chunk_more", more / CHUNKS * 1e3, "ms")


def show(name: str, value: float, unit: str) -> None:
    """Print one figure."""
    print(f"{name} {value:.4g} {unit}", flush=True)


async def measure(urls: list[list[str]]) -> None:
    """Measure every provider."""
    adapter = LiteLLM()
    await prepare_event_stream()
    litellm: Any = (await library()).module
    litellm.disable_aiohttp_transport = False  # its own choice, for its own calls
    for provider, (short, long) in zip(MODELS, urls, strict=True):
        await compare(litellm, adapter, provider, short, long)
    await adapter.close()


async def main() -> None:
    """Start the servers in another process and measure against them."""
    server = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        __spec__.name,
        "serve",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert server.stdin is not None
    assert server.stdout is not None
    try:
        await measure(json.loads(await server.stdout.readline()))
    finally:
        server.stdin.close()
        await server.wait()


if __name__ == "__main__":
    asyncio.run(serve() if sys.argv[1:] == ["serve"] else main())
