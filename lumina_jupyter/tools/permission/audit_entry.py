"""One line of the audit log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Moment = Literal["decision", "approval", "outcome"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """What was decided of a call, or what became of it.

    `moment` says which: the gate's `decision` (allow, ask, deny), a person's `approval` (granted, denied, expired), or
    the `outcome` (done, or the code of an error). `arguments` and `reason` are masked and shortened. `at` is in seconds
    since 1970, `seconds` how long the call took. `number` is given by the database.
    """

    at: float
    moment: Moment
    verdict: str
    reason: str
    call: str
    tool: str
    source: str
    effects: tuple[str, ...]
    actor_kind: str
    actor_name: str
    user: str
    run: str
    notebook: str
    target_kind: str
    target: str
    arguments: str
    rule: str = ""
    approval: str = ""
    seconds: float = 0.0
    audience: str = ""
    number: int = 0
