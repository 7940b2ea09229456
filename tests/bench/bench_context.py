"""Context for a notebook of 500 cells with outputs, gathered and packed; its map. Printed as `name value unit`.

`first` is a fresh process's first question, when no cell has been looked into before; `next` is the median of those
that follow, each with the notebook read from JSON anew and one cell changed. `cpu` is what the process spent, which is
all of it where the machine has nothing else to do. `loop_blocked` is the longest time that the event loop did nothing
else meanwhile.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import time
from dataclasses import replace
from typing import Any

from lumina_jupyter.context import NotebookView
from lumina_jupyter.context.gather import Limits, gather
from lumina_jupyter.context.map import Execution, notebook_map
from lumina_jupyter.context.notebook_view import view_of
from lumina_jupyter.context.surroundings import Surroundings
from lumina_jupyter.gateway.requests import TextPart
from lumina_jupyter.memory import Question

CELLS = 500
ROUNDS = 15
BUDGETS = {"embedded": 2_048, "large": 16_000}


def notebook() -> dict[str, Any]:
    """A notebook of some 1.6 MB: a heading every tenth cell, code with streams, tables, HTML and an error."""
    cells: list[dict[str, Any]] = []
    for number in range(CELLS):
        if number % 10 == 0:
            cells.append(
                {"cell_type": "markdown", "id": f"md{number:06}", "source": f"## Part {number}\n\nWhat follows."}
            )
            continue
        source = (
            f"import pandas as pd\ntable{number} = frame{max(1, number - 3)}.groupby('a').agg(['mean', 'sum'])\n"
            f"def report{number}(rows):\n    total = 0\n    for row in rows:\n        total += row.price * rate\n"
            f"    return total\nframe{number} = table{number}.reset_index().assign(x=report{number}(table{number}))\nframe{number}.head()"
        )
        rows = "\n".join(f"{row:>3}  {row * 3.25:>8.2f}  2024-01-{row:02}  name{row}" for row in range(20))
        html = "<table>" + "".join(f"<tr><td>{row}</td><td>{row * 3.25}</td></tr>" for row in range(20)) + "</table>"
        outputs: list[dict[str, Any]] = [
            {"output_type": "stream", "name": "stdout", "text": "\x1b[32mstep done\x1b[0m\n" * 40},
            {"output_type": "execute_result", "data": {"text/plain": rows, "text/html": html}, "metadata": {}},
        ]
        cell = {"cell_type": "code", "id": f"code{number:06}", "source": source, "execution_count": number}
        cells.append({**cell, "outputs": outputs})
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}


def changed(text: str, number: int) -> NotebookView:
    """The notebook from JSON, with one cell edited."""
    view = view_of(json.loads(text), "big.ipynb")
    cells = list(view.cells)
    at = 251 + number
    cells[at] = replace(cells[at], source=f"{cells[at].source}\n# edit {number}")
    return replace(view, cells=tuple(cells), active_cell=cells[at].id)


async def measure(view: NotebookView, budget: int) -> tuple[float, float, float]:
    """Milliseconds of gathering, of CPU time for it, and the longest that the loop was blocked meanwhile."""
    blocked = 0.0

    async def watch() -> None:
        nonlocal blocked
        last = time.perf_counter()
        while True:
            await asyncio.sleep(0.001)
            now = time.perf_counter()
            blocked, last = max(blocked, now - last), now

    question = Question(prompt=(TextPart("Why is @cell slow? Compare @cell:#3."),), view=view, look="notebook")
    watcher = asyncio.create_task(watch())
    await asyncio.sleep(0)
    began, cpu = time.perf_counter(), time.process_time()
    gathered = await gather(question, Surroundings(), Limits(budget=budget))
    taken, cpu = time.perf_counter() - began, time.process_time() - cpu
    watcher.cancel()
    if not gathered.parts or gathered.report.tokens > budget:
        raise SystemExit("the context is not what was asked for")
    return taken * 1000, cpu * 1000, blocked * 1000


async def main() -> None:
    """Measure and print."""
    text = json.dumps(notebook())
    for name, budget in BUDGETS.items():
        if name == "embedded":
            first, cpu, blocked = await measure(changed(text, 0), budget)
            print(f"context_500_cells_first {first:.1f} ms")
            print(f"context_500_cells_first_cpu {cpu:.1f} ms")
            print(f"context_500_cells_first_loop_blocked {blocked:.1f} ms")
        figures = [await measure(changed(text, number), budget) for number in range(1, ROUNDS + 1)]
        for at, kind in enumerate(("", "_cpu", "_loop_blocked")):
            print(f"context_500_cells_{name}{kind} {statistics.median(each[at] for each in figures):.1f} ms")
    view = changed(text, 0)
    ran = [Execution(count=cell.execution_count, source=cell.source) for cell in view.cells if cell.execution_count]
    times = []
    for _ in range(5):
        began = time.perf_counter()
        notebook_map(view, ran)
        times.append(time.perf_counter() - began)
    print(f"notebook_map_500_cells {statistics.median(times) * 1000:.1f} ms")


if __name__ == "__main__":
    asyncio.run(main())
