"""Where a run works: the notebook as it is now, the kernel's variables, the files beside it, the tools that it has."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol, runtime_checkable

from ..context import NotebookView
from ..context.kernel.summary import Budget, Seen, VariableSummary
from ..context.policy import allows_assistant, variable_policy
from ..context.surroundings import Folders
from ..errors import Forbidden, NotFound
from ..settings import Lumina
from ..tools import Toolbox, ToolContext
from .scene import Done, Scene

MOST_FILES = 200
LOOK_SECONDS = 2.0
MOST_TABLES = 6
"""Tables that are looked at in detail."""

ViewOf = Callable[[str], Awaitable[NotebookView | None]]


@runtime_checkable
class Sight(Protocol):
    """Eyes on the variables of kernels, all of them at once."""

    async def variables(self, kernel_id: str, *, policy: str = "values", budget: Budget | None = None) -> Seen:
        """All variables, each on a line."""
        ...

    async def look(self, kernel_id: str, names: Sequence[str], *, policy: str, budget: Budget | None) -> Seen:
        """Some variables in detail."""
        ...


class Scenes:
    """Looks around for runs.

    Args:
        settings: `variable_policy` is the most that may be seen anywhere.
        toolbox: The tools.
        view: The notebook at a path, live or from its file.
        sight: What looks into kernels; None where nothing does.
        folders: Which folders there are; None where there are none.
    """

    def __init__(
        self, settings: Lumina, toolbox: Toolbox, view: ViewOf, sight: Sight | None, folders: Folders | None
    ) -> None:
        self._settings = settings
        self._toolbox = toolbox
        self._view = view
        self._sight = sight
        self._folders = folders

    async def look(self, context: ToolContext, done: tuple[Done, ...] = ()) -> Scene:
        """What there is at this moment, for a run that calls tools in this context.

        Raises:
            NotFound: when the notebook is gone.
            Forbidden: when nothing of it is to be shown to a model.
        """
        view = await self._view(context.notebook)
        if view is None:
            raise NotFound(f"There is no notebook {context.notebook!r} any more.")
        if not allows_assistant(view.policy):
            raise Forbidden(
                f"{context.notebook} is not to be shown to models.", hint="Its author has switched that off."
            )
        if context.active_cell and view.cell(context.active_cell) is not None:
            view = replace(view, active_cell=context.active_cell)
        offered = await self._toolbox.offered(context)
        return Scene(
            notebook=view,
            variables=await self._variables(view, context.kernel_id),
            files=await self._files(context),
            tools=tuple(tool.name for tool, _decision in offered),
            done=done,
        )

    async def _variables(self, view: NotebookView, kernel_id: str) -> tuple[VariableSummary, ...]:
        policy = variable_policy(view.policy, self._settings.variable_policy)
        if self._sight is None or not kernel_id or policy == "off":
            return ()
        seen = await self._sight.variables(kernel_id, policy=policy, budget=Budget(seconds=LOOK_SECONDS))
        tables = [each.name for each in seen.variables if each.columns and not each.hidden][:MOST_TABLES]
        if not tables or seen.how != "live":
            return seen.variables
        # Of a table it matters what stands in it: which text a price is, and how many are missing.
        budget = Budget(seconds=LOOK_SECONDS)
        near = await self._sight.look(kernel_id, tables, policy=policy, budget=budget)
        detailed = {each.name: each for each in near.variables} if near.how == "live" else {}
        return tuple(detailed.get(each.name, each) for each in seen.variables)

    async def _files(self, context: ToolContext) -> tuple[str, ...]:
        if self._folders is None or "read" not in context.allowed:
            return ()
        roots = await self._folders.roots(context.notebook, context.kernel_id)
        return await asyncio.to_thread(_names, roots[:1])


def _names(folders: Sequence[Path]) -> tuple[str, ...]:
    found: list[str] = []
    for folder in folders:
        try:
            found += sorted(each.name for each in folder.iterdir() if not each.name.startswith(".") and each.is_file())
        except OSError:
            continue
    return tuple(found[:MOST_FILES])
