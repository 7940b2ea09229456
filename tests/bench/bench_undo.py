"""Undo of a run of 100 steps in a notebook of 500 cells, and what recording costs a write.

Prints `name value unit` lines. The document is a file's; the time includes the file's being written.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
from pathlib import Path
from typing import Any

from lumina_jupyter.collaboration.document.author import Author
from lumina_jupyter.collaboration.document.document import NotebookDocument
from lumina_jupyter.collaboration.document.edits import Replace
from lumina_jupyter.collaboration.replicas.disk_file import DiskFile
from lumina_jupyter.collaboration.replicas.file_replica import FileReplica
from lumina_jupyter.collaboration.undo.journal import Journals
from lumina_jupyter.collaboration.undo.undo import Undo

CELLS = 500
STEPS = 100


def notebook() -> dict[str, Any]:
    """500 code cells of 20 lines with an output each."""
    output = {"output_type": "stream", "name": "stdout", "text": "some output\n" * 10}
    return {
        "cells": [
            {
                "id": f"cell-{number}",
                "cell_type": "code",
                "metadata": {},
                "source": "".join(f"value_{line} = compute({number}, {line})\n" for line in range(20)),
                "outputs": [output],
                "execution_count": number,
            }
            for number in range(CELLS)
        ],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


async def main_in(folder: Path) -> None:
    """Work, and undo it."""
    path = folder / "n.ipynb"
    path.write_text(json.dumps(notebook()))
    journals = Journals(folder / "journal")
    replica = FileReplica(DiskFile(path, "n.ipynb"))
    recorder = journals.recorder(replica)
    document = NotebookDocument(replica, recorder)
    undo = Undo(document, recorder)
    before = await document.read()
    began = time.perf_counter()
    for step in range(STEPS):
        await work(document, step)
    show("undo_write_with_journal", 1000 * (time.perf_counter() - began) / STEPS, "ms")
    began, cpu = time.perf_counter(), time.process_time()
    await undo.undo("run")
    show("undo_run_of_100_steps", time.perf_counter() - began, "s")
    show("undo_run_of_100_steps_cpu", time.process_time() - cpu, "s")
    assert [cell.source for cell in (await document.read()).cells] == [cell.source for cell in before.cells]
    began = time.perf_counter()
    await undo.redo("run")
    show("redo_run_of_100_steps", time.perf_counter() - began, "s")
    began = time.perf_counter()
    await undo.undo("run", step=50)
    show("undo_one_step_of_100", time.perf_counter() - began, "s")
    await journals.close()
    (journal,) = (folder / "journal").glob("*.journal")
    show("undo_journal_per_notebook", journal.stat().st_size / path.stat().st_size, "times")


async def work(document: NotebookDocument, step: int) -> None:
    """One step: an edit, a new cell, a move or a delete."""
    author = Author(run="run", step=step, model="m")
    cell = f"cell-{5 * step}"
    found = await document.cell(cell)
    if step % 4 == 0:
        await document.insert(author, f"inserted({step})\n" * 20, after=cell)
    elif step % 4 == 1:
        await document.move(author, cell, after=f"cell-{5 * step + 3}")
    elif step % 4 == 2:
        await document.delete(author, cell, found.hash)
    else:
        await document.edit(author, cell, found.hash, Replace("compute", "calculate", count="all"))


def show(name: str, value: float, unit: str) -> None:
    """One line of the results."""
    print(f"{name} {value:.3f} {unit}", flush=True)


def main() -> None:
    """Run it."""
    with tempfile.TemporaryDirectory() as name:
        asyncio.run(main_in(Path(name)))


if __name__ == "__main__":
    main()
