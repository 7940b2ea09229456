"""What a run has done so far, made of its events: what goes on after a restart, and what a model is told of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from .plan import Plan, Step
from .report import Report
from .run_events import (
    CheckpointMade,
    Criticised,
    DryRunMade,
    HandedBack,
    LoggedEvent,
    PlanDecided,
    PlanMade,
    Replied,
    Reported,
    RunEvent,
    Shifted,
    StepBegan,
    StepCalled,
    StepEnded,
    StepRedone,
    StepReplaced,
    StepStatus,
    StepUndone,
    StepWrote,
    TaskRead,
)
from .run_view import replaced
from .scene import Done
from .task import Task


@dataclass(slots=True)
class StepRecord:
    """One step: what it is and what became of it. `number` is its step's in the journals of undo."""

    step: Step
    number: int
    attempts: int = 0
    written: str = ""
    result: str = ""
    is_error: bool = False
    cell: str = ""
    calls: int = 0
    status: StepStatus | None = None
    why: str = ""
    source_hash: str = ""
    output_hash: str = ""
    undone: bool = False
    undos: int = 0
    """How often it was taken back."""
    checkpoint: CheckpointMade | None = None

    @property
    def done(self) -> Done:
        """What a model is told of it."""
        return Done(
            step=self.step.id,
            title=self.step.title,
            tool=self.step.tool,
            written=self.written,
            result=self.result or self.why,
            failed=self.status in {"failed", "refused"} or (self.status is None and self.is_error),
            cell=self.cell,
        )


@dataclass(slots=True)
class Ledger:
    """A run, folded from its events."""

    task: Task | None = None
    plan: Plan | None = None
    dry_run: DryRunMade | None = None
    decided: PlanDecided | None = None
    gear: int = 0
    model: str = ""
    records: dict[str, StepRecord] = field(default_factory=dict)
    steps: dict[str, Step] = field(default_factory=dict)
    """Every step that was ever planned."""
    left_out: tuple[str, ...] = ()
    """What its plans did not take in, though it belongs to the task."""
    criticised: bool = False
    unmended: tuple[str, ...] = ()
    """Faults that were found with the work, and for which no plan was made."""
    parts_left: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Of each step that gave work away, what colleagues did not do of it."""
    parts_done: set[str] = field(default_factory=set)
    """The steps that gave work away of which somebody did something."""
    replies: list[str] = field(default_factory=list)
    report: Report | None = None

    @property
    def done(self) -> tuple[Done, ...]:
        """The steps that were tried, in their order."""
        return tuple(record.done for record in self.records.values() if record.calls or record.status)

    @property
    def next_number(self) -> int:
        """The number of the next step that begins."""
        return max((record.number for record in self.records.values()), default=0) + 1

    def take(self, event: RunEvent) -> None:
        """Go on by one event."""
        match event:
            case TaskRead(task):
                self.task = task
            case PlanMade(plan):
                self.plan, self.decided, self.dry_run = plan, None, None
                self.steps |= {step.id: step for step in plan.steps}
                self.left_out, self.unmended = (*self.left_out, *plan.left_out), ()
            case DryRunMade():
                self.dry_run = event
            case PlanDecided():
                self.decided = event
            case Shifted():
                self.gear, self.model = event.after, event.model or self.model
            case StepReplaced(step, by):
                self.steps[by.id] = by
                if by.id in self.records:
                    self.records[by.id] = StepRecord(by, self.next_number)
                if self.plan is not None:
                    self.plan = replaced(self.plan, step, by)
            case Replied(text):
                self.replies.append(text)
            case Criticised(faults):
                self.criticised, self.unmended = True, faults
            case Reported(report):
                self.report = report
            case _:
                self._take_step(event)

    def _take_step(self, event: RunEvent) -> None:
        match event:
            case StepBegan(step, title, number):
                known = self.steps.get(step) or Step(id=step, title=title, tool="")
                record = self.records.get(step)
                if record is None or record.number != number:
                    # What was done under another number is taken back.
                    old = record
                    record = self.records[step] = StepRecord(known, number)
                    if old is not None:
                        record.attempts, record.written = old.attempts, old.written
                record.step, record.status = known, None
                self.parts_left.pop(step, None)
                record.attempts += 1
            case CheckpointMade(step):
                self._record(step).checkpoint = event
            case StepWrote(step, text):
                self._record(step).written = text
            case StepCalled(step, _tool, result):
                record = self._record(step)
                record.calls += 1
                record.result, record.is_error = result, event.is_error
                record.cell = event.cell or record.cell
            case StepEnded(step, status, why):
                record = self._record(step)
                record.status, record.why = status, why
                record.source_hash, record.output_hash = event.source_hash, event.output_hash
            case HandedBack():
                self._handed_back(event)
            case StepUndone(step):
                record = self._record(step)
                record.undone, record.undos = True, record.undos + 1
            case StepRedone(step):
                self._record(step).undone = False
            case _:
                pass

    def _handed_back(self, part: HandedBack) -> None:
        if part.outcome in ("done", "partly"):
            self.parts_done.add(part.step)
        if part.outcome != "done":
            left = f"{part.words.strip()} ({part.persona}: {part.outcome})"
            self.parts_left[part.step] = (*self.parts_left.get(part.step, ()), left)

    def _record(self, step: str) -> StepRecord:
        known = self.steps.get(step) or Step(id=step, title=step, tool="")
        return self.records.setdefault(step, StepRecord(known, self.next_number))


def ledger_of(events: Iterable[LoggedEvent]) -> Ledger:
    """What these events come to."""
    ledger = Ledger()
    for logged in events:
        ledger.take(logged.event)
    return ledger
