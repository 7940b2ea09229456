"""A run's events, as they come, make the picture that people follow."""

from __future__ import annotations

from typing import Any

import pytest

from lumina_jupyter.agent import Phase, Plan, Report, RunView, Step
from lumina_jupyter.agent.run_events import (
    ApprovalNeeded,
    ApprovalSettled,
    DryRunMade,
    DryRunStep,
    LoggedEvent,
    PlanDecided,
    PlanMade,
    Questioned,
    Recovering,
    Replied,
    Reported,
    RunEvent,
    Shifted,
    Spent,
    StateChanged,
    StepBegan,
    StepChecked,
    StepEnded,
    StepRedone,
    StepReplaced,
    StepUndone,
)
from lumina_jupyter.client.run_lines import line_of
from lumina_jupyter.client.run_steps import step_named
from lumina_jupyter.client.run_story import RunStory
from lumina_jupyter.errors import NotFound

FIRST, SECOND = Step(id="s1", title="Write it", tool="add_cell"), Step(id="s2", title="Run it", tool="run_cell")
PLAN = Plan(phases=(Phase(title="All", steps=(FIRST, SECOND)),))
RUN = RunView(
    id="run_1", words="w", notebook="a.ipynb", user="", state="reading", gear=0, gear_name="auto", model="lab/m"
)


def told(*events: RunEvent) -> tuple[RunStory, list[str]]:
    """The story after these events, and the lines that a terminal shows."""
    story, lines = RunStory.of(RUN), []
    for number, event in enumerate(events, start=1):
        story.take(LoggedEvent(number, float(number), event))
        lines.append(line_of(event, story))
    return story, [line for line in lines if line]


def progress(story: RunStory) -> dict[str, str]:
    return {step.id: step.progress for step in story.steps.values()}


def test_a_run_from_its_plan_to_its_report() -> None:
    story, lines = told(
        Shifted(0, 3, "the task is simple"),
        StateChanged("planning"),
        PlanMade(PLAN),
        StateChanged("running"),
        StepBegan("s1", "Write it", 1),
        StepEnded("s1", "done"),
        StepBegan("s2", "Run it", 2),
        StateChanged("waiting", "A call waits."),
        ApprovalNeeded("s2", "apr_1", "Run cell c1"),
    )
    assert progress(story) == {"s1": "done", "s2": "asking"}
    assert [step.approval for step in story.asking] == ["apr_1"]
    assert not story.plan_waits
    assert (story.gear, story.shifted) == (3, "")
    story, lines = told(
        PlanMade(PLAN),
        StepBegan("s2", "Run it", 2),
        ApprovalNeeded("s2", "apr_1", "Run cell c1"),
        ApprovalSettled("s2", "apr_1", "granted", "Ada"),
        StepChecked("s2", passed=False, detail="NameError"),
        Recovering("s2", "retry", "NameError"),
        StepBegan("s2", "Run it", 2, attempt=2),
        StepEnded("s2", "failed", "It does not work."),
        Spent(100, 20, 0.25),
        Spent(100, 20, None),
        Reported(Report(outcome="failed", summary="No.")),
        StateChanged("failed", "It did not work."),
    )
    assert story.ended
    assert (story.input_tokens, story.output_tokens, story.usd) == (200, 40, None)
    assert story.steps["s2"].note == "It does not work."
    assert lines == [
        "Plan of 2 steps",
        "[2] Run it",
        "    waits for your approval (apr_1): Run cell c1",
        "    check failed: NameError",
        "    tried again: NameError",
        "[2] Run it (attempt 2)",
        "    failed: It does not work.",
        "It did not work.",
    ]


def test_a_plan_that_waits_is_no_approval_and_no_question() -> None:
    dry_run = DryRunMade((DryRunStep("s1", "add a cell"),), 0.01, 4.0, 900)
    story, _ = told(PlanMade(PLAN), dry_run, StateChanged("waiting"))
    assert story.plan_waits
    story, lines = told(PlanMade(PLAN), dry_run, StateChanged("waiting"), PlanDecided("refuse", "Ada"))
    assert not story.plan_waits
    assert lines[-1] == "The plan was refused by Ada."
    # Between an approval and the run's going on it waits for nobody's decision on the plan.
    begun: list[RunEvent] = [PlanMade(PLAN), StepBegan("s2", "Run it", 2), ApprovalNeeded("s2", "apr_1", "Run")]
    story, _ = told(*begun, StateChanged("waiting"), ApprovalSettled("s2", "apr_1", "granted", "Ada"))
    assert not story.plan_waits
    story, _ = told(StateChanged("waiting"), Questioned("Which column?"))
    assert story.question == "Which column?"
    assert not story.plan_waits
    story, _ = told(StateChanged("waiting"), Questioned("Which column?"), Replied("price"))
    assert not story.question


def test_other_plans_and_other_steps_keep_what_was_done() -> None:
    begun: list[RunEvent] = [PlanMade(PLAN), StepBegan("s1", "Write it", 1), StepEnded("s1", "done")]
    other = Step(id="s9", title="Another way", tool="run_cell")
    story, _ = told(*begun, StepReplaced("s2", other))
    assert list(story.steps) == ["s1", "s9"]
    story, _ = told(*begun, StepBegan("s2", "Run it", 2), StepEnded("s2", "failed"), StepReplaced("s2", other))
    assert list(story.steps) == ["s1", "s2", "s9"]
    story, _ = told(*begun, PlanMade(Plan(phases=(Phase(title="Mend", steps=(other,)),))))
    assert progress(story) == {"s1": "done", "s9": "due"}


def test_undone_and_done_again() -> None:
    events: list[RunEvent] = [PlanMade(PLAN), StepBegan("s1", "Write it", 1), StepEnded("s1", "done")]
    story, lines = told(*events, StepUndone("s1", "Ada", ("the variable big",)))
    assert progress(story)["s1"] == "undone"
    assert lines[-1] == "Undone: Write it by Ada; not brought back: the variable big"
    story, _ = told(*events, StepUndone("s1"), StepRedone("s1"))
    assert progress(story)["s1"] == "done"


@pytest.mark.parametrize("given", ["s2", "2"])
def test_steps_are_named_by_number_or_id(given: str) -> None:
    events = [LoggedEvent(1, 0.0, StepBegan("s1", "Write it", 1)), LoggedEvent(2, 0.0, StepBegan("s2", "Run it", 2))]
    assert step_named(events, given) == "s2"


@pytest.mark.parametrize("given", ["", "3", "s", "run_1"])
def test_a_step_that_is_not_there_is_told(given: str) -> None:
    events: list[Any] = [LoggedEvent(1, 0.0, StepBegan("s1", "Write it", 1))]
    with pytest.raises(NotFound):
        step_named(events, given)
