"""Who calls a tool."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ActorKind = Literal["chat", "magic", "agent", "mcp", "extension", "user"]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who calls a tool, as the server knows it; never taken from what a model or a tool says.

    `user` is the person on whose behalf it is; `name` tells actors of a kind apart (a persona, an MCP client, an
    extension); `run` is the turn or the agent's run; `gear` is the agent's. Kind `user` is a person who acts herself.
    """

    kind: ActorKind
    user: str
    name: str = ""
    run: str = ""
    gear: int = 0
