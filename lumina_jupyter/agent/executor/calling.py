"""One call of a tool by a run, through the gate, with everything that people see of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import aclosing
from typing import Any
from uuid import uuid4

from ...tools import (
    Approval,
    ApprovalAsked,
    ApprovalDecided,
    PersonQuestion,
    QuestionAsked,
    QuestionOver,
    Said,
    Toolbox,
    ToolCall,
    ToolOutcome,
)
from ..live_run import LiveRun, nothing_to_prepare
from ..run_events import ApprovalNeeded, ApprovalSettled, StepSaid
from .failure import StepFailure

_TRANSIENT = frozenset(
    {"cell_changed", "edit_does_not_fit", "tool_timed_out", "kernel_died", "approval_expired", "invalid_arguments"}
)
"""Errors of tools after which the same step can do better."""
MOST_SAID = 200
"""Lines of progress of one call that are kept."""


async def call_tool(
    run: LiveRun,
    toolbox: Toolbox,
    step: str,
    number: int,
    tool: str,
    arguments: Mapping[str, Any],
    prepare: Callable[[], Awaitable[None]] = nothing_to_prepare,
) -> ToolOutcome:
    """Make a call and wait until it is over; people may be asked before.

    Raises:
        StepFailure: when it was refused.
        AgentLooped: when it is the same call once too often.
        BudgetExhausted: when nothing is left for it.
    """
    await run.control.go()
    run.check_budget()
    run.repetition.call(tool, arguments)

    async def ready() -> None:
        # Who has paused the run while an approval was waited for holds the call as well.
        await run.control.go()
        await prepare()

    call = ToolCall(f"call_{uuid4().hex[:12]}", tool, dict(arguments))
    decided: Approval | None = None
    outcome: ToolOutcome | None = None
    waiting: Approval | None = None
    said = 0
    try:
        async with aclosing(toolbox.watch(call, run.context(number, ready))) as progress:
            async for each in progress:
                if isinstance(each, ApprovalAsked):
                    waiting = each.approval
                    _ask(run, step, waiting)
                elif isinstance(each, ApprovalDecided):
                    waiting = None
                    _settle(run, step, each.approval)
                    # What the tool asks for while it runs can be refused, and the step go on.
                    decided = each.approval if each.approval.tool == tool else decided
                elif isinstance(each, QuestionAsked | QuestionOver):
                    _asked_person(run, step, each.question)
                elif isinstance(each, Said):
                    said += 1
                    if said <= MOST_SAID:
                        run.log.add(StepSaid(step, each.text if said < MOST_SAID else "Further lines are left out."))
                elif isinstance(each, ToolOutcome):
                    outcome = each
    finally:
        if waiting is not None:
            run.waits = False
            run.log.add(ApprovalSettled(step, waiting.id, "expired"))
    if outcome is None:
        raise StepFailure(f"{tool} gave nothing back.")
    if decided is not None and decided.state != "granted":
        raise StepFailure(outcome.shown, retry=False, refused=True)
    return outcome


def worth_another_try(outcome: ToolOutcome) -> bool:
    """Whether the same call can come to something else."""
    return not outcome.is_error or outcome.error_code in _TRANSIENT


def _ask(run: LiveRun, step: str, approval: Approval) -> None:
    run.waits = True
    summary = approval.preview.summary if approval.preview is not None else approval.title
    run.log.add(ApprovalNeeded(step, approval.id, summary))
    if not run.control.paused:
        run.state("waiting", f"{approval.tool} needs an approval: {approval.reason}.")


def _asked_person(run: LiveRun, step: str, question: PersonQuestion) -> None:
    """A tool asks a person; she answers where approvals are decided, and the run waits."""
    waits = question.state == "pending"
    told = "Answered." if question.state == "accept" else question.note or "Not answered."
    run.log.add(StepSaid(step, f"{question.who} asks you: {question.message[:300]} ({question.id})" if waits else told))
    run.waits = waits
    if not run.control.paused:
        run.state("waiting" if waits else "running", f"{question.who} asks you something." if waits else "")


def _settle(run: LiveRun, step: str, approval: Approval) -> None:
    run.waits = False
    run.log.add(ApprovalSettled(step, approval.id, approval.state, approval.decided_by))
    if not run.control.paused:
        run.state("running")
