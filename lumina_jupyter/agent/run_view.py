"""A run as people see it, made of its events and of nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from .plan import Phase, Plan, Step
from .run import RunRequest, RunState, RunView
from .run_events import (
    LoggedEvent,
    PlanMade,
    Reported,
    Shifted,
    Spent,
    StateChanged,
    StepBegan,
    StepEnded,
    StepReplaced,
    TaskRead,
)

WORKING: frozenset[RunState] = frozenset({"reading", "planning", "running"})
"""The states whose time counts as the run's own: in the others it waits for a person."""


def first_view(request: RunRequest, created_at: float) -> RunView:
    """A run that nothing has happened in yet."""
    return RunView(
        id=request.run_id,
        words=request.words,
        notebook=request.notebook,
        user=request.user,
        state="reading",
        gear=int(request.gear) if request.gear.isdigit() else 0,
        gear_name=request.gear,
        model=request.model,
        persona=request.persona,
        conversation=request.conversation,
        parent=request.parent,
        created_at=created_at,
        updated_at=created_at,
    )


def view_of(request: RunRequest, created_at: float, events: Iterable[LoggedEvent]) -> RunView:
    """The run after these events."""
    view = first_view(request, created_at)
    for event in events:
        view = after(view, event)
    return view


def after(view: RunView, logged: LoggedEvent) -> RunView:
    """The run after one more event."""
    event = logged.event
    view = replace(
        view,
        seconds=view.seconds + _worked(view, logged),
        updated_at=max(view.updated_at, logged.at),
        sequence=logged.sequence,
    )
    match event:
        case StateChanged(state, why):
            return replace(view, state=state, why=why)
        case TaskRead(task):
            return replace(view, task=task)
        case PlanMade(plan):
            return replace(view, plan=plan)
        case StepReplaced(step, by):
            return view if view.plan is None else replace(view, plan=replaced(view.plan, step, by))
        case StepBegan():
            return replace(view, step=event.step)
        case StepEnded():
            return replace(view, step="")
        case Shifted():
            return replace(view, gear=event.after, model=event.model or view.model)
        case Spent(input_tokens, output_tokens, usd):
            return replace(
                view,
                input_tokens=view.input_tokens + input_tokens,
                output_tokens=view.output_tokens + output_tokens,
                usd=None if view.usd is None or usd is None else view.usd + usd,
            )
        case Reported(report):
            return replace(view, report=report)
        case _:
            return view


def replaced(plan: Plan, step: str, by: Step) -> Plan:
    """The plan with another step in a step's place."""

    def phase(each: Phase) -> Phase:
        return replace(each, steps=tuple(by if old.id == step else old for old in each.steps))

    return replace(plan, phases=tuple(phase(each) for each in plan.phases))


def _worked(view: RunView, logged: LoggedEvent) -> float:
    """The seconds of work since the event before."""
    if view.state not in WORKING:
        return 0.0
    if isinstance(logged.event, StateChanged) and logged.event.state == "interrupted":
        return 0.0  # while the server was away, nobody worked
    return max(0.0, logged.at - view.updated_at)
