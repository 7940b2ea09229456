"""What the audit log is told of one call, from its decision to its outcome."""

from __future__ import annotations

import time

from ..call import ToolCall
from ..context import ToolContext
from ..target import NO_TARGET, Target
from ..tool import Tool
from .approval import Approval
from .audit import Audit
from .audit_entry import AuditEntry, Moment
from .gate import Decision


class CallRecord:
    """One call on its way; what is known of it grows."""

    def __init__(self, audit: Audit, call: ToolCall, context: ToolContext) -> None:
        self._audit = audit
        self._call = call
        self._context = context
        self._rule = ""
        self._approval = ""
        self.tool: Tool | None = None
        self.target: Target = NO_TARGET
        self.arguments = ""

    def decision(self, decision: Decision) -> None:
        """What the gate said."""
        self._rule = decision.rule
        self._add("decision", decision.outcome, decision.reason)

    def approval(self, approval: Approval) -> None:
        """What a person said."""
        self._approval = approval.id
        self._add("approval", approval.state, approval.decided_by or approval.note)

    def outcome(self, verdict: str, reason: str, seconds: float) -> None:
        """What became of it."""
        self._add("outcome", verdict, reason, seconds)

    def _add(self, moment: Moment, verdict: str, reason: str, seconds: float = 0.0) -> None:
        actor, tool = self._context.actor, self.tool
        self._audit.add(
            AuditEntry(
                at=time.time(),
                moment=moment,
                verdict=verdict,
                reason=reason,
                call=self._call.id,
                tool=tool.name if tool is not None else self._call.name,
                source=tool.source if tool is not None else "",
                effects=tuple(sorted(tool.effects)) if tool is not None else (),
                actor_kind=actor.kind,
                actor_name=actor.name,
                user=actor.user,
                run=actor.run,
                notebook=self._context.notebook,
                target_kind=self.target.kind,
                target=self.target.name,
                arguments=self.arguments,
                rule=self._rule,
                approval=self._approval,
                seconds=seconds,
                audience=self._context.audience,
            )
        )
