"""Cells that a real server runs in real kernels, into live rooms and into files."""

from __future__ import annotations

import asyncio
import json
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest
from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect
from traitlets.config import Config

from tests.replay.server import ReplayServer

from .conftest import Face
from .live import NAME, Notebook, events, outputs_on_disk, run, text_of, watch

RUN = "lumina/api/notebooks/run"
AWARENESS = 1
"""First byte of a message about who is there."""


@pytest.fixture
def jp_server_config(jp_server_config: Config, tmp_path: Path) -> Config:
    extensions = jp_server_config["ServerApp"]["jpserver_extensions"]
    extensions |= {"jupyter_server_ydoc": True, "jupyter_server_fileid": True}
    jp_server_config["SQLiteYStore"]["db_path"] = str(tmp_path / "rooms.db")
    jp_server_config["BaseFileIdManager"]["db_path"] = str(tmp_path / "ids.db")
    return jp_server_config


@pytest.fixture(params=["room", "file"])
def notebook(request: pytest.FixtureRequest, face: Face) -> Notebook:
    return Notebook(face, request.param)


@pytest.fixture
def in_room(face: Face) -> Notebook:
    return Notebook(face, "room")


@pytest.fixture
def in_file(face: Face) -> Notebook:
    return Notebook(face, "file")


