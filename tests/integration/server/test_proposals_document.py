"""The Python examples in docs/proposals-and-undo.md run as they stand."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from pathlib import Path

from lumina_jupyter.settings import Lumina

from .conftest import Face
from .test_notebook_proposals import put, sources

DOCUMENT = (Path(__file__).parents[3] / "docs" / "proposals-and-undo.md").read_text()
PYTHON = "\n".join(re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL))
SAID = """\
open ['edit', 'insert']
open ['accepted', 'open']
accepted True
409
2 1 cell inserted
[1, 2] 1
"""


async def test_python_examples(face: Face) -> None:
    path = put(face, "example.ipynb", "rate = 1\ntotal = 200 * rate")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", PYTHON),
        env={**os.environ, "URL": face.url, "TOKEN": face.token},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    assert output.decode() == SAID
    assert sources(path) == ["rate = 1\ntotal = 200 * rate"]


def test_the_settings_of_the_document_are_the_defaults() -> None:
    told = dict(re.findall(r"`c\.Lumina\.(\w+)` \| (\d+)", DOCUMENT))
    assert told.keys() == {"undo_days", "undo_mb"}
    assert {name: float(value) for name, value in told.items()} == {name: getattr(Lumina(), name) for name in told}
    assert "c.Lumina.kernels_may_accept = False" in DOCUMENT
    assert Lumina().kernels_may_accept is True
