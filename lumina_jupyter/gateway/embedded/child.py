"""The child process that runs one embedded model: llama.cpp's own HTTP server on loopback.

Started by `process`, as a script of its own and without the rest of the package. The first line of its
standard input is the order, as JSON; the one line that it answers on its standard output says where it
listens, or why it cannot. After that it lives until its standard input ends, which happens when the
parent closes it and also when the parent dies in any way.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

_ORPHAN_CHECK_SECONDS = 2.0
_PROMPT_CACHE_MB = 256
_BATCH = 32
"""Tokens of a prompt that are read between two looks at who is still there and who else waits. Reading a long prompt
takes seconds: with llama.cpp's own 2048 nobody could stop it and every other answer stood still meanwhile. On two cores
32 take a quarter of a second (of a model of half a billion weights) and cost a sixth of the speed of reading."""
_PING_SECONDS = 10
"""How often a waiting stream hears from us, so that silence means trouble."""


def main() -> None:
    """Serve the model until the parent goes away."""
    answers = _take_standard_output()
    parent = os.getppid()
    order = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_end_with_the_parent, args=(parent,), daemon=True).start()
    _offer_to_the_oom_killer()
    try:
        server = _serve(order)
        answer = {"url": server.listening_address}
    except Exception as error:  # noqa: BLE001 - whatever it is, the parent must hear of it
        answer = {"error": str(error) or type(error).__name__}
    os.write(answers, json.dumps(answer).encode() + b"\n")
    if "error" in answer:
        os._exit(1)
    threading.Event().wait()


def _take_standard_output() -> int:
    """Keep standard output for the one answer; llama.cpp's logs go to standard error, wherever it prints them."""
    answers = os.dup(1)
    os.dup2(2, 1)
    return answers


def _end_with_the_parent(parent: int) -> None:
    """End when standard input ends, or when the parent is gone though a fork of it keeps the pipe open."""
    threading.Thread(target=_end_with_the_input, daemon=True).start()
    while os.name == "nt" or os.getppid() == parent:
        time.sleep(_ORPHAN_CHECK_SECONDS)
    os._exit(0)


def _end_with_the_input() -> None:
    while os.read(0, 4096):
        pass
    # Not sys.exit: llama.cpp's threads would be waited for.
    os._exit(0)


def _offer_to_the_oom_killer() -> None:
    """When memory runs out, this process is the one that can be spared: it starts again by itself."""
    if sys.platform == "linux":
        try:
            Path("/proc/self/oom_score_adj").write_text("500")
        except OSError as error:
            print(f"oom_score_adj: {error}", file=sys.stderr)  # noqa: T201 - standard error is this process's log


def _serve(order: dict[str, Any]) -> Any:
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = order["path"]
    params.model_alias = {order["name"]}
    params.n_parallel = order["parallel"]
    params.n_ctx = order["context"] * order["parallel"]
    # Each slot has its own context, so that one long prompt never takes another's room.
    params.kv_unified = False
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = order["threads"]
    params.cache_ram_mib = _PROMPT_CACHE_MB
    params.api_keys = [order["key"]]
    params.cors_origins = ""
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.ui = False
    params.endpoint_slots = False
    params.offline = True
    params.sse_ping_interval = _PING_SECONDS
    if order["embedding"]:
        params.embedding = True
        params.pooling_type = xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_MEAN
    else:
        # Not for embeddings, which need a whole text in one batch.
        params.n_batch = params.n_ubatch = _BATCH
    return xllamacpp.Server(params)


if __name__ == "__main__":
    main()
