"""What is read is a notebook that there was: never the beginning of one state and the end of another."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from lumina_jupyter.collaboration import DiskPlaces, Notebooks

CELLS = 300


async def test_a_notebook_is_read_as_it_is_at_one_moment(tmp_path: Path) -> None:
    code: dict[str, Any] = {
        "cell_type": "code",
        "metadata": {},
        "outputs": [],
        "execution_count": None,
        "source": "x" * 200,
    }
    cells = [{**code, "id": f"c{at}"} for at in range(CELLS)]
    content = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (tmp_path / "n.ipynb").write_text(json.dumps(content))
    document = await Notebooks(DiskPlaces(tmp_path)).open("n.ipynb")
    await document.read()
    shared = document.replica.document
    number = edited_meanwhile = 0
    for _ in range(5):
        reading = asyncio.ensure_future(document.read())
        while not reading.done():
            number += 1
            # Somebody edits the first and the last cell in one.
            with shared.ydoc.transaction():
                for at in (0, CELLS - 1):
                    shared.ycells[at]["metadata"]["number"] = number
            edited_meanwhile += 1
            await asyncio.sleep(0)
        found = reading.result().cells
        assert found[0].metadata == found[-1].metadata
    assert edited_meanwhile > 5
