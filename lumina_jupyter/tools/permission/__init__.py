"""The permission gate and what it goes by: policies, rules, approvals; and the record of all that it decided."""

from .approval import Approval, Verdict
from .approvals import Approvals
from .audit import Audit, AuditEntry
from .gate import Decision, decide
from .policies import ToolPolicies
from .policy import ToolPolicy
from .rule import Rule, Scope
from .rules import Rules

__all__ = [
    "Approval",
    "Approvals",
    "Audit",
    "AuditEntry",
    "Decision",
    "Rule",
    "Rules",
    "Scope",
    "ToolPolicies",
    "ToolPolicy",
    "Verdict",
    "decide",
]
