"""`lumina agent` and `lumina runs`: processes beside a server whose user's they are."""

from __future__ import annotations

import asyncio
import json
import signal
from pathlib import Path

import pytest

from lumina_jupyter.agent import RunView
from tests.integration.cli.beside_server import Commands
from tests.integration.server.conftest import Face
from tests.integration.server.live import NAME

from .conftest import Desk, MakeDesk, until
from .scripted import add, plan, run_of


@pytest.fixture
def commands(face: Face, tmp_path: Path) -> Commands:
    return Commands(face, tmp_path / "home")


async def last(here: Desk) -> RunView:
    runs = await here.agents.list(NAME)
    assert runs
    return runs[0]


async def test_a_run_from_a_terminal_and_all_that_is_said_to_it(desk: MakeDesk, face: Face, commands: Commands) -> None:
    here = await desk("x = 20")
    path = str(here.notebook.file)
    here.mind.texts = ["y = 21 * 2\nprint(y)"]
    here.mind.plans = [plan(add(), run_of(), answers=True)]
    here.mind.says = "It is 42.\x1b[2J"
    process = await commands.begin("agent", "Add y.", path, "--gear", "2", "--yes-plan")

    async def granted() -> bool:
        for each in await here.engine.tools.approvals.list():
            await here.engine.tools.approvals.decide(each.id, "grant", by="Ada", scope="run")
        return process.returncode is not None

    output, errors = (await asyncio.gather(process.communicate(), until(granted)))[0]
    text = output.decode()
    assert process.returncode == 0, text + errors.decode()
    run = (await last(here)).id
    for told in (
        "Plan of 2 steps",
        "1. Adds a code cell",
        "(at once)",
        "(asks you)",
        "[2] Run r",
        "It is 42.",
        "done:",
    ):
        assert told in text, text
    assert f"lumina runs undo {run}" in text
    assert "\x1b" not in text
    assert "lumina approvals grant apr_" in errors.decode()
    assert here.cells == ["x = 20", "y = 21 * 2\nprint(y)"]

    listed, shown = await asyncio.gather(commands.run("runs"), commands.run("runs", run))
    assert run in listed
    assert "[1] Add a" in shown
    told = json.loads(await commands.run("runs", run, "--json"))
    assert (told["id"], told["state"], told["report"]["answer"][:9]) == (run, "done", "It is 42.")
    assert "is undone" in await commands.run("runs", "undo", run)
    assert here.cells == ["x = 20"]
    assert "done again" not in await commands.run("runs", "undo", run, "--step", "1", "--redo")
    assert here.cells == ["x = 20", "y = 21 * 2\nprint(y)"]
    assert "no step" in await commands.run("runs", "undo", run, "--step", "9", code=1)
    assert "no run" in await commands.run("runs", "run_none", code=1)


async def test_a_plan_is_left_to_be_decided_and_ctrl_c_stops_a_run(
    desk: MakeDesk, face: Face, commands: Commands
) -> None:
    here = await desk("x = 1")
    path = str(here.notebook.file)
    here.mind.plans = [plan(add(source="y = 1"))]
    text = await commands.run("agent", "Add y.", path, "--plan")
    run = (await last(here)).id
    assert f"lumina runs approve {run}" in text
    assert "+y = 1" in text
    assert here.cells == ["x = 1"]
    await commands.run("runs", "approve", run)
    await here.ended(run)
    assert here.cells == ["x = 1", "y = 1"]

    # Without a terminal nobody is asked; a plan that is refused ends with exit code 1.
    process = await commands.begin("agent", "Add y.", path, "--gear", "2", "--json")
    waiting: RunView = await until(lambda: _waits(here, run))
    await commands.run("runs", "refuse", waiting.id)
    output, _ = await process.communicate()
    assert process.returncode == 1
    assert json.loads(output)["id"] == waiting.id

    hold = asyncio.Event()
    here.mind.before = lambda what: hold.wait() if what == "plan" else None
    process = await commands.begin("agent", "Work.", path)
    assert process.stdout is not None
    first = await process.stdout.readline()
    assert b"Understood" in first, first
    process.send_signal(signal.SIGINT)
    _, errors = await process.communicate()
    assert process.returncode == 1
    assert b"Stopping the run" in errors
    assert (await last(here)).state == "stopped"

    detached = (await commands.run("agent", "Work.", path, "--detach")).strip()
    for word, told in (("pause", "paused"), ("resume", "is planning"), ("stop", "stopped")):
        assert told in await commands.run("runs", word, detached)
    assert "not one of" in await commands.run("agent", "Work.", path, "--gear", "9", code=2)
    await commands.run("agent", "Work.", str(Path(path).with_name("none.ipynb")), code=1)


async def _waits(here: Desk, other: str) -> RunView | None:
    run = await last(here)
    return run if run.id != other and run.state == "waiting" else None
