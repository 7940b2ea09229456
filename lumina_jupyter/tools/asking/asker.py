"""Whoever asks in the middle of a call, as the server knows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from ..actor import Actor
from ..context import ToolContext
from ..tool import Tool

What = Literal["sampling", "folders"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """A tool of ours, or an MCP server.

    `source` is the tool's, as `mcp:shop`; `who` the same for people to read; `kind` and `name` are its actor's. `names`
    gives the name at the gate of what it asks for; no tool of the registry has that description.
    """

    source: str
    who: str
    kind: Literal["mcp", "extension"]
    name: str
    names: Callable[[What], str]

    def actor(self, context: ToolContext) -> Actor:
        """It as an actor, on behalf of the person behind the call."""
        return Actor(self.kind, context.actor.user, name=self.name, run=context.actor.run)


def asker_of(tool: Tool) -> Asker:
    """A tool of ours that runs."""
    return Asker(
        source=tool.source,
        who=f"The tool {tool.name}",
        kind="extension",
        name=f"tool {tool.name}",
        names=lambda what: f"{tool.name[:52]}__{what}",
    )
