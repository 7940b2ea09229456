"""The tool that tells which cells do not stand for what the kernel has run: the notebook map, for models."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol, runtime_checkable

from ...context.kernel.summary import Ran
from ...context.policy import allows_assistant
from ...context.view import NotebookView
from ...errors import Forbidden, NotFound
from ..content import Content, TextContent
from ..context import ToolContext
from ..declaration import declared
from ..target import Target
from ..tool import Tool

_STATES = {
    "edited": "was edited after it ran",
    "upstream": "is out of date",
    "failed": "failed",
    "not_run": "has not been run",
}
_UNKNOWN = "What the kernel has run is not known, so that cells that were edited since are not noticed."


@runtime_checkable
class Remembers(Protocol):
    """What knows what kernels have run."""

    async def executions(self, kernel_id: str) -> tuple[Ran, ...] | None:
        """Each execution's count and source; None when that is not known."""
        ...


def stale_cell_tools(eyes: object, view: Callable[[str], Awaitable[NotebookView | None]]) -> list[Tool]:
    """`find_stale_cells`.

    Args:
        eyes: What looks into kernels; without one the execution counts alone are gone by.
        view: The notebook at a path.
    """

    async def find_stale_cells(context: ToolContext) -> Content:
        """Tell which cells of the notebook were edited after they ran, are out of date, failed or were not run, and why.

        Args:
            context: The call's.
        """
        from ...context.map import Execution, notebook_map

        found = await view(context.notebook) if context.notebook else None
        if found is None:
            raise NotFound("It is not known which notebook this is about.", hint="Ask from a notebook.")
        if not allows_assistant(found.policy):
            raise Forbidden("This notebook is not to be shown to models.", hint="Its author has switched that off.")
        notebook = found
        ran = await eyes.executions(context.kernel_id) if isinstance(eyes, Remembers) and context.kernel_id else None
        executions = None if ran is None else [Execution(count=each.count, source=each.source) for each in ran]
        drawn = await asyncio.to_thread(notebook_map, notebook, executions)
        lines = [
            f"Cell {cell.number} ({cell.id}) {_STATES[cell.state]}{f': {cell.because}' if cell.because else '.'}"
            for cell in drawn.cells
            if cell.state in _STATES
        ]
        lines = lines or ["Every cell that was run stands for what the kernel has run."]
        if drawn.rerun:
            lines.append(f"To be run again, in this order: {', '.join(drawn.rerun)}.")
        if not drawn.known:
            lines.append(_UNKNOWN)
        return (TextContent("\n".join(lines)),)

    def target(arguments: Mapping[str, Any], context: ToolContext) -> Target:
        return Target("notebook", context.notebook, context.notebook)

    return [declared(find_stale_cells, effects=["read"], target=target)]
