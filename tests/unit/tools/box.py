"""A toolbox on a database of its own, with tools that note what they did."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lumina_jupyter.context.view import NotebookView
from lumina_jupyter.settings import Lumina
from lumina_jupyter.storage import Database
from lumina_jupyter.tools import (
    Actor,
    Approval,
    ApprovalAsked,
    Content,
    Effect,
    Progress,
    Target,
    TextContent,
    Tool,
    Toolbox,
    ToolCall,
    ToolContext,
    ToolOutcome,
    toolbox,
)
from lumina_jupyter.tools.asking.own_side import Chat, FoldersOf
from lumina_jupyter.tools.assembly import no_folders

CHAT = Actor("chat", "ada", run="turn_1")
HERE = ToolContext(actor=CHAT, notebook="a.ipynb")


@dataclass
class World:
    """What the tools look at and change."""

    done: list[dict[str, Any]] = field(default_factory=list)
    says: str = "nothing"
    hash: str = "h1"
    policy: dict[str, Any] = field(default_factory=dict)

    async def view(self, path: str) -> NotebookView:
        return NotebookView(path=path, policy=self.policy)

    def tool(
        self,
        name: str,
        *effects: Effect,
        source: str = "built-in",
        kind: str = "cell",
        description: str = "A tool.",
        **flags: Any,
    ) -> Tool:
        """A tool that notes its calls and gives back what the world says."""

        async def run(arguments: Mapping[str, Any], context: ToolContext) -> Content:
            self.done.append({"tool": name, **arguments})
            return (TextContent(self.says),)

        def target(arguments: Mapping[str, Any], context: ToolContext) -> Target:
            where = str(arguments.get("where", "c1"))
            inside = kind in ("cell", "notebook", "variable")
            cell = where if kind == "cell" else ""
            return Target(kind, where, context.notebook if inside else "", cell, self.hash)  # type: ignore[arg-type]  # a test names it

        fields = {
            "title": name,
            "description": description,
            "parameters": {"type": "object"},
            "timeout": 5.0,
            "check": dict,
            "run": run,
            "target": target,
            **flags,
        }
        return Tool(name=name, effects=frozenset(effects), source=source, **fields)


class Watcher:
    """Watches one call, so that a test can wait for its approval."""

    def __init__(self) -> None:
        self.steps: list[Progress] = []
        self.asked: asyncio.Future[Approval] = asyncio.get_running_loop().create_future()

    def __call__(self, step: Progress) -> None:
        self.steps.append(step)
        if isinstance(step, ApprovalAsked) and not self.asked.done():
            self.asked.set_result(step.approval)


class Box:
    """A toolbox, its world, and short ways to call."""

    def __init__(self, box: Toolbox, world: World, database: Database, settings: Lumina) -> None:
        self.box = box
        self.world = world
        self.database = database
        self.settings = settings

    async def call(self, name: str, context: ToolContext = HERE, /, **arguments: Any) -> ToolOutcome:
        return await self.box.call(ToolCall("call_1", name, arguments), context)

    async def begin(
        self, name: str, context: ToolContext = HERE, /, **arguments: Any
    ) -> tuple[asyncio.Task[ToolOutcome], Approval]:
        """A call that waits for the approval that comes with it."""
        watcher = Watcher()
        call = ToolCall("call_1", name, arguments)
        task = asyncio.create_task(self.box.call(call, context, watch=watcher))
        both: set[asyncio.Future[Any]] = {task, watcher.asked}
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        assert watcher.asked.done(), await task
        return task, watcher.asked.result()


_migrated: list[bytes] = []


async def _prepare(folder: Path) -> None:
    """Put an empty database there that is as new as the code: making one takes longer than most tests."""
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    if not _migrated:
        first = Database("", folder)
        await first.read(lambda _connection: None)
        await first.close()
        _migrated.append((folder / "lumina.db").read_bytes())
    (folder / "lumina.db").write_bytes(_migrated[0])


@asynccontextmanager
async def a_box(
    folder: Path,
    world: World | None = None,
    *,
    fresh: bool = True,
    chat: Chat | None = None,
    folders: FoldersOf = no_folders,
    **settings: Any,
) -> AsyncIterator[Box]:
    """A toolbox that holds `look`, `edit`, `execute`, `fetch` and `erase`, over a database of its own."""
    world = world or World()
    chosen = Lumina(**settings)
    if fresh:
        await _prepare(folder)
    database = Database("", folder)
    box = toolbox(chosen, database, world.view, chat, folders)
    await box.registry.ready()
    for tool in (
        world.tool("look", "read"),
        world.tool("edit", "write", undoable=True),
        world.tool("execute", "execute", kind="kernel"),
        world.tool("compute", "execute", kind="process", sandboxed=True),
        world.tool("fetch", "network", kind="url"),
        world.tool("erase", "write", kind="file"),
    ):
        box.registry.add(tool)
    try:
        yield Box(box, world, database, chosen)
    finally:
        await box.close()
        await database.close()
