"""A server with live notebooks that is told to end: it does by itself, soon, and everything is on the disk."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import nbformat
import pytest
from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

from lumina_jupyter.collaboration.document.cell import Cell
from tests.integration.collaboration.live.participant import Participant, joined, until

from .process import Running, server

NAME = "a.ipynb"
LIVE = {"jupyter_server_fileid": True, "jupyter_server_ydoc": True}
DEADLINE = 60.0
"""Seconds after which a server that was told to end counts as one that never does."""
WAITS = "import time\nprint('begun', flush=True)\ntime.sleep(600)"


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """A server in a terminal, with live notebooks, and a notebook; Ctrl-C ends it without a question."""
    person, keyboard = os.openpty()
    (tmp_path / "data").mkdir()  # for the file ids, which are looked up in Jupyter's data folder
    options: dict[str, Any] = {"extensions": LIVE, "forked": True, "keyboard": keyboard}
    try:
        with server(tmp_path, "--ServerApp.answer_yes=True", **options) as running:
            cells = [nbformat.v4.new_code_cell("x", id="a"), nbformat.v4.new_code_cell(WAITS, id="waits")]
            nbformat.write(nbformat.v4.new_notebook(cells=cells), _file(running))
            yield running
    finally:
        os.close(person)
        os.close(keyboard)


def _file(running: Running) -> Path:
    return running.folder / "root with spaces" / NAME


def on_disk(running: Running) -> list[dict[str, Any]]:
    """The cells in the file."""
    cells: list[dict[str, Any]] = json.loads(_file(running).read_text())["cells"]
    return cells


def source_on_disk(running: Running) -> str:
    """The text of the first cell in the file."""
    return "".join(on_disk(running)[0]["source"])


async def ended(running: Running, *signals: signal.Signals) -> int:
    """How the server ended that is told to, by SIGTERM where nothing else is said."""
    for number in signals or (signal.SIGTERM,):
        running.process.send_signal(number)
        # Else both would come as one.
        await until(lambda: "stopping" in running.log or "Shutting down" in running.log)
    end = time.monotonic() + DEADLINE
    while (code := running.process.poll()) is None:
        assert time.monotonic() < end, f"The server does not end:\n{running.log}"
        await asyncio.sleep(0.02)
    return code


async def agent_writes(running: Running, anna: Participant, text: str) -> None:
    """An agent gives the first cell another text."""
    base = Cell(id="a", type="code", source=anna.texts[0]).hash
    body = {"path": NAME, "base_hash": base, "change": {"type": "text", "text": text}, "run": "tidy", "model": "lab/m"}
    async with asking(running) as http:
        answer = await http.patch("lumina/api/notebooks/cells/a", json=body)
        assert answer.status_code == 200, answer.text
    await anna.until(lambda: anna.texts[0] == text)


@asynccontextmanager
async def asking(running: Running) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the server."""
    headers = {"Authorization": f"Bearer {running.token}"}
    async with httpx.AsyncClient(base_url=running.url, headers=headers, timeout=60) as http:
        yield http


@pytest.mark.parametrize(
    "signals",
    [(signal.SIGTERM,), (signal.SIGINT,), (signal.SIGINT, signal.SIGINT)],
    ids=["terminated", "Ctrl-C", "Ctrl-C twice"],
)
async def test_a_server_ends_while_a_notebook_is_open(running: Running, signals: tuple[signal.Signals, ...]) -> None:
    async with joined(running.url, running.token, NAME) as anna:
        anna.type(0, "y")
        async with joined(running.url, running.token, NAME) as ben:
            # What Anna typed has come to the server, and is too new to be saved.
            await ben.until(lambda: ben.texts[0] == "xy")
            ben.type(0, "z")
            await anna.until(lambda: anna.texts[0] == "xyz")
            assert await ended(running, *signals) == 0
    assert source_on_disk(running) == "xyz"
    assert "Traceback" not in running.log


async def test_a_server_ends_just_after_an_agent_has_edited_a_notebook(running: Running) -> None:
    async with joined(running.url, running.token, NAME) as anna:
        await agent_writes(running, anna, "agent")
        anna.type(0, " and Anna")
        async with joined(running.url, running.token, NAME) as ben:
            await ben.until(lambda: ben.texts[0] == "agent and Anna")
        assert await ended(running) == 0
    assert source_on_disk(running) == "agent and Anna"
    assert "Traceback" not in running.log


async def test_a_server_ends_while_cells_run_in_an_open_notebook(running: Running) -> None:
    async with joined(running.url, running.token, NAME) as anna, asking(running) as http:
        told: list[str] = []
        body = {"path": NAME, "cells": ["waits"]}
        async with http.stream("POST", "lumina/api/notebooks/run", json=body) as answer:
            lines = answer.aiter_lines()
            async for line in lines:
                told.append(line)
                if anna.notebook.ycells[1]["outputs"]:
                    break
            ending = asyncio.create_task(ended(running))
            told += [line async for line in lines]
            assert await ending == 0
    assert any('"type":"finished"' in line and "interrupted" in line for line in told), told
    outputs = on_disk(running)[1]["outputs"]
    assert [each.get("ename", each["output_type"]) for each in outputs] == ["stream", "KeyboardInterrupt"]
    assert "Traceback" not in running.log


async def test_a_server_ends_while_a_page_follows_a_notebook(running: Running) -> None:
    async with (
        joined(running.url, running.token, NAME),
        asking(running) as http,
        http.stream("GET", "lumina/api/notebooks/events", params={"path": NAME}) as answer,
    ):
        lines = answer.aiter_lines()
        async for line in lines:
            if line.startswith("event: agents"):
                break
        ending = asyncio.create_task(ended(running))
        # The stream ends as one does that is over, and is not cut off.
        async for _ in lines:
            pass
        assert await ending == 0
    assert "Traceback" not in running.log


async def test_a_server_ends_while_a_page_reads_its_streams(running: Running) -> None:
    url = f"{running.url.replace('http', 'ws', 1)}lumina/api/streams"
    async with joined(running.url, running.token, NAME):
        page = await websocket_connect(HTTPRequest(url, headers={"Authorization": f"token {running.token}"}))
        await page.write_message(json.dumps({"open": 1, "path": f"notebooks/events?path={NAME}"}))
        told: list[dict[str, Any]] = []
        while not any("event: agents" in each.get("data", "") for each in told):
            told.append(json.loads(await page.read_message() or "null"))
        ending = asyncio.create_task(ended(running))
        while (message := await page.read_message()) is not None:
            told.append(json.loads(message))
        assert await ending == 0
    assert told[-1] == {"id": 1, "end": True}
    assert "Traceback" not in running.log
