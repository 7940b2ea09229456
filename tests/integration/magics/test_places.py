"""The same magics beside a Jupyter server and in a plain IPython."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest

from tests.integration.server.conftest import Face, face, jp_server_config, provider, start_replay
from tests.replay.answers import chat_reply
from tests.replay.server import ReplayServer

from .conftest import settings_for
from .kernel import REPOSITORY, Kernel

__all__ = ["face", "jp_server_config", "provider", "start_replay"]


async def test_a_kernel_of_a_jupyter_server_asks_the_server(face: Face, provider: ReplayServer, tmp_path: Path) -> None:
    environment = {"LUMINA_URL": face.url, "LUMINA_TOKEN": face.kernel_token, "JPY_SESSION_NAME": "/n/a.ipynb"}
    async with Kernel(tmp_path / "kernel", {}, environment) as kernel:
        await kernel.load()
        ran = await kernel.run("%%lumina -o ans\nWhat is six times seven?")
        assert ran.markdown == ["forty-two"]
        assert "the Jupyter server" in (await kernel.run("%lumina doctor")).text
        assert "six times seven" in (await kernel.run("%lumina history")).text
        assert "no turns yet" in (await kernel.run("%lumina reset\n%lumina history")).text
        assert not (tmp_path / "kernel" / "data" / "lumina").exists()


@pytest.mark.parametrize("provider", [(chat_reply(*["word "] * 2_000, delay=0.02),)], indirect=True)
async def test_an_interrupt_reaches_the_provider_through_the_server(
    face: Face, provider: ReplayServer, tmp_path: Path
) -> None:
    environment = {"LUMINA_URL": face.url, "LUMINA_TOKEN": face.kernel_token}
    async with Kernel(tmp_path / "kernel", {}, environment) as kernel:
        await kernel.load()
        running = asyncio.ensure_future(kernel.run("%%lumina\nGo on"))
        await kernel.running.wait()
        await kernel.interrupt()
        ran = await running
        assert ran.status == "ok"
        assert "Stopped" in ran.text
        await asyncio.wait_for(provider.until_answering(0), 30)


async def test_a_server_that_is_gone_is_told_in_a_sentence(tmp_path: Path) -> None:
    environment = {"LUMINA_URL": "http://127.0.0.1:9/", "LUMINA_TOKEN": "x"}
    async with Kernel(tmp_path, {}, environment) as kernel:
        await kernel.load()
        for cell in ("%%lumina\nHello", "%lumina", "%lumina models"):
            ran = await kernel.run(cell)
            assert ran.status == "error"
            assert "cannot be reached" in ran.text
            assert len(ran.outputs[-1]["traceback"]) == 2


async def test_a_plain_ipython_streams_text(tmp_path: Path) -> None:
    script = "\n".join(
        [
            "from IPython.core.interactiveshell import InteractiveShell",
            "shell = InteractiveShell.instance()",
            "shell.run_line_magic('load_ext', 'lumina_jupyter')",
            "shell.run_cell('%%lumina -o ans\\nHello')",
            "shell.run_cell('print(ans.text.upper())')",
            "shell.run_cell('%%lumina --nonsense\\nHello')",
            "shell.run_cell('%lumina models')",
        ]
    )
    async with ReplayServer(chat_reply("Hello ", "\x1b]0;title\x07**you**")) as server:
        config = tmp_path / "config"
        config.mkdir()
        (config / "jupyter_lumina_config.json").write_text(json.dumps({"Lumina": settings_for(server)}))
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            script,
            env={
                **os.environ,
                "JUPYTER_CONFIG_DIR": str(config),
                "JUPYTER_DATA_DIR": str(tmp_path / "data"),
                "IPYTHONDIR": str(tmp_path / "ipython"),
                "PYTHONPATH": str(REPOSITORY),
            },
            cwd=tmp_path,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        output = (await process.communicate())[0].decode()
    assert process.returncode == 0
    assert output.startswith("Hello **you**\nlab/m · 10 tokens")
    assert "\x1b]0;title" not in output
    assert "%%lumina has no option --nonsense." in output
    assert "Traceback" not in output
    assert "model  context" in output
