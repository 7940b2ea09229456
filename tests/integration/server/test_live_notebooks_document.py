"""The examples in docs/live-notebooks.md run as they stand."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import sys
from pathlib import Path

import pytest

from .conftest import Face
from .live import Notebook

DOCUMENT = (Path(__file__).parents[3] / "docs" / "live-notebooks.md").read_text()
SHELL = re.findall(r"```sh\n(curl.*?)```", DOCUMENT, re.DOTALL)
PYTHON = "\n".join(re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL))


async def _run(face: Face, *command: str) -> str:
    process = await asyncio.create_subprocess_exec(
        *command,
        env={**os.environ, "URL": face.url, "TOKEN": face.token},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    return output.decode()


async def test_python_examples(face: Face) -> None:
    notebook = Notebook(face, "file", "example.ipynb")
    await notebook.make("print('hello world')")
    told = (await _run(face, sys.executable, "-c", PYTHON)).splitlines()
    assert told[:3] == ["print('hello Jupyter')", "409 print('hello Jupyter')", "200"]
    assert [line for line in told[3:] if not line.startswith("cell_progress")] == [
        "queued ",
        "cell_started ",
        "cell_finished ok",
        "finished ok",
    ]
    assert "hello Jupyter" in json.dumps(notebook.on_disk()["cells"][0]["outputs"])


@pytest.mark.skipif(shutil.which("curl") is None, reason="the examples are commands of curl, which is not installed")
async def test_shell_examples(face: Face) -> None:
    assert SHELL
    (cell,) = await Notebook(face, "file", "example.ipynb").make("print('hello world')")
    for command in SHELL:
        assert cell in await _run(face, "sh", "-c", command)


def test_every_change_is_told_of() -> None:
    from lumina_jupyter.server.openapi import document

    variants = document()["components"]["schemas"]["CellChange"]["properties"]["change"]["anyOf"]
    schemas = document()["components"]["schemas"]
    types = {schemas[each["$ref"].rpartition("/")[2]]["properties"]["type"]["const"] for each in variants}
    assert types == set(re.findall(r"^\| `(\w+)` \|", DOCUMENT, re.MULTILINE))