def finished(told: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """How the cells ended, and then the run."""
    cells = [("cell", each["status"]) for each in told if each["type"] == "cell_finished"]
    return [*cells, ("run", told[-1]["status"])]


async def wait_for(file: Path) -> None:
    while not file.exists():  # noqa: ASYNC110, ASYNC240 - another process makes it
        await asyncio.sleep(0.01)


# --- what cells put out ------------------------------------------------------------------------------


async def test_outputs_of_every_kind_reach_the_notebook_with_no_browser_open(notebook: Notebook) -> None:
    shown = """
import sys
from IPython.display import HTML, clear_output, display
print("gone"); clear_output(wait=True)
handle = display(HTML("<b>1</b>"), display_id=True)
for i in range(300): print(f"\\r{i} of 300", end="")
print("\\nüber", flush=True)
print("careful", file=sys.stderr)
handle.update(HTML("<b>2</b>"))
6 * 7
"""
    first, second = await notebook.make(shown, "handle.update(HTML('<b>3</b>'))")
    told = await run(notebook.face)
    assert finished(told) == [("cell", "ok"), ("cell", "ok"), ("run", "ok")]
    assert [each["type"] for each in told if each["type"] != "cell_progress"] == [
        "queued",
        *["cell_started", "cell_finished"] * 2,
        "finished",
    ]
    html, out, err, result = (await notebook.cell(first))["outputs"]
    assert html["data"]["text/html"] == "<b>3</b>"
    assert (out["name"], out["text"]) == ("stdout", "299 of 300\nüber\n")
    assert (err["name"], err["text"]) == ("stderr", "careful\n")
    assert (result["output_type"], result["data"]["text/plain"], result["execution_count"]) == (
        "execute_result",
        "42",
        1,
    )
    assert [(await notebook.cell(each))["execution_count"] for each in (first, second)] == [1, 2]
    assert [each["output_type"] for each in outputs_on_disk(notebook)] == [
        "display_data",
        "stream",
        "stream",
        "execute_result",
    ]
    assert notebook.on_disk()["cells"][0]["execution_count"] == 1


async def test_the_kernel_is_the_notebooks_own(notebook: Notebook) -> None:
    await notebook.make("x = 5", "print(x)", kernelspec={"name": "python3", "display_name": "Python 3"})
    await run(notebook.face)
    async with notebook.face.client() as http:
        (session,) = (await http.get("api/sessions")).json()
    assert (session["path"], session["kernel"]["name"]) == (NAME, "python3")
    await run(notebook.face, cells=[(await notebook.content())["cells"][1]["id"]])
    async with notebook.face.client() as http:
        assert len((await http.get("api/kernels")).json()) == 1
    assert text_of((await notebook.content())["cells"][1]) == "5\n"


async def test_an_error_ends_the_run_and_leaves_the_rest_alone(notebook: Notebook) -> None:
    first, second = await notebook.make("1/0", "print('never')")
    told = await run(notebook.face)
    assert finished(told) == [("cell", "error"), ("run", "error")]
    assert told[-1]["code"] == "cell_failed"
    assert "division by zero" in told[-1]["message"]
    (error,) = (await notebook.cell(first))["outputs"]
    assert error["ename"] == "ZeroDivisionError"
    assert error["traceback"]
    assert (await notebook.cell(second))["outputs"] == []


async def test_output_beyond_the_limit_is_left_out_and_a_notice_says_so(notebook: Notebook) -> None:
    notebook.face.extension.service.settings.run_output_mb = 0.1
    long = "for i in range(20_000): print('ä' * 10)"
    first, second, third = await notebook.make(
        long, "print('after')", "from IPython.display import HTML\nHTML('x' * 200_000)"
    )
    told = await run(notebook.face)
    assert finished(told) == [("cell", "ok")] * 3 + [("run", "ok")]
    ended = next(each for each in told if each["type"] == "cell_finished")
    assert ended["output_bytes"] <= 100_000
    assert ended["output_bytes"] + ended["left_out_bytes"] == 20_000 * 21
    cell = await notebook.cell(first)
    assert text_of(cell).startswith("ä" * 10 + "\n")
    assert len(text_of(cell).encode()) <= 100_000
    assert "left out" in text_of(cell, "stderr")
    assert text_of(await notebook.cell(second)) == "after\n"
    (notice,) = (await notebook.cell(third))["outputs"]
    assert "left out" in notice["text"]


async def test_input_is_refused_with_the_reason(notebook: Notebook) -> None:
    (cell,) = await notebook.make("name = input('Who? ')")
    told = await run(notebook.face)
    assert told[-1]["code"] == "input_refused"
    assert "nobody to ask" in told[-1]["message"]
    assert "nobody to ask" in text_of(await notebook.cell(cell), "stderr")


async def test_only_an_approved_run_is_trusted(notebook: Notebook) -> None:
    widget = """
from IPython.display import display
view = {"application/vnd.jupyter.widget-view+json": {"model_id": "1", "version_major": 2, "version_minor": 0}}
display(view, raw=True)
"""
    (cell,) = await notebook.make(widget)
    await run(notebook.face)
    assert (await notebook.cell(cell))["metadata"].get("trusted") is not True
    await run(notebook.face, approved=True)
    found = await notebook.cell(cell)
    assert "application/vnd.jupyter.widget-view+json" in found["outputs"][0]["data"]
    assert found["metadata"]["trusted"] is True
    await run(notebook.face)
    assert (await notebook.cell(cell))["metadata"].get("trusted") is not True


async def test_a_cell_can_ask_lumina(notebook: Notebook, provider: ReplayServer) -> None:
    _, cell = await notebook.make("%load_ext lumina_jupyter", "%%lumina\nHow many?")
    told = await run(notebook.face)
    assert finished(told) == [("cell", "ok"), ("cell", "ok"), ("run", "ok")], told
    assert "forty-two" in json.dumps((await notebook.cell(cell))["outputs"])


# --- people who write at the same time -----------------------------------------------------------------


async def test_what_people_write_meanwhile_stays(notebook: Notebook, tmp_path: Path) -> None:
    begun, stop = tmp_path / "begun", tmp_path / "stop"
    code = f"""
import os
print("one"); open({str(begun)!r}, "w").close()
while not os.path.exists({str(stop)!r}): pass
print("two")
"""
    cell, other = await notebook.make(code, "other")
    ran = asyncio.ensure_future(run(notebook.face, cells=[cell]))
    await wait_for(begun)
    async with notebook.face.client() as http:
        written = await http.post(
            "lumina/api/notebooks/cells", json={"path": NAME, "source": "new", "before": cell, "type": "markdown"}
        )
        assert written.status_code == 200, written.text
        base = (await notebook.cell(other))["hash"]
        await http.request("DELETE", f"lumina/api/notebooks/cells/{other}", params={"path": NAME, "base_hash": base})
    stop.touch()
    assert finished(await ran) == [("cell", "ok"), ("run", "ok")]
    cells = (await notebook.content())["cells"]
    assert [each["source"] for each in cells] == ["new", code]
    assert text_of(cells[1]) == "one\ntwo\n"
    assert [each["id"] for each in notebook.on_disk()["cells"]] == [each["id"] for each in cells]


async def test_a_cell_that_is_deleted_while_it_runs(notebook: Notebook, tmp_path: Path) -> None:
    begun, stop, after = tmp_path / "begun", tmp_path / "stop", tmp_path / "after"
    code = f"""
import os
open({str(begun)!r}, "w").close()
while not os.path.exists({str(stop)!r}): pass
print("lost")
"""
    cell, _ = await notebook.make(code, f"open({str(after)!r}, 'w').close()")
    ran = asyncio.ensure_future(run(notebook.face))
    await wait_for(begun)
    async with notebook.face.client() as http:
        base = (await notebook.cell(cell))["hash"]
        await http.request("DELETE", f"lumina/api/notebooks/cells/{cell}", params={"path": NAME, "base_hash": base})
    stop.touch()
    assert finished(await ran)[-1] == ("run", "ok")
    assert after.exists()
    assert len((await notebook.content())["cells"]) == 1


async def test_a_room_that_ends_and_begins_loses_no_output(in_room: Notebook, tmp_path: Path) -> None:
    steps = [tmp_path / str(n) for n in range(4)]
    code = f"""
import os, time
for n, name in enumerate({[str(step) for step in steps]!r}):
    print("line", n, flush=True)
    open(name + "-told", "w").close()
    while not os.path.exists(name): time.sleep(0.01)
"""
    (cell,) = await in_room.make(code)
    ran = asyncio.ensure_future(run(in_room.face))
    for n, step in enumerate(steps):
        await wait_for(Path(f"{step}-told"))
        while text_of(await in_room.cell(cell)).count("line") <= n:  # noqa: ASYNC110 - seen by asking
            await asyncio.sleep(0.01)
        if n == 1:
            document = await in_room.open_room()
            await (await in_room.room())._save_to_disc()
            assert document is not None
            await in_room.close_room()
        elif n == 2:
            await in_room.open_room()
        step.touch()
    assert finished(await ran) == [("cell", "ok"), ("run", "ok")]
    assert text_of(await in_room.cell(cell)) == "line 0\nline 1\nline 2\nline 3\n"


async def test_people_see_the_agent_work_and_leave(in_room: Notebook, tmp_path: Path) -> None:
    stop = tmp_path / "stop"
    _, cell = await in_room.make("1", f"import os, time\nwhile not os.path.exists({str(stop)!r}): time.sleep(0.01)")
    async with in_room.face.client() as http:
        answer = await http.put(f"api/collaboration/session/{NAME}", json={"format": "json", "type": "notebook"})
    session = answer.json()["sessionId"]
    url = f"{in_room.face.url}api/collaboration/room/{in_room.room_id}?sessionId={session}".replace("http", "ws", 1)
    headers = {"Authorization": f"Bearer {in_room.face.token}"}
    browser = await websocket_connect(HTTPRequest(url, headers=headers))
    ran = asyncio.ensure_future(run(in_room.face, cells=[cell]))

    async def told(words: bytes) -> bytes:
        while True:
            message = await browser.read_message()
            assert isinstance(message, bytes)
            if message[0] == AWARENESS and words in message:
                return message

    seen = await told(b'"status":"running cell 2, 00:')
    room = await in_room.room()
    (state,) = [each for each in room.awareness.states.values() if "lumina" in each]
    assert state["user"]["name"] == "Lumina"
    assert state["autosave"] is False
    assert state["lumina"]["cell"] == cell
    assert state["cursors"][0]["primary"]
    assert b'"autosave":false' in seen
    stop.touch()
    await told(b"null")
    assert finished(await ran) == [("cell", "ok"), ("run", "ok")]
    assert not [each for each in room.awareness.states.values() if "lumina" in each]
    browser.close()


# --- stopping ----------------------------------------------------------------------------------------------


async def test_a_time_limit_interrupts_the_code(notebook: Notebook) -> None:
    first, second = await notebook.make("import time\nprint('begun')\ntime.sleep(600)", "print('still here')")
    told = await run(notebook.face, timeout=0.5)
    assert finished(told) == [("cell", "timed_out"), ("run", "timed_out")]
    assert told[-1]["code"] == "run_timed_out"
    cell = await notebook.cell(first)
    assert text_of(cell) == "begun\n"
    assert "0.5 seconds" in text_of(cell, "stderr")
    assert finished(await run(notebook.face, cells=[second])) == [("cell", "ok"), ("run", "ok")]


async def test_a_run_goes_on_when_nobody_listens_and_is_stopped_by_its_id(notebook: Notebook) -> None:
    cell, _ = await notebook.make("import time\nprint('begun', flush=True)\ntime.sleep(600)", "print('never')")
    async with aclosing(watch(notebook.face)) as told:
        async for event in told:
            if event["type"] == "cell_started":
                break
    while not (await notebook.cell(cell))["outputs"]:  # noqa: ASYNC110 - seen by asking
        await asyncio.sleep(0.01)
    async with notebook.face.client() as http:
        stopped = await http.post(f"{RUN}/{event['run']}/interrupt")
        assert stopped.json() == {"interrupted": True}
        async with http.stream("GET", f"{RUN}/{event['run']}", timeout=60) as answer:
            seen = [each async for each in events(answer)]
        assert (await http.post(f"{RUN}/{event['run']}/interrupt")).json() == {"interrupted": False}
        assert (await http.post(f"{RUN}/run_unknown/interrupt")).status_code == 404
    assert finished(seen) == [("cell", "interrupted"), ("run", "interrupted")]
    assert seen[0]["type"] == "queued"


async def test_runs_of_one_kernel_wait_for_each_other(notebook: Notebook, tmp_path: Path) -> None:
    begun, stop = tmp_path / "begun", tmp_path / "stop"
    first, second, third = await notebook.make(
        f"import os\nopen({str(begun)!r}, 'w').close()\nwhile not os.path.exists({str(stop)!r}): pass\nx = 1",
        "x += 1; print(x)",
        "never = 1",
    )
    one = asyncio.ensure_future(run(notebook.face, cells=[first]))
    await wait_for(begun)
    told: list[dict[str, Any]] = []
    waiting = asyncio.Event()

    async def wait_in_line() -> None:
        async for event in watch(notebook.face, cells=[second]):
            told.append(event)
            waiting.set()

    two = asyncio.ensure_future(wait_in_line())
    await waiting.wait()
    async with aclosing(watch(notebook.face, cells=[third])) as third_told:
        queued = await anext(third_told)
        assert (told[0]["ahead"], queued["ahead"]) == (1, 2)
        async with notebook.face.client() as http:
            await http.post(f"{RUN}/{queued['run']}/interrupt")
        assert (await anext(third_told))["status"] == "interrupted"
    assert not one.done()
    stop.touch()
    assert finished(await one) == [("cell", "ok"), ("run", "ok")]
    await two
    assert finished(told) == [("cell", "ok"), ("run", "ok")]
    assert text_of(await notebook.cell(second)) == "2\n"


@pytest.mark.parametrize("end", ["dies", "is restarted"])
async def test_a_kernel_that_ends_is_told_of(notebook: Notebook, tmp_path: Path, end: str) -> None:
    begun = tmp_path / "begun"
    dies = "os._exit(3)" if end == "dies" else "while True: pass"
    cell, after = await notebook.make(
        f"import os\nprint('begun', flush=True)\nopen({str(begun)!r}, 'w').close()\n{dies}", "print('anew')"
    )
    ran = asyncio.ensure_future(run(notebook.face, cells=[cell]))
    await wait_for(begun)
    async with notebook.face.client() as http:
        if end == "is restarted":
            (kernel,) = (await http.get("api/kernels")).json()
            assert (await http.post(f"api/kernels/{kernel['id']}/restart", timeout=60)).status_code == 200
    told = await ran
    assert finished(told) == [("cell", "kernel_died"), ("run", "kernel_died")]
    assert told[-1]["code"] == "kernel_died"
    assert "died or was restarted" in text_of(await notebook.cell(cell), "stderr")
    assert finished(await run(notebook.face, cells=[after])) == [("cell", "ok"), ("run", "ok")]


# --- what cannot run -----------------------------------------------------------------------------------------


async def test_a_kernel_that_is_not_installed(in_file: Notebook) -> None:
    await in_file.make("1", kernelspec={"name": "cobol", "display_name": "COBOL"})
    told = await run(in_file.face)
    assert [each["type"] for each in told] == ["finished"]
    assert (told[0]["status"], told[0]["code"]) == ("failed", "kernel_unavailable")
    assert "cobol" in told[0]["message"]


async def test_what_makes_no_run(in_file: Notebook) -> None:
    prose = {"id": "prose", "cell_type": "markdown", "source": "words", "metadata": {}}
    (cell, _) = await in_file.make("1", prose)
    async with in_file.face.client() as http:
        for body, status, code in [
            ({"path": "none.ipynb"}, 404, "not_found"),
            ({"path": NAME, "cells": ["gone"]}, 404, "cell_gone"),
            ({"path": NAME, "cells": ["prose"]}, 400, "invalid_body"),
            ({"path": NAME, "cells": [cell, cell]}, 400, "invalid_body"),
            ({"path": NAME, "cells": [cell], "hashes": {cell: "0" * 16}}, 409, "cell_changed"),
            ({"path": NAME, "timeout": -1.0}, 400, "invalid_body"),
        ]:
            answer = await http.post(RUN, json=body)
            assert (answer.status_code, answer.json()["error"]["code"]) == (status, code), body
        assert (await http.get("api/kernels")).json() == []
