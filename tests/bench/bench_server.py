"""The Jupyter server under 200 streams at once, and how soon it lets go of a provider whose reader left.

Prints `name value unit` lines. The streams run in a server process of its own, whose event loop measures
itself: a block is the time between two of its looks at the sockets, once by the clock (on a busy machine that
includes waiting for a core) and once in CPU time of the loop's thread.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
from pathlib import Path

import httpx

from tests.integration.server.process import server
from tests.replay.answers import chat_reply
from tests.replay.server import ReplayServer, Reply

STREAMS = 200
PIECES = 100
DISCONNECTS = 20
PROBE = """
import asyncio, json, os, time


def _jupyter_server_extension_points():
    return [{"module": "loop_probe"}]


def _load_jupyter_server_extension(app):
    selector = app.io_loop.asyncio_loop._selector
    select, path = selector.select, os.environ["LOOP_PROBE"]
    longest = {"wall": 0.0, "cpu": 0.0}
    last = [time.perf_counter(), time.thread_time()]

    def timed_select(timeout=None):
        turn = {"wall": time.perf_counter() - last[0], "cpu": time.thread_time() - last[1]}
        if os.path.exists(path + ".reset"):
            os.unlink(path + ".reset")
            longest.update(wall=0.0, cpu=0.0)
        elif turn["wall"] > longest["wall"] or turn["cpu"] > longest["cpu"]:
            longest.update({name: max(longest[name], turn[name]) for name in turn})
            with open(path + ".new", "w") as file:
                json.dump({name: 1000 * seconds for name, seconds in longest.items()}, file)
            os.replace(path + ".new", path)
        found = select(timeout)
        last[:] = time.perf_counter(), time.thread_time()
        return found

    app.io_loop.add_callback(lambda: setattr(selector, "select", timed_select))
"""


def show(name: str, value: float, unit: str) -> None:
    print(f"{name} {value:.1f} {unit}", flush=True)


async def streams(folder: Path) -> None:
    """200 clients, each reading a whole answer."""
    (folder / "loop_probe.py").write_text(PROBE)
    result = folder / "longest.json"
    reply = chat_reply(*["word "] * PIECES, delay=0.02)
    async with ReplayServer(reply) as provider:
        settings = {"endpoints": {"lab": {"base_url": f"{provider.url}/v1"}}, "default_model": "lab/m"}
        variables = {"LOOP_PROBE": str(result), "PYTHONPATH": f"{folder}:{Path(__file__).parents[2]}"}
        running = server(folder, lumina=settings, environment=variables, extensions={"loop_probe": True})
        at = await asyncio.to_thread(running.__enter__)
        try:
            limits = httpx.Limits(max_connections=None)
            headers = {"Authorization": f"Bearer {at.token}"}
            async with httpx.AsyncClient(base_url=at.url, headers=headers, limits=limits, timeout=300) as http:
                for path in ("lumina/api/chat", "lumina/v1/chat/completions"):
                    await _one(http, path)
                    (folder / "longest.json.reset").touch()
                    await asyncio.sleep(0.2)
                    result.unlink(missing_ok=True)
                    began = time.perf_counter()
                    done = await asyncio.gather(*(_one(http, path) for _ in range(STREAMS)))
                    name = path.split("/")[1]
                    show(f"server_{name}_streams_complete", sum(done), f"of_{STREAMS}")
                    show(f"server_{name}_streams_seconds", time.perf_counter() - began, "s")
                    longest = json.loads(result.read_text())
                    show(f"server_{name}_longest_loop_block", longest["wall"], "ms")
                    show(f"server_{name}_longest_loop_block_cpu", longest["cpu"], "ms")
        finally:
            await asyncio.to_thread(running.__exit__, None, None, None)


async def disconnects(folder: Path) -> None:
    """From a client's going away to the end of the provider's connection."""
    reply = chat_reply("one", "two")
    hanging = Reply(content_type="text/event-stream", body=reply.body, stall_after=reply.body.index(b'"two"'))
    seconds = []
    async with ReplayServer(hanging) as provider:
        settings = {"endpoints": {"lab": {"base_url": f"{provider.url}/v1"}}, "default_model": "lab/m"}
        running = server(folder, lumina=settings)
        at = await asyncio.to_thread(running.__enter__)
        try:
            async with httpx.AsyncClient(base_url=at.url, headers={"Authorization": f"Bearer {at.token}"}) as http:
                for _ in range(DISCONNECTS):
                    async with http.stream("POST", "lumina/api/chat", json={"prompt": [{"text": "Hi"}]}) as response:
                        async for line in response.aiter_lines():
                            if "text_delta" in line:
                                break
                        began = time.perf_counter()
                    await provider.until_connections(0)
                    seconds.append(time.perf_counter() - began)
        finally:
            await asyncio.to_thread(running.__exit__, None, None, None)
    show("server_disconnect_to_provider_closed_longest", 1000 * max(seconds), "ms")


async def _one(http: httpx.AsyncClient, path: str) -> bool:
    """Whether one answer came whole."""
    ours = path.endswith("api/chat")
    body: dict[str, object] = {"prompt": [{"text": "Hello"}], "history": False}
    if not ours:
        body = {"messages": [{"role": "user", "content": "Hello"}], "stream": True}
    words, ended = 0, False
    async with http.stream("POST", path, json=body) as response:
        async for line in response.aiter_lines():
            words += line.count("word ")
            ended = ended or '"message_finished"' in line or line == "data: [DONE]"
    return words == PIECES and ended


def main() -> None:
    """Run both."""
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "streams").mkdir()
        asyncio.run(streams(Path(name) / "streams"))
        asyncio.run(disconnects(Path(name) / "disconnects"))


if __name__ == "__main__":
    main()
