"""Checkpoints: before a step changes something, what it could change is kept, and what is not is said plainly.

Cells are kept by the notebook's journal, files by the tools' own trash, both under the run's id and the step's number.
Variables are kept in the kernel before code runs in it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from ...collaboration.document.shared_cells import content_in, copy_of
from ...collaboration.snapshots.snapshots import Snapshots
from ...errors import LuminaError
from ...tools import Tool
from ..executor.arguments import EDITS, RUNS
from ..executor.means import OpensNotebooks
from ..executor.sameness.sameness import cells_of
from ..live_run import LiveRun
from ..plan import Step
from ..run_events import CheckpointMade
from ..team.colleagues import DELEGATE
from .variables import KernelVariables

CELLS = EDITS | {"delete_cell"}
"""The tools that change cells; those that run them change their outputs."""
DESTRUCTIVE = frozenset({"delete_cell", "run_all_cells"})
"""The tools that take away more than one text: the notebook is kept as a whole before them."""
FILES = frozenset({"write_file", "replace_in_file", "delete_file", "restore_file", "create_notebook"})

ToolOf = Callable[[str, str], Tool]


class Checkpoints:
    """Makes them.

    Args:
        notebooks: Where notebooks are to be had.
        snapshots: Where whole notebooks are kept.
        variables: Keeps variables in kernels.
        tool_of: The tool of a name, as seen from a notebook.
    """

    def __init__(
        self,
        notebooks: OpensNotebooks,
        snapshots: Snapshots,
        variables: KernelVariables,
        tool_of: ToolOf,
    ) -> None:
        self._notebooks = notebooks
        self._snapshots = snapshots
        self._variables = variables
        self._tool_of = tool_of

    async def before(self, run: LiveRun, step: Step, number: int, tool: str, arguments: Mapping[str, Any]) -> None:
        """Keep what a call of this step can change; called when it is allowed and before it runs.

        Raises:
            LuminaError: when a notebook must be kept and cannot be; nothing is to be changed then.
        """
        known = run.ledger.records[step.id].checkpoint
        if known is not None and known.variables == _key(run, number) and tool not in DESTRUCTIVE:
            return  # an earlier attempt of the step
        path = str(arguments.get("file_path") or run.notebook)
        covers: list[str] = []
        not_covered: list[str] = []
        notebooks: tuple[str, ...] = ()
        if tool in CELLS or tool in RUNS:
            notebooks = (path,)
            covers.append(f"the cells of {path}")
        if tool in DESTRUCTIVE:
            await self._keep_notebook(run, path)
            covers.append(f"{path} as a whole, in its history")
        if tool in FILES:
            covers.append(f"the file {arguments.get('path') or arguments.get('file_path') or ''}".rstrip())
        if tool == DELEGATE:
            covers.append("what colleagues change, by their own runs")
        variables = ""
        if self._runs_in_kernel(run, tool):
            variables = _key(run, number)
            cell = str(arguments.get("cell_id") or "")
            cells = cells_of(step, cell) if step.check.kind == "same" else (cell,) if cell else ()
            kept, lost = await self._variables.keep(path, variables, cells)
            covers += kept
            not_covered += lost
        elif not self._is_known(run, tool):
            not_covered.append(f"whatever {tool} does outside of this notebook")
        before = known or CheckpointMade(step.id)
        run.log.add(
            CheckpointMade(
                step.id,
                covers=_both(before.covers, covers),
                not_covered=_both(before.not_covered, not_covered),
                notebooks=_both(before.notebooks, notebooks),
                variables=variables or before.variables,
            )
        )
        await run.log.flush()

    async def after(self, run: LiveRun, step: Step) -> None:
        """Keep what the step made of the variables, so that what others do to them later is told apart."""
        made = run.ledger.records[step.id].checkpoint
        if made is not None and made.variables and made.notebooks:
            await self._variables.keep(made.notebooks[0], after_key(made.variables))

    async def mark(self, path: str, key: str, cells: Sequence[str]) -> None:
        """Keep the variables before cells are run for a try."""
        await self._variables.keep(path, key, cells)

    async def back(self, path: str, key: str) -> tuple[str, ...]:
        """Bring the variables back to such a mark; what could not be, as sentences."""
        await self._variables.keep(path, after_key(key))
        return (await self._variables.bring(path, expected=after_key(key), target=key)).left

    async def remembers(self, path: str, key: str) -> bool:
        """Whether the notebook's kernel is still the one in which something was kept under that key."""
        return await self._variables.knows(path, key)

    async def _keep_notebook(self, run: LiveRun, path: str) -> None:
        document = await self._notebooks.open(path, run.request.user)
        async with document.held():
            update = document.replica.document.ydoc.get_update()
        content = await asyncio.to_thread(lambda: content_in(copy_of(update)))
        keep = partial(
            self._snapshots.take, reason="before_run", by=run.request.user or "Lumina", run=run.id, path=document.path
        )
        await asyncio.to_thread(keep, document.key, content)

    def _tool(self, run: LiveRun, name: str) -> Tool | None:
        try:
            return self._tool_of(name, run.notebook)
        except LuminaError:
            return None

    def _runs_in_kernel(self, run: LiveRun, name: str) -> bool:
        tool = self._tool(run, name)
        return name in RUNS or (tool is not None and tool.source.startswith("notebook:"))

    def _is_known(self, run: LiveRun, name: str) -> bool:
        """Whether all that a tool does is covered."""
        tool = self._tool(run, name)
        if tool is None or tool.source != "built-in":
            return tool is not None and tool.effects == {"read"}
        return tool.undoable or tool.sandboxed or "write" not in tool.effects


def _key(run: LiveRun, number: int) -> str:
    return f"{run.id}:{number}"


def after_key(key: str) -> str:
    """Under which it is kept what a step made of the variables."""
    return f"{key}:after"


def _both(old: tuple[str, ...], new: list[str] | tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*old, *new]))
