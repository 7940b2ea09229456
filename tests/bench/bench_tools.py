"""What the registry and the gate add to a tool call: milliseconds of a call through the toolbox, less those of the tool.

A notebook with 200 cells whose policy is read, 300 tools, 200 rules, an audit log on the disk.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from lumina_jupyter.context.notebook_view import view_of
from lumina_jupyter.context.view import NotebookView
from lumina_jupyter.settings import Lumina
from lumina_jupyter.storage import Database
from lumina_jupyter.tools import Actor, Target, Tool, ToolCall, ToolContext, declared, toolbox
from lumina_jupyter.tools.permission.asking import approval_for
from lumina_jupyter.tools.permission.gate import decide

CALLS = 500
TOOLS = 300
RULES = 200


def look(cell: str, depth: int = 3) -> str:
    """Look at a cell.

    Args:
        cell: Its id.
        depth: How deep.
    """
    return f"{cell} {depth}"


def edit(cell: str, source: str) -> str:
    """Write a cell."""
    return f"{cell} {source}"


def _tools() -> list[Tool]:
    def target(arguments: object, context: ToolContext) -> Target:
        return Target("cell", "a", context.notebook, "a")

    others = [declared(look, effects=["read"], name=f"look_{number}") for number in range(TOOLS)]
    writer = declared(edit, effects=["write"], target=target, undoable=True)
    return [declared(look, effects=["read"]), writer, *others]


def _notebook(path: Path) -> Path:
    cells = [
        {"cell_type": "code", "id": f"c{n}", "source": "x = 1\n" * 20, "metadata": {}, "outputs": []}
        for n in range(200)
    ]
    path.write_text(json.dumps({"cells": cells, "metadata": {"lumina": {"policy": "full"}}, "nbformat": 4}))
    return path


async def _each(call: Callable[[int], Awaitable[object]]) -> list[float]:
    taken = []
    for number in range(CALLS):
        began = time.perf_counter()
        await call(number)
        taken.append(1000 * (time.perf_counter() - began))
    return sorted(taken)


def _print(name: str, taken: list[float], bare: float) -> None:
    print(f"tools.{name}_added_median {statistics.median(taken) - bare:.3f} ms")
    print(f"tools.{name}_added_p95 {taken[int(0.95 * len(taken))] - bare:.3f} ms")


async def main() -> None:
    """Print the figures."""
    with TemporaryDirectory() as folder:
        path = _notebook(Path(folder) / "a.ipynb")

        async def view(name: str) -> NotebookView:
            return await asyncio.to_thread(lambda: view_of(json.loads(path.read_bytes()), name))

        database = Database("", Path(folder) / "data")
        box = toolbox(Lumina(tool_autonomy="edits"), database, view)
        tools = _tools()
        box.registry.replace("built-in", tools)
        await box.registry.ready()
        context = ToolContext(actor=Actor("chat", "ada", run="r"), notebook="a.ipynb")
        asked = approval_for(tools[2], {}, Target("file", "x"), context, None, reason="", seconds=60)
        for _ in range(RULES):
            await box.rules.add(asked, "allow", "always", "ada")
        await box.call(ToolCall("first", "look", {"cell": "c1"}), context)

        reading = {"cell": "c1", "depth": 3}
        writing = {"cell": "c1", "source": "x = 2"}
        bare_read = statistics.median(await _each(lambda _: tools[0].run(reading, context)))
        bare_write = statistics.median(await _each(lambda _: tools[1].run(writing, context)))
        _print("read", await _each(lambda n: box.call(ToolCall(f"r{n}", "look", reading), context)), bare_read)
        _print("write", await _each(lambda n: box.call(ToolCall(f"w{n}", "edit", writing), context)), bare_write)

        rules = await box.rules.known()
        target = Target("cell", "a", "a.ipynb", "a")
        began = time.perf_counter()
        for _ in range(CALLS):
            decide(context.actor, tools[1], target, policy="full", rules=rules, autonomy="ask", notebook="a.ipynb")
        print(f"tools.gate_decision {1000 * (time.perf_counter() - began) / CALLS:.4f} ms")
        await box.close()
        await database.close()


if __name__ == "__main__":
    asyncio.run(main())
