"""Which effects outside agents may have, tool by tool, whatever a person would approve."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

from ...effects import EFFECTS, Effect
from ...tool import Tool


def scope_of(name: str, scopes: Mapping[str, Iterable[str]]) -> frozenset[Effect]:
    """The effects that a tool of this name may have.

    Args:
        name: The tool's name.
        scopes: Effects by pattern of names, with `*` and `?`; the longest pattern that fits counts, a name itself most.
            Without one that fits there are none.
    """
    fitting = [pattern for pattern in scopes if pattern == name or fnmatchcase(name, pattern)]
    if not fitting:
        return frozenset()
    chosen = name if name in fitting else max(fitting, key=lambda pattern: (len(pattern), pattern))
    return frozenset(effect for effect in EFFECTS if effect in set(scopes[chosen]))


def within_scope(tool: Tool, scopes: Mapping[str, Iterable[str]]) -> bool:
    """Whether outside agents may use a tool at all.

    What other MCP servers bring is not passed on: whoever wants it connects to them, and two Lumina servers that were
    each other's clients would go round in circles.
    """
    return not tool.source.startswith("mcp:") and bool(tool.effects) and tool.effects <= scope_of(tool.name, scopes)
