"""Puts a toolbox together."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from ..settings import Lumina
from ..storage import Database
from .asking.own_side import Chat, FoldersOf, OwnSide
from .permission.approvals import Approvals
from .permission.audit import Audit
from .permission.policies import HasPolicy, ToolPolicies
from .permission.rules import Rules
from .questions import Questions
from .registry import Registry
from .results.read_more import read_more_tool
from .results.results import Results
from .toolbox import Toolbox


async def no_folders(_notebook: str, _kernel_id: str) -> Sequence[Path]:
    """Where contents are no files."""
    return ()


def toolbox(
    settings: Lumina,
    database: Database,
    view: Callable[[str], Awaitable[HasPolicy | None]],
    chat: Chat | None = None,
    folders: FoldersOf = no_folders,
) -> Toolbox:
    """A toolbox that holds `read_more` and what packages bring.

    Args:
        settings: The settings; what they say when a call is made holds for it.
        database: Where approvals, rules and the audit log are kept.
        view: The notebook at a path, for its policy; None where there is none.
        chat: Has a model answer, for tools and servers that ask for that; None where none does.
        folders: Which folders a notebook has, for those that ask for them.
    """
    registry = Registry()
    rules = Rules(database)
    results = Results(lambda: settings.tool_result_characters, lambda: settings.max_image_mb)
    registry.provide("built-in", lambda: [read_more_tool(results)])
    made = Toolbox(
        settings,
        registry,
        ToolPolicies(view, lambda: settings.tool_policy),
        rules,
        Approvals(database, rules),
        Audit(database, lambda: settings.audit_days),
        results,
        # Who makes a toolbox where people can answer says so.
        Questions(reachable=False),
    )
    if chat is not None:
        made.own_side = OwnSide(made, chat, folders)
    return made
