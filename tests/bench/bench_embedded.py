"""Embedded model: tokens per second through our adapter, beside llama.cpp called directly with the same prompt.

Runs are paired and alternate, so that what else the machine does falls on both alike. The direct side
is xllamacpp's own server in a process of its own, asked in process, with the same parameters.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import IO

from jupyter_core.paths import jupyter_data_dir

from lumina_jupyter.events import Event, TextDelta, Usage
from lumina_jupyter.gateway.embedded import EmbeddedModels
from lumina_jupyter.gateway.embedded.machine import usable_cores
from lumina_jupyter.gateway.embedded.weights import PARALLEL
from lumina_jupyter.gateway.providers.base import Target
from lumina_jupyter.gateway.providers.embedded import Embedded
from lumina_jupyter.gateway.requests import ChatRequest, Message
from lumina_jupyter.settings import Lumina

_MODELS = Path(os.environ.get("LUMINA_TEST_MODELS") or Path(jupyter_data_dir()) / "lumina" / "models")
_PROMPT = "Write a long story about a lighthouse."
_TOKENS = 128
_RUNS = 15
_CONTEXT = 2048

_DIRECT = """
import json, os, sys, time
order = json.loads(sys.stdin.readline())
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
import xllamacpp
params = xllamacpp.CommonParams()
params.model.path = order["path"]
params.n_parallel = order["parallel"]
params.n_ctx = order["context"]
params.kv_unified = False
params.cpuparams.n_threads = params.cpuparams_batch.n_threads = order["threads"]
params.verbosity = 0
server = xllamacpp.Server(params)
for line in sys.stdin:
    pieces, times = [], []
    def take(piece):
        times.append(time.perf_counter())
        pieces.append(piece)
        return False
    server.handle_chat_completions(json.loads(line), take)
    last = pieces[-1][-1] if isinstance(pieces[-1], list) else pieces[-1]
    tokens = last["timings"]["predicted_n"]
    print((tokens - 1) / (times[-1] - times[0]), file=answers, flush=True)
"""


def main() -> None:
    """Print each figure as `name value unit`."""
    asyncio.run(_measure())


async def _measure() -> None:
    settings = Lumina(models_dir=str(_MODELS), embedded_context=_CONTEXT)
    models = EmbeddedModels(settings)
    adapter = Embedded(models)
    direct = _start_direct(models)
    try:
        ours: list[float] = []
        theirs: list[float] = []
        first: list[float] = []
        for _ in range(_RUNS + 1):
            rate, wait = await _ours(adapter)
            ours.append(rate)
            first.append(wait)
            theirs.append(await asyncio.to_thread(_theirs, direct))
        # The first pair loads and warms.
        ratios = [a / b for a, b in zip(ours[1:], theirs[1:], strict=True)]
        print(f"embedded_tokens_per_second {statistics.median(ours[1:]):.1f} tokens/s")
        print(f"embedded_tokens_per_second_direct {statistics.median(theirs[1:]):.1f} tokens/s")
        print(f"embedded_ratio_to_direct {statistics.median(ratios):.3f} ratio")
        print(f"embedded_first_token {1000 * statistics.median(first[1:]):.0f} ms")
    finally:
        direct.kill()
        direct.wait()
        await adapter.close()
        await models.close()


async def _ours(adapter: Embedded) -> tuple[float, float]:
    """Tokens per second of the whole answer after its first piece, and seconds to that."""
    request = ChatRequest(
        messages=(Message.of("user", _PROMPT),), max_tokens=_TOKENS, temperature=0.0, extra={"ignore_eos": True}
    )
    target = Target(provider="embedded", name="smollm2-135m")
    began = time.perf_counter()
    events: list[Event] = []
    first = 0.0
    async for event in adapter.chat(request, target):
        if isinstance(event, TextDelta) and not first:
            first = time.perf_counter()
        events.append(event)
    tokens = next(event.output_tokens for event in events if isinstance(event, Usage))
    return (tokens - 1) / (time.perf_counter() - first), first - began


def _start_direct(models: EmbeddedModels) -> subprocess.Popen[str]:
    order = {
        "path": str(models.weights.require("smollm2-135m").path),
        "parallel": PARALLEL,
        "context": _CONTEXT * PARALLEL,
        "threads": usable_cores(),
    }
    process = subprocess.Popen(
        [sys.executable, "-c", _DIRECT],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    print(json.dumps(order), file=_pipe(process.stdin), flush=True)
    return process


def _theirs(process: subprocess.Popen[str]) -> float:
    """Tokens per second from the first piece on, for an answer streamed to a callback."""
    body = {
        "messages": [{"role": "user", "content": _PROMPT}],
        "max_tokens": _TOKENS,
        "temperature": 0.0,
        "ignore_eos": True,
        "stream": True,
        "stream_options": {"include_usage": True},
        "timings_per_token": False,
    }
    print(json.dumps(body), file=_pipe(process.stdin), flush=True)
    return float(_pipe(process.stdout).readline())


def _pipe(pipe: IO[str] | None) -> IO[str]:
    if pipe is None:
        raise RuntimeError("the process has no pipes")
    return pipe


if __name__ == "__main__":
    main()
