"""The description of the routes over tools, approvals and the audit log."""

from __future__ import annotations

from typing import Any

from ..tools import Approval, AuditEntry, PersonQuestion, Rule, ToolInfo, ToolOutcome, Trouble
from .handlers.approvals import NewDecision
from .handlers.audit import MOST_ENTRIES
from .handlers.questions import NewAnswer
from .handlers.tools import NewCall
from .operation import FLAG, KERNEL, NOTEBOOK, REF, TEXT, Operation, object_of
from .tool_bodies import NewDeclarations

TOOL_FRAME_TYPES: tuple[Any, ...] = (Approval, PersonQuestion, ToolOutcome)
"""Types that streams hold."""

TOOL_OPERATIONS = (
    Operation(
        method="get",
        path="/lumina/api/tools",
        summary="The tools that are seen from a notebook, and what the gate says of a model that calls them.",
        lists={"tools": ToolInfo, "troubles": Trouble},
        query={"notebook": NOTEBOOK, "kernel_id": KERNEL},
    ),
    Operation(
        method="put",
        path="/lumina/api/tools/declared",
        summary="Let a notebook have these tools and no others; they run in its kernel.",
        request=NewDeclarations,
        lists={"troubles": Trouble},
    ),
    Operation(
        method="post",
        path="/lumina/api/tools/{name}/call",
        summary="Call a tool; who leaves stops it. A kernel's call may wait for an approval.",
        request=NewCall,
        frames={
            "approval": {"$ref": REF.format(model="Approval")},
            "began": object_of(tool=TEXT, source=TEXT),
            "said": object_of(text=TEXT),
            "question": {"$ref": REF.format(model="PersonQuestion")},
            "outcome": {"$ref": REF.format(model="ToolOutcome")},
        },
    ),
    Operation(
        method="get",
        path="/lumina/api/approvals",
        summary="Calls of tools that wait for a person, the newest first; the latest of all with `all`.",
        lists={"approvals": Approval},
        query={"notebook": NOTEBOOK, "kernel_id": KERNEL, "all": FLAG},
    ),
    Operation(
        method="get",
        path="/lumina/api/approvals/stream",
        summary="Those that wait (the latest of all with `all`), and then every change of one; to people also the questions of "
        "tools that wait, and every change of one.",
        query={"all": FLAG},
        frames={
            "approval": {"$ref": REF.format(model="Approval")},
            "question": {"$ref": REF.format(model="PersonQuestion")},
        },
    ),
    Operation(
        method="get",
        path="/lumina/api/questions",
        summary="What tools and MCP servers want to know from who asks, during calls, the newest first. Closed to kernels.",
        lists={"questions": PersonQuestion},
    ),
    Operation(
        method="post",
        path="/lumina/api/questions/{question_id}",
        summary="Answer a question, once. Closed to kernels.",
        request=NewAnswer,
        answer=PersonQuestion,
    ),
    Operation(
        method="get",
        path="/lumina/api/approvals/rules",
        summary="The rules that hold for who asks.",
        lists={"rules": Rule},
    ),
    Operation(
        method="delete",
        path="/lumina/api/approvals/rules/{rule_id}",
        summary="Take a rule back; closed to kernels unless a setting opens it.",
        status=204,
    ),
    Operation(
        method="get",
        path="/lumina/api/approvals/{approval_id}",
        summary="One approval.",
        answer=Approval,
    ),
    Operation(
        method="post",
        path="/lumina/api/approvals/{approval_id}",
        summary="Grant or deny it; closed to kernels unless a setting opens it.",
        request=NewDecision,
        answer=Approval,
    ),
    Operation(
        method="get",
        path="/lumina/api/audit",
        summary="What was decided about calls of tools and what became of them, the newest first; closed to kernels.",
        lists={"entries": AuditEntry},
        query={
            "limit": {"type": "integer", "minimum": 1, "maximum": MOST_ENTRIES, "default": 100},
            "before": {"type": "integer", "minimum": 0, "default": 0},
            "notebook": NOTEBOOK,
            "tool": TEXT,
            "call": TEXT,
        },
    ),
)
