"""The examples in docs/http-api.md run as they stand."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import sys
from pathlib import Path

import pytest

from .conftest import Face

DOCUMENT = (Path(__file__).parents[3] / "docs" / "http-api.md").read_text()
SHELL = [command for block in re.findall(r"```sh\n(.*?)```", DOCUMENT, re.DOTALL) for command in block.split("\ncurl")]
PYTHON = "\n".join(re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL))


async def _run(face: Face, *command: str) -> str:
    variables = {"URL": face.url, "TOKEN": face.token, "LUMINA_URL": face.url, "LUMINA_TOKEN": face.kernel_token}
    process = await asyncio.create_subprocess_exec(
        *command,
        env={**os.environ, **variables},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    return output.decode()


async def test_python_examples(face: Face) -> None:
    assert await _run(face, sys.executable, "-c", PYTHON) == "forty-two\nforty-twoforty-two"


@pytest.mark.skipif(shutil.which("curl") is None, reason="the examples are commands of curl, which is not installed")
@pytest.mark.parametrize("command", SHELL, ids=lambda command: re.findall(r"lumina/api/[\w/]+", command)[0])
async def test_shell_examples(face: Face, command: str) -> None:
    command = command if command.startswith("curl") else f"curl{command}"
    output = await _run(face, "sh", "-c", f"{command.strip()} -w '%{{http_code}}'")
    assert output[-3:] in {"200", "204"}, output
    assert '"error":' not in output
    if command.count("-sN"):
        assert '"message_finished"' in output


def test_every_status_is_explained() -> None:
    from lumina_jupyter.errors import error_classes

    told = {int(status) for status in re.findall(r"^\| (\d{3}) \|", DOCUMENT, re.MULTILINE)}
    known = {cls.http_status for cls in error_classes().values() if 400 <= cls.http_status < 500}
    assert known - told <= {402, 422}
