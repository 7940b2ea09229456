"""What a server tells of the agent's runs arrives as it was."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumina_jupyter.agent import GEARS, Check, Phase, Plan, Report, RunView, Step, Task
from lumina_jupyter.agent.report import Evidence
from lumina_jupyter.agent.run_events import LoggedEvent, run_event_classes
from lumina_jupyter.client.agent_wire import gear_of, logged_of, run_of
from lumina_jupyter.server.agent_frames import event_data, written

TEXT = st.text(max_size=12)
CHECKS = st.builds(Check, text=TEXT)
STEPS = st.builds(
    Step,
    arguments=st.dictionaries(TEXT, st.one_of(TEXT, st.integers(), st.lists(TEXT, max_size=2)), max_size=2),
    from_steps=st.dictionaries(TEXT, TEXT, max_size=1),
    check=CHECKS,
)
PHASES = st.builds(Phase, title=TEXT, steps=st.lists(STEPS, max_size=2).map(tuple))
PLANS = st.builds(Plan, phases=st.lists(PHASES, max_size=2).map(tuple))
REPORTS = st.builds(Report, evidence=st.lists(st.builds(Evidence), max_size=2).map(tuple), usd=st.none() | st.just(0.5))
GIVEN: dict[str, Any] = {"plan": PLANS, "report": REPORTS, "by": STEPS, "task": st.builds(Task)}
"""What of the events' fields is not told by their types alone."""


def made(cls: type[Any]) -> st.SearchStrategy[Any]:
    named = {"PlanMade": ("plan",), "Reported": ("report",), "StepReplaced": ("by",), "TaskRead": ("task",)}
    return st.builds(cls, **{field: GIVEN[field] for field in named.get(cls.__name__, ())})


EVENTS = st.one_of([made(cls) for cls in run_event_classes().values()])


@given(event=EVENTS, sequence=st.integers(1, 10**9))
def test_every_event_arrives_as_it_was(event: Any, sequence: int) -> None:
    logged = LoggedEvent(sequence, 12.5, event)
    assert logged_of(json.loads(json.dumps(event_data(logged)))) == logged


@given(event=EVENTS)
def test_an_event_is_one_frame_whatever_it_holds(event: Any) -> None:
    frame = written(LoggedEvent(3, 1.0, event)).decode()
    assert frame.startswith("event: entry\nid: 3\ndata: {")
    assert frame.endswith("\n\n")
    assert frame.count("\n") == 4


@given(plan=st.none() | PLANS, report=st.none() | REPORTS, task=st.none() | st.builds(Task))
def test_a_run_arrives_as_it_was(plan: Plan | None, report: Report | None, task: Task | None) -> None:
    run = RunView(
        id="run_1",
        words="Do it.",
        notebook="a.ipynb",
        user="",
        state="running",
        gear=3,
        gear_name="auto",
        model="lab/m",
        plan=plan,
        report=report,
        task=task,
    )
    assert run_of(json.loads(json.dumps(asdict(run)))) == run


@pytest.mark.parametrize("gear", GEARS.values(), ids=lambda gear: str(gear.number))
def test_a_gear_arrives_as_it_was(gear: Any) -> None:
    assert gear_of(json.loads(json.dumps(asdict(gear)))) == gear


def test_what_a_newer_server_adds_is_passed_over() -> None:
    assert logged_of({"sequence": 1, "at": 0.0, "event": {"type": "danced"}}) is None
    known = logged_of({"sequence": 1, "at": 0.0, "event": {"type": "said", "step": "s1", "text": "x", "colour": "red"}})
    assert known is not None
    assert run_of({**_least(), "mood": "good"}).id == "run_1"


def _least() -> dict[str, Any]:
    return {
        "id": "run_1",
        "words": "",
        "notebook": "",
        "user": "",
        "state": "done",
        "gear": 1,
        "gear_name": "1",
        "model": "",
    }
