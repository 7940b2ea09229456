"""A run of the agent as people follow it: its steps and where each is, made of the run's events as they come."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from ..agent import Plan, Report, RunState, RunView, Step
from ..agent.run import ENDED
from ..agent.run_events import (
    ApprovalNeeded,
    ApprovalSettled,
    CheckpointMade,
    DryRunMade,
    LoggedEvent,
    PhaseBegan,
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
    StepCalled,
    StepChecked,
    StepEnded,
    StepRedone,
    StepReplaced,
    StepSaid,
    StepUndone,
)

Progress = Literal["due", "running", "asking", "done", "failed", "skipped", "refused", "stopped", "undone"]
_WAYS = {
    "retry": "tried again",
    "other_way": "done another way",
    "ask": "a person is asked",
    "undo": "taken back",
}


@dataclass(slots=True)
class StepStory:
    """One step: `note` is the last thing worth telling of it, `approval` the id of what it waits for."""

    id: str
    title: str
    tool: str = ""
    number: int = 0
    progress: Progress = "due"
    attempt: int = 1
    note: str = ""
    approval: str = ""
    cell: str = ""
    not_covered: tuple[str, ...] = ()
    before_undo: Progress = "done"


@dataclass(slots=True)
class RunStory:
    """What is known of a run. `question` is what it asks now, `plan_waits` whether the plan is to be decided."""

    id: str
    state: RunState
    gear: int = 0
    why: str = ""
    phase: str = ""
    model: str = ""
    plan: Plan | None = None
    dry_run: DryRunMade | None = None
    plan_decided: bool = False
    question: str = ""
    report: Report | None = None
    shifted: str = ""
    input_tokens: int = 0
    output_tokens: int = 0
    usd: float | None = 0.0
    sequence: int = 0
    steps: dict[str, StepStory] = field(default_factory=dict)

    @classmethod
    def of(cls, view: RunView) -> RunStory:
        """The story of a run that nothing was heard of yet."""
        return cls(id=view.id, state="reading", gear=view.gear, model=view.model)

    @property
    def ended(self) -> bool:
        """Whether nothing more happens by itself."""
        return self.state in ENDED or self.state == "interrupted"

    @property
    def plan_waits(self) -> bool:
        """Whether it waits for somebody to decide about its plan: nothing of it has begun yet."""
        planned = self.state == "waiting" and self.plan is not None and not self.plan_decided and not self.question
        return planned and all(step.progress == "due" for step in self.steps.values())

    @property
    def asking(self) -> list[StepStory]:
        """The steps that wait for somebody's approval."""
        return [step for step in self.steps.values() if step.progress == "asking"]

    def take(self, logged: LoggedEvent) -> None:
        """Take the next event in."""
        self.sequence = logged.sequence
        if not self._of_the_run(logged.event):
            self._of_a_step(logged.event)

    def _of_the_run(self, event: RunEvent) -> bool:
        match event:
            case StateChanged():
                self.state, self.why = event.state, event.why
                if event.state != "waiting":
                    self.question = ""
            case PlanMade():
                self._replan(event.plan)
            case DryRunMade():
                self.dry_run = event
            case PlanDecided():
                self.plan_decided = True
            case PhaseBegan():
                self.phase = event.title
            case Shifted():
                self.gear, self.shifted = event.after, event.why if event.before else ""
                self.model = getattr(event, "model", "") or self.model
            case Questioned():
                self.question = event.text
            case Replied():
                self.question = ""
            case Spent():
                self.input_tokens += event.input_tokens
                self.output_tokens += event.output_tokens
                self.usd = None if self.usd is None or event.usd is None else self.usd + event.usd
            case Reported():
                self.report = event.report
            case _:
                return False
        return True

    def _of_a_step(self, event: RunEvent) -> None:
        if isinstance(event, StepReplaced):
            self._replace(event.step, event.by)
            return
        name = getattr(event, "step", "")
        if not name or not isinstance(name, str):
            return
        step = self.steps.setdefault(name, StepStory(id=name, title=name))
        match event:
            case StepBegan():
                step.progress, step.title, step.number = "running", event.title or step.title, event.number
                step.attempt, step.note, step.approval = event.attempt, "", ""
            case ApprovalNeeded():
                step.progress, step.approval, step.note = "asking", event.approval, event.summary
            case ApprovalSettled():
                step.progress, step.approval = "running", ""
                step.note = f"{event.state} by {event.by}" if event.by else event.state
            case StepSaid():
                step.note = event.text
            case StepCalled():
                step.cell = event.cell or step.cell
                step.note = _first_line(event.result) if event.is_error else step.note
            case StepChecked() if not event.passed:
                step.note = f"check failed: {event.detail}" if event.detail else "check failed"
            case StepEnded():
                step.progress, step.approval = event.status, ""
                step.note = event.why or ("" if event.status == "done" else step.note)
            case _:
                _of_its_keeping(step, event)

    def _replan(self, plan: Plan) -> None:
        """Another plan keeps what was done and has its own steps follow."""
        begun = {name: step for name, step in self.steps.items() if step.progress != "due"}
        self.plan, self.steps = plan, begun
        for step in plan.steps:
            self.steps.setdefault(step.id, StepStory(id=step.id, title=step.title, tool=step.tool))

    def _replace(self, old: str, by: Step) -> None:
        new = StepStory(id=by.id, title=by.title, tool=by.tool)
        replaced: dict[str, StepStory] = {}
        for name, step in self.steps.items():
            if name != old or step.progress != "due":
                replaced[name] = step
            if name == old:
                replaced[by.id] = new
        self.steps = replaced


def _of_its_keeping(step: StepStory, event: RunEvent) -> None:
    """What is told of mending a step, keeping what it changes, and taking it back."""
    match event:
        case Recovering():
            step.note = f"{_WAYS[event.way]}: {event.why}" if event.why else _WAYS[event.way]
        case CheckpointMade():
            step.not_covered = event.not_covered
        case StepUndone():
            step.before_undo = step.progress if step.progress != "undone" else step.before_undo
            step.progress = "undone"
            step.note = f"not brought back: {', '.join(event.left)}" if event.left else ""
        case StepRedone():
            step.progress, step.note = step.before_undo, ""
        case _:
            pass


def _first_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1][:200] if lines else ""
