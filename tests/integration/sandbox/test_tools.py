"""The Python and the shell tool: what a model is told of its programs, and what they can use."""

from __future__ import annotations

import asyncio
import base64
from pathlib import Path

import pytest

from lumina_jupyter.errors import InvalidArguments, SandboxUnavailable
from lumina_jupyter.settings import Lumina
from lumina_jupyter.tools import Actor, Content, ImageContent, TextContent, Tool, ToolContext
from lumina_jupyter.tools.builtin.python import python_tool
from lumina_jupyter.tools.builtin.sandboxed import SandboxedRuns
from lumina_jupyter.tools.builtin.shell import shell_tool
from lumina_jupyter.tools.sandbox import sandbox, status

from .surroundings import Surroundings

CONTEXT = ToolContext(actor=Actor("chat", "me"), notebook="a.ipynb")


@pytest.fixture
def settings(around: Surroundings, tmp_path: Path) -> Lumina:
    return Lumina(data_dir=str(around.folder / "lumina-data"))


@pytest.fixture
def runs(settings: Lumina, around: Surroundings) -> SandboxedRuns:
    async def folder(_context: ToolContext) -> Path | None:
        return around.folder

    return SandboxedRuns(settings, folder)


async def call(tool: Tool, context: ToolContext = CONTEXT, **arguments: object) -> Content:
    return await tool.run(tool.check(arguments), context)


def text(content: Content) -> str:
    assert isinstance(content[0], TextContent)
    return content[0].text


async def test_the_last_value_is_shown_and_a_traceback_tells_the_right_line(runs: SandboxedRuns) -> None:
    assert text(await call(python_tool(runs), code="x = 41\nx + 1")).endswith("stdout:\n42")
    told = text(await call(python_tool(runs), code="x = 41\n\nx / 0"))
    assert "line 3" in told
    assert "ZeroDivisionError" in told


async def test_python_uses_the_installed_packages_and_shows_its_images(runs: SandboxedRuns) -> None:
    code = """
import os
import matplotlib.pyplot as plt
import pandas as pd
table = pd.read_csv(os.environ["NOTEBOOK_FOLDER"] + "/data.csv")
print(table.sum().to_dict())
table.plot(); plt.savefig("plot.png")
open("fake.png", "w").write("no image")
"""
    told, *images = await call(python_tool(runs), code=code)
    assert isinstance(told, TextContent)
    assert "{'a': 1, 'b': 2}" in told.text, told.text
    assert "Finished in" in told.text
    assert "plot.png" in told.text
    (image,) = images
    assert isinstance(image, ImageContent)
    assert base64.b64decode(image.data).startswith(b"\x89PNG")


async def test_an_error_is_told_with_its_traceback(runs: SandboxedRuns) -> None:
    told = text(await call(python_tool(runs), code="print('before')\n1 / 0"))
    assert "exit status 1" in told
    assert "before" in told
    assert "ZeroDivisionError" in told


async def test_what_is_no_python_is_refused_before_it_runs(runs: SandboxedRuns) -> None:
    for code in ("def", "(" * 5000, "\0"):
        with pytest.raises(InvalidArguments):
            await call(python_tool(runs), code=code)
    with pytest.raises(InvalidArguments):
        await call(shell_tool(runs), command=" ")


async def test_the_shell_reads_the_notebooks_folder_and_changes_nothing(
    runs: SandboxedRuns, around: Surroundings
) -> None:
    told = text(
        await call(
            shell_tool(runs), command="cat $NOTEBOOK_FOLDER/data.csv; rm -rf $NOTEBOOK_FOLDER ~ / 2>&1 | tail -1"
        )
    )
    assert "a,b\n1,2" in told
    assert (around.folder / "data.csv").exists()
    found = text(await call(shell_tool(runs), command="grep -rls SECRET $NOTEBOOK_FOLDER"))
    assert "private.txt" in found  # nobody has said of this one that it is private
    assert ".env" not in found
    assert "lumina-data" not in found
    assert ".git" not in found


async def test_the_folder_is_not_shown_when_the_setting_says_so(
    runs: SandboxedRuns, settings: Lumina, around: Surroundings
) -> None:
    settings.sandbox_reads_notebook_folder = False
    assert "No such file" in text(await call(shell_tool(runs), command=f"ls {around.folder}"))


async def test_a_limit_is_named(runs: SandboxedRuns, settings: Lumina) -> None:
    told = text(await call(python_tool(runs), code="while True: pass", seconds=0.5))
    assert told.startswith("Stopped: it took longer than 0.5 seconds.")
    settings.sandbox_seconds = 0.4
    assert "0.4 seconds" in text(await call(shell_tool(runs), command="sleep 60", seconds=1000))


async def test_files_last_for_the_same_person_and_notebook_alone(runs: SandboxedRuns) -> None:
    await call(shell_tool(runs), command="echo kept > file")
    assert "kept" in text(await call(python_tool(runs), code="print(open('file').read())"))
    for actor, notebook in ((Actor("chat", "you"), "a.ipynb"), (Actor("chat", "me"), "b.ipynb")):
        other = ToolContext(actor=actor, notebook=notebook)
        assert "No such file" in text(await call(shell_tool(runs), other, command="cat file"))


async def test_two_calls_at_a_time_have_the_folder_one_after_the_other(runs: SandboxedRuns) -> None:
    command = "test ! -e lock || exit 9; touch lock; sleep 0.2; rm lock"
    both = await asyncio.gather(*(call(shell_tool(runs), command=command) for _ in range(2)))
    assert all("Finished" in text(content) for content in both)


async def test_progress_is_told_while_it_runs(runs: SandboxedRuns) -> None:
    told: list[str] = []
    context = ToolContext(actor=CONTEXT.actor, tell=told.append)
    await call(shell_tool(runs), context, command="echo one; echo two >&2")
    assert "".join(sorted(told)) == "one\ntwo\n"


async def test_without_a_sandbox_nothing_runs(
    runs: SandboxedRuns, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    missing = status.SandboxStatus(False, "bubblewrap is not installed.", "pip install it")
    monkeypatch.setattr(sandbox, "probe", lambda: missing)
    with pytest.raises(SandboxUnavailable) as refused:
        await call(shell_tool(runs), command=f"touch {tmp_path}/ran")
    assert "bubblewrap is not installed" in refused.value.message
    assert refused.value.hint == "pip install it"
    assert not await asyncio.to_thread((tmp_path / "ran").exists)


def test_what_is_missing_is_found_out_and_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken = tmp_path / "bwrap"
    broken.write_text("#!/bin/sh\necho 'bwrap: setting up uid map: Permission denied' >&2\nexit 1\n")
    broken.chmod(0o755)
    for candidates, said in (([], "not installed"), ([broken], "setting up uid map: Permission denied")):
        monkeypatch.setattr(status, "_candidates", lambda candidates=candidates: candidates)
        found = status.probe.__wrapped__()
        assert not found.available
        assert said in found.text
        assert found.fix
