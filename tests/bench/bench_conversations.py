"""Conversations on the server: 200 answers that are read as they stream, and catching up on 10,000 messages.

Prints `name value unit` lines. The server is a process of its own whose event loop measures itself, as in
`bench_server`.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import httpx

from lumina_jupyter.memory import Conversations, Log, NewEntry, Viewer
from lumina_jupyter.storage import Database
from tests.bench.bench_server import PROBE, show
from tests.integration.server.conversing import Panel, ask, begin, read_until_kept, told
from tests.integration.server.process import server
from tests.replay.answers import chat_reply
from tests.replay.server import ReplayServer

STREAMS = 200
PIECES = 100
TURNS = 5000
"""A question and an answer each."""


async def long_conversation(folder: Path) -> str:
    """A conversation of 10,000 messages in the database of a server to be; its id."""
    database = Database("", folder / "lumina")
    conversation = (await Conversations(database).begin("long.ipynb", viewer=Viewer())).id
    for first in range(0, TURNS, 500):
        entries = [entry for number in range(first, first + 500) for entry in turn(number)]
        await Log(database).append(conversation, entries)
    await database.close()
    return conversation


def turn(number: int) -> list[NewEntry]:
    """What one turn leaves in a log."""
    name = f"req_{number:032d}"
    pieces = [NewEntry("text_delta", {"text": "some words of an answer " * 10}, name) for _ in range(3)]
    return [
        NewEntry("question", {"text": f"Question {number}?", "model": "", "parent": "", "images": []}, name),
        NewEntry("message_started", {"request_id": name, "provider": "lab", "model": "lab/m"}, name),
        *pieces,
        NewEntry("usage", {"input_tokens": 100, "output_tokens": 50}, name),
        NewEntry("cost", {"usd": 0.001}, name),
        NewEntry("message_finished", {"reason": "stop"}, name),
    ]


async def main_in(folder: Path) -> None:
    """Both, at one server."""
    (folder / "loop_probe.py").write_text(PROBE)
    result = folder / "longest.json"
    long = await long_conversation(folder)
    async with ReplayServer(chat_reply(*["word "] * PIECES, delay=0.02)) as provider:
        settings = {"endpoints": {"lab": {"base_url": f"{provider.url}/v1"}}, "default_model": "lab/m"}
        variables = {"LOOP_PROBE": str(result), "PYTHONPATH": f"{folder}:{Path(__file__).parents[2]}"}
        running = server(folder, lumina=settings, environment=variables, extensions={"loop_probe": True})
        at = await asyncio.to_thread(running.__enter__)
        try:
            limits = httpx.Limits(max_connections=None)
            headers = {"Authorization": f"Bearer {at.token}"}
            async with httpx.AsyncClient(base_url=at.url, headers=headers, limits=limits, timeout=300) as http:
                await one(http, "warm.ipynb")
                await measured(result, "catch_up", catch_up(http, long))
                await measured(result, "streams", many(http))
        finally:
            await asyncio.to_thread(running.__exit__, None, None, None)


async def measured(result: Path, name: str, work: Coroutine[Any, Any, None]) -> None:
    """Run it, and print how long the server's loop was away meanwhile."""
    await asyncio.to_thread(result.with_name(result.name + ".reset").touch)
    await asyncio.sleep(0.2)
    await asyncio.to_thread(result.unlink, missing_ok=True)
    began = time.perf_counter()
    await work
    show(f"conversations_{name}_seconds", time.perf_counter() - began, "s")
    longest = json.loads(await asyncio.to_thread(result.read_text))
    show(f"conversations_{name}_longest_loop_block", longest["wall"], "ms")
    show(f"conversations_{name}_longest_loop_block_cpu", longest["cpu"], "ms")


async def catch_up(http: httpx.AsyncClient, conversation: str) -> None:
    """Read the long conversation to its end."""
    began = time.perf_counter()
    first = entries = 0.0
    async with http.stream("GET", f"lumina/api/conversations/{conversation}/stream") as response:
        async for name, *_ in told(response):
            first = first or time.perf_counter() - began
            entries += name == "entry"
            if name == "caught_up":
                break
    show("conversations_catch_up_first_entry", 1000 * first, "ms")
    show("conversations_catch_up_entries", entries, "entries")


async def many(http: httpx.AsyncClient) -> None:
    """200 conversations at once, each with a turn and its reader."""
    done = await asyncio.gather(*(one(http, f"{number}.ipynb") for number in range(STREAMS)))
    show("conversations_streams_complete", sum(done), f"of_{STREAMS}")


async def one(http: httpx.AsyncClient, notebook: str) -> bool:
    """Whether one answer was read whole."""
    conversation = await begin(http, notebook)
    asked = await ask(http, conversation, "Hello")
    panel: Panel = await read_until_kept(http, conversation, asked)
    return panel.text(asked) == "word " * PIECES


def main() -> None:
    """Run both."""
    with tempfile.TemporaryDirectory() as name:
        asyncio.run(main_in(Path(name)))


if __name__ == "__main__":
    main()
