"""A rule that a person grants: which calls need not be asked about any more, or are never to be made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from ..actor import Actor
from ..target import Target
from ..tool import Tool

Scope = Literal["cell", "run", "always"]
"""For one cell, for the rest of a run, or always here: in this notebook, for this file, for this host."""
Verdict = Literal["allow", "deny"]
Extent = Literal["cell", "run", "notebook", "name", "host"]
"""What `place` is: a cell of a notebook, a run, a notebook, the name of a target, or the host of its URL."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule. It holds for one person's actors of a kind and name, and for one tool as it was when it was granted.

    A tool whose schema, description, effects or source change is another tool to it. Times are seconds since 1970.
    """

    id: str
    verdict: Verdict
    scope: Scope
    user: str
    actor_kind: str
    actor_name: str
    tool: str
    source: str
    digest: str
    target_kind: str
    extent: Extent
    place: str
    granted_by: str
    created_at: float
    expires_at: float

    def fits(self, actor: Actor, tool: Tool, target: Target, notebook: str, now: float) -> bool:
        """Whether it speaks of this call."""
        return (
            self.tool == tool.name
            and self.user == actor.user
            and self.actor_kind == actor.kind
            and self.actor_name == actor.name
            and now < self.expires_at
            and self.source == tool.source
            and self.digest == tool.digest
            and self._reaches(actor, target, notebook)
        )

    def _reaches(self, actor: Actor, target: Target, notebook: str) -> bool:
        if self.extent == "run":
            return bool(self.place) and self.place == actor.run
        return self.target_kind == target.kind and self.place == place_of(self.extent, target, notebook) != ""


def place_of(extent: Extent, target: Target, notebook: str) -> str:
    """Where a call happens, as far as a rule of that extent looks; empty when the call has no such place."""
    match extent:
        case "cell":
            return f"{target.notebook}#{target.cell}" if target.notebook and target.cell else ""
        case "notebook":
            return target.notebook or notebook
        case "host":
            return _host(target.name)
        case "name":
            return target.name
        case _:
            return ""


def extent_of(scope: Scope, target: Target) -> Extent:
    """How far a rule of that scope reaches for a target."""
    if scope == "cell":
        return "cell"
    if scope == "run":
        return "run"
    return "host" if target.kind == "url" else "name" if target.kind == "file" else "notebook"


def _host(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    # Name, port and nothing in front of an @, which only looks like a host.
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2].lower()}" if parts.netloc else ""
