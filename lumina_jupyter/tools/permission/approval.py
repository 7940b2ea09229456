"""An approval: one call that a person is asked about, and what became of that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ..effects import Effect
from ..preview import Preview
from ..target import Target
from .rule import Scope

State = Literal["pending", "granted", "denied", "expired"]
Verdict = Literal["grant", "deny"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """What people see of it. Times are seconds since 1970.

    `arguments` is JSON text, masked and shortened for reading. `scopes` are the rules that a verdict could be made
    into. `decided_by` is for people to read; `note` says why one expired.
    """

    id: str
    state: State
    tool: str
    title: str
    source: str
    tool_digest: str
    effects: tuple[Effect, ...]
    actor_kind: str
    actor_name: str
    user: str
    run: str
    conversation: str
    notebook: str
    target: Target
    arguments: str
    preview: Preview | None
    reason: str
    scopes: tuple[Scope, ...]
    created_at: float
    expires_at: float
    decided_at: float | None = None
    decided_by: str = ""
    note: str = ""
    audience: str = ""

    def is_for(self, viewer: str) -> bool:
        """Whether somebody of that name may see and decide it."""
        return not self.audience or self.audience == viewer
