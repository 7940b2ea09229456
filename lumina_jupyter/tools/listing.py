"""Tools as people see them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from .effects import EFFECTS, Effect
from .permission.gate import Decision, effects_of
from .tool import Tool


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolInfo:
    """A tool, and what the gate would say if a model called it here. `timeout` is in seconds."""

    name: str
    title: str
    description: str
    parameters: dict[str, Any]
    effects: tuple[Effect, ...]
    source: str
    timeout: float
    permission: Literal["allow", "ask", "deny"]
    reason: str


def tool_info(tool: Tool, decision: Decision) -> ToolInfo:
    """What people are told of a tool."""
    effects = effects_of(tool)
    return ToolInfo(
        name=tool.name,
        title=tool.title,
        description=tool.description,
        parameters=dict(tool.parameters),
        effects=tuple(effect for effect in EFFECTS if effect in effects),
        source=tool.source,
        timeout=tool.timeout,
        permission=decision.outcome,
        reason=decision.reason,
    )
