"""Puts a toolbox together."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from ..settings import Lumina
from ..storage import Database
from .permission.approvals import Approvals
from .permission.audit import Audit
from .permission.policies import HasPolicy, ToolPolicies
from .permission.rules import Rules
from .questions import Questions
from .registry import Registry
from .results.read_more import read_more_tool
from .results.results import Results
from .toolbox import Toolbox


def toolbox(settings: Lumina, database: Database, view: Callable[[str], Awaitable[HasPolicy | None]]) -> Toolbox:
    """A toolbox that holds `read_more` and what packages bring.

    Args:
        settings: The settings; what they say when a call is made holds for it.
        database: Where approvals, rules and the audit log are kept.
        view: The notebook at a path, for its policy; None where there is none.
    """
    registry = Registry()
    rules = Rules(database)
    results = Results(lambda: settings.tool_result_characters, lambda: settings.max_image_mb)
    registry.provide("built-in", lambda: [read_more_tool(results)])
    return Toolbox(
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
