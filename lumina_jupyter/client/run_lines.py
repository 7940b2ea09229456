"""What happens in a run of the agent, in plain lines: for terminals, and for logs."""

from __future__ import annotations

from ..agent.report import Report
from ..agent.run_events import (
    ApprovalNeeded,
    Criticised,
    Delegated,
    DryRunMade,
    DryRunStep,
    HandedBack,
    PlanDecided,
    PlanMade,
    Questioned,
    Recovering,
    RunEvent,
    Shifted,
    StateChanged,
    StepBegan,
    StepChecked,
    StepEnded,
    StepRedone,
    StepUndone,
    TaskRead,
)
from .run_story import RunStory

PERMISSIONS = {"allow": "at once", "ask": "asks you", "deny": "not allowed here"}
_TOLD_STATES = {
    "paused": "The run is paused.",
    "interrupted": "The run was interrupted.",
    "stopped": "The run was stopped.",
    "failed": "The run failed.",
    "undone": "The run was undone.",
    "done": "The run is done.",
}


def line_of(event: RunEvent, story: RunStory) -> str:
    """What an event says, for people; empty for what need not be told. `story` has taken it in."""
    match event:
        case StateChanged() if event.state in _TOLD_STATES:
            return event.why or _TOLD_STATES[event.state]
        case TaskRead():
            target = f" ({event.task.target_kind} {event.task.target})" if event.task.target else ""
            return f"Understood as: {event.task.action}{target}"
        case PlanMade():
            return f"Plan of {_steps(len(event.plan.steps))}{f': {event.plan.note}' if event.plan.note else ''}"
        case PlanDecided():
            return f"The plan was {'approved' if event.verdict == 'approve' else 'refused'}{_by(event.by)}."
        case Shifted() if event.before:
            return f"Gear {event.before} to {event.after}: {event.why}"
        case Questioned():
            return f"It asks: {event.text}"
        case Criticised() if event.faults:
            return f"Its own critique: {' '.join(event.faults)}"
        case Delegated():
            return f"{event.persona or 'Another agent'} takes over: {event.words}"
        case HandedBack() if event.outcome != "done":
            return f"{event.persona or 'The other agent'} has not done all of it ({event.outcome}): {event.words}"
        case _:
            return _of_a_step(event, story)


def _of_a_step(event: RunEvent, story: RunStory) -> str:
    step = story.steps.get(str(getattr(event, "step", "")))
    title = step.title if step is not None else ""
    match event:
        case StepBegan():
            return f"[{event.number}] {title}{f' (attempt {event.attempt})' if event.attempt > 1 else ''}"
        case ApprovalNeeded():
            return f"    waits for your approval ({event.approval}): {event.summary or title}"
        case StepChecked() if not event.passed:
            return f"    check failed: {event.detail}" if event.detail else "    check failed"
        case Recovering():
            return f"    {step.note}" if step is not None else ""
        case StepEnded() if event.status != "done":
            return f"    {event.status}{f': {event.why}' if event.why else ''}"
        case StepUndone():
            return f"Undone: {title}{_by(event.by)}{_left(event.left)}"
        case StepRedone():
            return f"Done again: {title}{_by(event.by)}{_left(event.left)}"
        case _:
            return ""


def dry_run_lines(dry_run: DryRunMade, story: RunStory) -> list[str]:
    """What a plan would do, step by step, and what it would take."""
    lines = []
    for number, each in enumerate(dry_run.steps, start=1):
        step = story.steps.get(each.step)
        what = each.summary or (step.title if step is not None else each.step)
        lines.append(f"  {number}. {what} ({permission(each)})")
    return [*lines, estimate(dry_run)]


def permission(step: DryRunStep) -> str:
    """Whether a step will be asked about, in words."""
    reason = f": {step.reason}" if step.permission == "deny" and step.reason else ""
    return f"{PERMISSIONS[step.permission]}{reason}"


def estimate(dry_run: DryRunMade) -> str:
    """What a plan would take, in words."""
    return f"About {dry_run.tokens:,} tokens, {dollars(dry_run.usd)}, {seconds(dry_run.seconds)}."


def report_lines(report: Report) -> list[str]:
    """A report, in plain lines; the answer is not among them."""
    lines = [report.summary] if report.summary else []
    lines += [f"  done: {each}" for each in report.done]
    lines += [f"  left: {each}" for each in report.left]
    for each in report.evidence:
        cell = f" (cell {each.cell})" if each.cell else ""
        lines.append(f"  evidence: {each.claim}{cell}")
    lines += [f"  an undo does not bring back: {each}" for each in report.not_covered]
    return [*lines, took(report)]


def took(report: Report) -> str:
    """What a run took, in words."""
    tokens = report.input_tokens + report.output_tokens
    return f"{tokens:,} tokens, {dollars(report.usd)}, {seconds(report.seconds)}"


def dollars(amount: float | None) -> str:
    """US dollars for people."""
    if amount is None:
        return "of unknown price"
    return f"${amount:,.2f}" if amount >= 1 or not amount else f"${amount:.4f}"


def seconds(amount: float) -> str:
    """A time for people."""
    minutes, rest = divmod(round(amount), 60)
    return f"{minutes} min {rest} s" if minutes else f"{amount:.1f} s"


def _steps(count: int) -> str:
    return f"{count} step{'' if count == 1 else 's'}"


def _by(name: str) -> str:
    return f" by {name}" if name else ""


def _left(left: tuple[str, ...]) -> str:
    return f"; not brought back: {', '.join(left)}" if left else ""
