"""The map of a notebook, drawn with the history that the server asks of a real kernel."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from jupyter_server.auth.authorizer import AllowAllAuthorizer

from .conftest import Face
from .kernels import run
from .test_kernels import start

MAP = "lumina/api/context/map"
RATE, TOTAL = "rate = 2; print(1)", "total = rate * 2; print(1)"


def view(*cells: tuple[str, int | None]) -> dict[str, Any]:
    """A notebook as the browser sends it; cells as (source, execution count)."""
    made = [
        {"id": f"cell{at}", "kind": "code", "source": source, "execution_count": count}
        for at, (source, count) in enumerate(cells)
    ]
    return {"cells": made}


async def draw(face: Face, kernel: str, *cells: tuple[str, int | None], token: str | None = None) -> dict[str, Any]:
    """The map that the route draws."""
    async with face.client(token) as http:
        response = await http.post(MAP, json={"kernel_id": kernel, "view": view(*cells)})
    assert response.status_code == 200
    found: dict[str, Any] = response.json()
    return found


def states(found: dict[str, Any]) -> list[str]:
    """How the cells stand."""
    return [cell["state"] for cell in found["cells"]]


async def test_an_edit_is_seen_in_the_kernels_own_history(face: Face) -> None:
    kernel, _ = await start(face, "sessions")
    for source in (RATE, TOTAL, 'print(len([gone := "a"]))'):
        await run(face.app, kernel, source)
    same = await draw(face, kernel, (RATE, 1), (TOTAL, 2))
    assert (same["known"], states(same), same["rerun"]) == (True, ["fresh", "fresh"], [])
    assert {each["name"]: each["origin"] for each in same["variables"]}["gone"] == "deleted"
    edited = await draw(face, kernel, ("rate = 3; print(1)", 1), (TOTAL, 2))
    assert states(edited) == ["edited", "upstream"]
    assert edited["rerun"] == ["cell0", "cell1"]


async def test_the_history_is_there_while_a_cell_runs(face: Face, tmp_path: Path) -> None:
    kernel, _ = await start(face, "sessions")
    await run(face.app, kernel, RATE)
    begun, stop = tmp_path / "begun", tmp_path / "stop"
    code = f"""
import os
late = 1
open({str(begun)!r}, "w").close()
while not os.path.exists({str(stop)!r}): pass
print("'done'")
"""
    cell = asyncio.ensure_future(run(face.app, kernel, code))
    while not begun.exists():  # noqa: ASYNC110 - another process makes it
        await asyncio.sleep(0.01)
    found = await draw(face, kernel, ("rate = 3; print(1)", 1), (code, None))
    assert not cell.done()
    assert (found["known"], states(found)) == (True, ["edited", "not_run"])
    assert {each["name"]: each["origin"] for each in found["variables"]}["late"] == "cell"
    stop.touch()
    await cell


async def test_after_a_restart_nothing_was_run(face: Face) -> None:
    kernel, _ = await start(face, "sessions")
    await run(face.app, kernel, RATE)
    manager: Any = face.app.kernel_manager
    await manager.restart_kernel(kernel)
    found = await draw(face, kernel, (RATE, 1))
    while not found["known"]:
        found = await draw(face, kernel, (RATE, 1))
    assert states(found) == ["not_run"]


async def test_what_was_sent_is_gone_by_and_a_kernel_that_is_not_there_is_no_error(face: Face) -> None:
    kernel, _ = await start(face, "sessions")
    await run(face.app, kernel, RATE)
    async with face.client() as http:
        body = {"kernel_id": kernel, "view": view((RATE, 1)), "executions": []}
        sent = (await http.post(MAP, json=body)).json()
    assert (sent["known"], states(sent)) == (True, ["not_run"])
    away = await draw(face, "00000000-0000-0000-0000-000000000000", (RATE, 1))
    assert (away["known"], states(away)) == (False, ["fresh"])


async def test_a_kernel_is_told_of_no_other(face: Face) -> None:
    kernel, _ = await start(face, "kernels")
    await run(face.app, kernel, "secret = 1; print(1)")
    found = await draw(face, kernel, (RATE, 1), token=face.kernel_token)
    assert (found["known"], found["variables"]) == (False, [])


async def test_who_may_not_read_kernels_is_told_nothing_of_them(face: Face, monkeypatch: pytest.MonkeyPatch) -> None:
    kernel, _ = await start(face, "kernels")
    await run(face.app, kernel, "secret = 1; print(1)")

    def no_kernels(_self: Any, _handler: Any, _user: Any, _action: str, resource: str) -> bool:
        return resource != "kernels"

    monkeypatch.setattr(AllowAllAuthorizer, "is_authorized", no_kernels)
    found = await draw(face, kernel, (RATE, 1))
    assert (found["known"], found["variables"]) == (False, [])
