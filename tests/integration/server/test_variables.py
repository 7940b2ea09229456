"""Variables of a real server's kernels, through its route."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jupyter_server.auth.authorizer import AllowAllAuthorizer
from traitlets.config import Config

from .conftest import Face
from .kernels import run
from .test_kernels import start

VARIABLES = "lumina/api/context/variables"


async def look(face: Face, kernel: str, **body: Any) -> dict[str, Any]:
    """What the route answers, once the kernel is there."""
    async with face.client() as http:
        while True:
            response = await http.post(VARIABLES, json={"kernel_id": kernel, **body})
            assert response.status_code == 200
            seen: dict[str, Any] = response.json()
            if seen["how"] not in {"not_seen", "last_seen"}:
                return seen


async def test_variables_are_told_while_a_cell_runs(face: Face, tmp_path: Path) -> None:
    kernel, _ = await start(face, "sessions")
    begun, stop = tmp_path / "begun", tmp_path / "stop"
    code = f"""
import os, pandas as pd
df = pd.DataFrame({{"city": ["Oslo"], "n": [1]}})
open({str(begun)!r}, "w").close()
while not os.path.exists({str(stop)!r}): pass
print("'done'")
"""
    cell = asyncio.ensure_future(run(face.app, kernel, code))
    while not begun.exists():  # noqa: ASYNC110 - another process makes it
        await asyncio.sleep(0.01)
    listed = await look(face, kernel)
    (frame,) = listed["variables"]
    assert listed["how"] == "live"
    assert [column["name"] for column in frame["columns"]] == ["city", "n"]
    detailed = await look(face, kernel, names=["df"])
    assert "Oslo" in detailed["variables"][0]["text"]
    careful = await look(face, kernel, names=["df"], policy="schema-only")
    assert "Oslo" not in json.dumps(careful)
    manager: Any = face.app.kernel_manager.get_kernel(kernel)
    assert manager.execution_state == "busy"
    assert not cell.done()
    stop.touch()
    assert await cell == "done"


async def test_the_servers_policy_is_the_least_that_holds(face: Face, change_settings: Callable[..., None]) -> None:
    kernel, _ = await start(face, "kernels")
    await run(face.app, kernel, "word = 'marker'; print(1)")
    change_settings(variable_policy="schema-only")
    seen = await look(face, kernel)
    assert [each["name"] for each in seen["variables"]] == ["word"]
    assert "marker" not in json.dumps(seen)
    change_settings(variable_policy="off")
    assert (await look(face, kernel))["how"] == "off"


async def test_a_kernel_may_not_look_into_others(face: Face) -> None:
    kernel, _ = await start(face, "kernels")
    async with face.client(face.kernel_token) as http:
        refused = await http.post(VARIABLES, json={"kernel_id": kernel})
    assert refused.status_code == 403


async def test_who_may_not_read_kernels_may_not_look_into_them(face: Face, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_kernels(_self: Any, _handler: Any, _user: Any, _action: str, resource: str) -> bool:
        return resource != "kernels"

    kernel = await face.app.kernel_manager.start_kernel()
    monkeypatch.setattr(AllowAllAuthorizer, "is_authorized", no_kernels)
    async with face.client() as http:
        refused = await http.post(VARIABLES, json={"kernel_id": kernel})
    assert refused.status_code == 403
    assert "kernels" in refused.json()["error"]["message"]


async def test_a_kernel_that_is_not_there(face: Face) -> None:
    assert (await look(face, "no-such-kernel"))["how"] == "unreachable"


class TestAnotherLanguage:
    @pytest.fixture
    def jp_server_config(self, jp_server_config: Config, jp_data_dir: Path) -> Config:
        folder = jp_data_dir / "kernels" / "ir"
        folder.mkdir(parents=True)
        spec = {
            "argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
            "display_name": "R",
            "language": "R",
        }
        (folder / "kernel.json").write_text(json.dumps(spec))
        return jp_server_config

    async def test_it_is_said_which(self, face: Face) -> None:
        kernel = await face.app.kernel_manager.start_kernel(kernel_name="ir")
        seen = await look(face, kernel)
        assert seen["how"] == "not_python"
        assert "runs R" in seen["note"]
