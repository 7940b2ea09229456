"""What a cell shows of a run stays short, is seldom updated, and holds nothing that runs."""

from __future__ import annotations

from typing import Any

import pytest

from lumina_jupyter.agent import Phase, Plan, Report, RunView, Step
from lumina_jupyter.agent.run_events import (
    ApprovalNeeded,
    DryRunMade,
    DryRunStep,
    LoggedEvent,
    PlanMade,
    Questioned,
    Reported,
    RunEvent,
    StateChanged,
    StepBegan,
    StepEnded,
    StepSaid,
)
from lumina_jupyter.client.run_story import RunStory
from lumina_jupyter.magics.agent_timeline import ROWS, Lines, Timeline

RUN = RunView(id="run_1", words="w", notebook="n", user="", state="reading", gear=3, gear_name="3", model="lab/m")
EVIL = "<script>alert(1)</script> ![x](https://evil.example/x.png) \x1b[2J"


class Shown:
    """An output that remembers."""

    def __init__(self, *, live: bool = True) -> None:
        self.live = live
        self.displays: list[dict[str, Any]] = []
        self.sent = 0

    def show(self, data: dict[str, Any], metadata: dict[str, Any] | None = None) -> str:
        self.displays.append(data)
        self.sent += len(str(data))
        return str(len(self.displays) - 1)

    def update(self, display: str, data: dict[str, Any], metadata: dict[str, Any] | None = None) -> None:
        self.displays[int(display)] = data
        self.sent += len(str(data))

    def stream(self, text: str) -> None:
        raise AssertionError

    def next_cell(self, code: str) -> None:
        raise AssertionError

    @property
    def rich(self) -> str:
        return "\n".join(each["text/markdown"] for each in self.displays)


def plan(count: int, title: str = "Step") -> Plan:
    steps = tuple(Step(id=f"s{number}", title=f"{title} {number}", tool="add_cell") for number in range(count))
    return Plan(phases=(Phase(title="All", steps=steps),))


def follow(shown: Shown, *events: RunEvent, ends: bool = False) -> RunStory:
    story = RunStory.of(RUN)
    view: Timeline | Lines = Timeline(shown, story, "Decide there.") if shown.live else Lines(shown, story)
    for number, event in enumerate(events, start=1):
        logged = LoggedEvent(number, float(number), event)
        story.take(logged)
        view.take(logged)
    if ends:
        view.close()
    elif isinstance(view, Timeline):
        view.show()
    return story


def test_a_long_run_costs_what_a_short_one_does(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    shown, story = Shown(), RunStory.of(RUN)
    view = Timeline(shown, story, "")
    events: list[RunEvent] = [PlanMade(plan(30))]
    for number in range(30):
        events.append(StepBegan(f"s{number}", f"Step {number}", number + 1))
        events += [StepSaid(f"s{number}", f"line {line}") for line in range(1000)]
        events.append(StepEnded(f"s{number}", "done"))
    for number, event in enumerate(events, start=1):
        now[0] += 0.04  # a run of twenty minutes
        story.take(LoggedEvent(number, 0.0, event))
        view.take(LoggedEvent(number, 0.0, event))
    view.close()
    assert len(shown.displays) == 1
    assert len(shown.displays[0]["text/markdown"]) < 4_000
    assert shown.sent < 2_000_000
    assert shown.rich.count("\n- ") <= ROWS + 2
    assert "earlier steps" in shown.rich


def test_what_waits_is_told_with_where_to_decide() -> None:
    shown = Shown()
    dry_run = DryRunMade(
        (DryRunStep("s0", "add a cell", "+x = 1\n+```", "allow"), DryRunStep("s1", "", "", "deny", "the policy")),
        None,
        3.0,
        1200,
    )
    follow(shown, PlanMade(plan(2)), dry_run, StateChanged("waiting"))
    assert "The plan waits for your approval" in shown.rich
    assert "Decide there." in shown.rich
    for words in ("add a cell *(at once)*", "Step 1 *(not allowed here: the policy)*", "````diff", "1,200 tokens"):
        assert words in shown.rich
    shown = Shown()
    follow(shown, PlanMade(plan(1)), StepBegan("s0", "Run", 1), ApprovalNeeded("s0", "apr_1", "Run cell c1"))
    assert "**Waits for your approval** `apr_1`: Run cell c1. Decide there." in shown.rich
    shown = Shown()
    follow(shown, StateChanged("waiting"), Questioned("Which one?"))
    assert "**It asks:** Which one? Decide there." in shown.rich


def test_the_report_follows_the_timeline_once() -> None:
    shown = Shown()
    report = Report(outcome="done", summary="All of it.", answer="The mean is **4**.", done=("a cell",), usd=None)
    story = follow(shown, PlanMade(plan(1)), Reported(report), StateChanged("done"), ends=True)
    assert story.ended
    assert [each["text/markdown"] for each in shown.displays[1:2]] == ["The mean is **4**."]
    assert "**Done.** All of it." in shown.rich
    assert "%lumina undo run_1" in shown.rich
    assert "of unknown price" in shown.rich


@pytest.mark.parametrize("live", [True, False])
def test_nothing_of_it_runs_or_loads(live: bool) -> None:
    shown = Shown(live=live)
    report = Report(outcome="failed", summary=EVIL, answer=EVIL, done=(EVIL,), left=(EVIL,), not_covered=(EVIL,))
    follow(
        shown,
        PlanMade(plan(2, EVIL)),
        DryRunMade((DryRunStep("s0", EVIL, f"+{EVIL}"),), 0.0, 1.0, 5),
        StepBegan("s0", EVIL, 1),
        StepSaid("s0", EVIL),
        ApprovalNeeded("s0", "apr_1", EVIL),
        StepEnded("s0", "failed", EVIL),
        Questioned(EVIL),
        StateChanged("failed", EVIL),
        Reported(report),
        ends=True,
    )
    outside = "\n".join(line for line in shown.rich.split("\n") if not line.strip().startswith("+"))
    assert "<script" not in outside
    assert "![" not in outside.replace("\\!", "")
    assert "\x1b" not in str(shown.displays)


def test_a_terminal_is_told_line_by_line() -> None:
    shown = Shown(live=False)
    dry_run = DryRunMade((DryRunStep("s0", "add a cell"),), 0.0, 2.0, 10)
    follow(shown, PlanMade(plan(1)), dry_run, StepBegan("s0", "Step 0", 1), StepEnded("s0", "done"))
    plain = "\n".join(each["text/plain"] for each in shown.displays)
    assert "Plan of 1 step\n" in plain
    assert "  1. add a cell (asks you)" in plain
    assert "[1] Step 0" in plain
