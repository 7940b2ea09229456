"""Runs of the agent and their events as a server tells them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

from ..agent import Check, Gear, Phase, Plan, Report, RunView, Step, Task
from ..agent.personas import KnownPersonas, Persona, PersonaTrouble
from ..agent.report import Evidence
from ..agent.run_events import DryRunStep, LoggedEvent, RunEvent, run_event_classes

Told = Mapping[str, Any]


def run_of(told: Told) -> RunView:
    """A run."""
    return RunView(
        **{
            **_known(RunView, told),
            "task": _maybe(task_of, told.get("task")),
            "plan": _maybe(plan_of, told.get("plan")),
            "report": _maybe(report_of, told.get("report")),
        }
    )


def gear_of(told: Told) -> Gear:
    """A gear."""
    return Gear(**_known(Gear, told))


def personas_of(told: Told) -> KnownPersonas:
    """The personas."""
    lists = ("tools", "hands_over_to")
    personas = ({**_known(Persona, each), **{name: tuple(each[name]) for name in lists}} for each in told["personas"])
    troubles = (PersonaTrouble(**_known(PersonaTrouble, each)) for each in told["troubles"])
    return KnownPersonas(personas=tuple(Persona(**each) for each in personas), troubles=tuple(troubles))


def logged_of(told: Told) -> LoggedEvent | None:
    """An event of a run's log; None for one that this client does not know."""
    given = dict(told["event"])
    cls = run_event_classes().get(str(given.pop("type", "")))
    if cls is None:
        return None
    made: RunEvent = cls(**{name: _value(name, value) for name, value in _known(cls, given).items()})
    return LoggedEvent(sequence=int(told["sequence"]), at=float(told["at"]), event=made)


def task_of(told: Told) -> Task:
    """A task."""
    return Task(**{**_known(Task, told), "constraints": tuple(told.get("constraints", ()))})


def step_of(told: Told) -> Step:
    """A step of a plan."""
    return Step(**{**_known(Step, told), "check": Check(**_known(Check, told.get("check", {})))})


def plan_of(told: Told) -> Plan:
    """A plan."""
    phases = (Phase(title=each["title"], steps=tuple(map(step_of, each["steps"]))) for each in told["phases"])
    left_out = tuple(told.get("left_out", ()))
    return Plan(**{**_known(Plan, told), "phases": tuple(phases), "left_out": left_out})


def report_of(told: Told) -> Report:
    """A report."""
    lists: dict[str, Any] = {name: tuple(told.get(name, ())) for name in ("done", "left", "not_covered")}
    evidence = tuple(Evidence(**_known(Evidence, each)) for each in told.get("evidence", ()))
    return Report(**{**_known(Report, told), **lists, "evidence": evidence})


_NESTED: dict[str, Callable[[Told], Any]] = {"task": task_of, "plan": plan_of, "report": report_of}


def _value(name: str, value: Any) -> Any:
    if isinstance(value, list):
        return tuple(DryRunStep(**_known(DryRunStep, each)) if isinstance(each, dict) else each for each in value)
    if isinstance(value, dict):
        return _NESTED.get(name, step_of)(value)
    return value


def _known(cls: Any, told: Told) -> dict[str, Any]:
    """What of it the class has: a server may be newer than its client."""
    names = {each.name for each in fields(cls)}
    return {name: value for name, value in told.items() if name in names}


def _maybe(make: Callable[[Told], Any], told: Told | None) -> Any:
    return None if told is None else make(told)
