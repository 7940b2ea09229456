"""The examples in docs/agent.md run as they stand."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from pathlib import Path

import nbformat

from tests.integration.server.conftest import Face

from .conftest import MakeDesk, until
from .scripted import add, plan
from .test_cells import Cell, front_end, last

DOCUMENT = (Path(__file__).parents[3] / "docs" / "agent.md").read_text(encoding="utf-8")
CELLS = re.findall(r"```ipython\n(.*?)```", DOCUMENT, re.DOTALL)
WIDGET, CLIENT = re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)


async def test_the_cells_and_the_widget(desk: MakeDesk, face: Face) -> None:
    here = await desk("x = 1", agent_runs=10)
    here.mind.plans = [plan(add(source="print(1)"))]
    assert len(CELLS) == 5
    async with front_end(face) as front:
        for source in CELLS:
            cell = await front.done(source.strip())
            assert cell.outputs is not None
        await (await front.done("%lumina stop")).shows("is stopped")
        cell = await front.done(WIDGET)
        view = "application/vnd.jupyter.widget-view+json"
        assert await until(lambda: _has(cell, view))
        run = await last(here)
        await (await front.done("print([_.run_id, _.run['state'], len(_.events) > 2])")).shows(
            f"['{run.id}', '{run.state}', True]"
        )


async def test_the_client(desk: MakeDesk, face: Face) -> None:
    here = await desk("x = 1")
    here.mind.plans = [plan(add(source="print(1)"))]
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("a = 1")]), here.root / "example.ipynb")
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        CLIENT,
        env={**os.environ, "URL": face.url, "TOKEN": face.token},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )

    async def over() -> bool:
        for each in await here.engine.tools.approvals.list():
            await here.engine.tools.approvals.decide(each.id, "grant", by="Ada", scope="run")
        return process.returncode is not None

    (output, errors), _ = await asyncio.gather(process.communicate(), until(over))
    assert process.returncode == 0, errors.decode()
    lines = output.decode().splitlines()
    assert "step Add a" in lines
    assert lines[-1] == "done"


async def _has(cell: Cell, media_type: str) -> bool:
    return any(media_type in output.get("data", {}) for output in cell.outputs)
