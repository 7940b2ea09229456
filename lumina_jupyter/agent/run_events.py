"""The events of a run: an append-only log, from which all that anybody sees of it is made."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from .plan import Plan, Step
from .report import Outcome, Report
from .run import RunState
from .task import Task

StepStatus = Literal["done", "failed", "skipped", "refused", "stopped"]
Way = Literal["retry", "other_way", "ask", "undo"]


@dataclass(frozen=True, slots=True)
class StateChanged:
    """The run is in another state now; `why` is a sentence for people."""

    state: RunState
    why: str = ""


@dataclass(frozen=True, slots=True)
class TaskRead:
    """What the words were understood to ask for."""

    task: Task


@dataclass(frozen=True, slots=True)
class PlanMade:
    """A plan, or another one in place of the one before."""

    plan: Plan


@dataclass(frozen=True, slots=True)
class DryRunStep:
    """What one step would do: its preview, and what the gate would say of it."""

    step: str
    summary: str
    diff: str = ""
    permission: Literal["allow", "ask", "deny"] = "ask"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DryRunMade:
    """What the plan would change and take: dollars (None where a price is unknown), seconds, tokens; estimates."""

    steps: tuple[DryRunStep, ...]
    usd: float | None
    seconds: float
    tokens: int


@dataclass(frozen=True, slots=True)
class PlanDecided:
    """A person approved or refused the plan."""

    verdict: Literal["approve", "refuse"]
    by: str = ""


@dataclass(frozen=True, slots=True)
class PhaseBegan:
    """A phase begins."""

    title: str
    number: int


@dataclass(frozen=True, slots=True)
class StepBegan:
    """A step is tried; `number` is the step's in the journals of undo, the same for all attempts."""

    step: str
    title: str
    number: int
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class CheckpointMade:
    """What can be brought back when the step is undone, and what cannot.

    `notebooks` are the paths of those whose cells it covers; `variables` names what was kept in the kernel.
    """

    step: str
    covers: tuple[str, ...] = ()
    not_covered: tuple[str, ...] = ()
    notebooks: tuple[str, ...] = ()
    variables: str = ""


@dataclass(frozen=True, slots=True)
class StepWrote:
    """What the model wrote for a step."""

    step: str
    text: str


@dataclass(frozen=True, slots=True)
class ApprovalNeeded:
    """The call waits for a person; the approval itself is at the permission gate."""

    step: str
    approval: str
    summary: str = ""


@dataclass(frozen=True, slots=True)
class ApprovalSettled:
    """It does not wait any more."""

    step: str
    approval: str
    state: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class StepSaid:
    """A line of progress out of a tool."""

    step: str
    text: str


@dataclass(frozen=True, slots=True)
class StepCalled:
    """What a tool gave back, shortened; `cell` is the one that it made, changed or ran."""

    step: str
    tool: str
    result: str
    is_error: bool = False
    cell: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class StepChecked:
    """What came of a step's check."""

    step: str
    passed: bool
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Recovering:
    """A step failed, and this is what is done about it."""

    step: str
    way: Way
    why: str


@dataclass(frozen=True, slots=True)
class StepReplaced:
    """Another step stands in a step's place: another way to the same."""

    step: str
    by: Step


@dataclass(frozen=True, slots=True)
class StepEnded:
    """A step is over; the hashes are those of its cell then, the second only where it ran."""

    step: str
    status: StepStatus
    why: str = ""
    source_hash: str = ""
    output_hash: str = ""


@dataclass(frozen=True, slots=True)
class Shifted:
    """Another gear from here on, and the model that works in it. `before` is 0 where a run begins."""

    before: int
    after: int
    why: str
    model: str = ""


@dataclass(frozen=True, slots=True)
class Questioned:
    """The run asks a person something and waits."""

    text: str


@dataclass(frozen=True, slots=True)
class Replied:
    """A person answered."""

    text: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class Thought:
    """A chain of thought, kept apart from every answer; never a reason for a permission."""

    text: str
    step: str = ""


@dataclass(frozen=True, slots=True)
class Criticised:
    """What the model found wrong with its own work; empty when nothing."""

    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Spent:
    """What one call of a model took."""

    input_tokens: int
    output_tokens: int
    usd: float | None


@dataclass(frozen=True, slots=True)
class Delegated:
    """Part of the task went to another agent, whose run this is, in this step."""

    run: str
    persona: str
    words: str
    step: str = ""


@dataclass(frozen=True, slots=True)
class HandedBack:
    """The other agent's run is over; `outcome` is its report's."""

    run: str
    persona: str
    words: str
    outcome: Outcome
    step: str = ""


@dataclass(frozen=True, slots=True)
class StepUndone:
    """A step was taken back, by a person or by the run itself; `left` is what could not be."""

    step: str
    by: str = ""
    left: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StepRedone:
    """A step that was taken back was brought again; `left` is what could not be."""

    step: str
    by: str = ""
    left: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reported:
    """The report."""

    report: Report


RunEvent = (
    StateChanged
    | TaskRead
    | PlanMade
    | DryRunMade
    | PlanDecided
    | PhaseBegan
    | StepBegan
    | CheckpointMade
    | StepWrote
    | ApprovalNeeded
    | ApprovalSettled
    | StepSaid
    | StepCalled
    | StepChecked
    | Recovering
    | StepReplaced
    | StepEnded
    | Shifted
    | Questioned
    | Replied
    | Thought
    | Criticised
    | Spent
    | Delegated
    | HandedBack
    | StepUndone
    | StepRedone
    | Reported
)

_TYPES: dict[str, type[RunEvent]] = {
    "state": StateChanged,
    "task": TaskRead,
    "plan": PlanMade,
    "dry_run": DryRunMade,
    "plan_decided": PlanDecided,
    "phase": PhaseBegan,
    "step": StepBegan,
    "checkpoint": CheckpointMade,
    "wrote": StepWrote,
    "approval_needed": ApprovalNeeded,
    "approval_settled": ApprovalSettled,
    "said": StepSaid,
    "called": StepCalled,
    "checked": StepChecked,
    "recovering": Recovering,
    "replaced": StepReplaced,
    "step_ended": StepEnded,
    "shifted": Shifted,
    "question": Questioned,
    "reply": Replied,
    "thought": Thought,
    "critique": Criticised,
    "spent": Spent,
    "delegated": Delegated,
    "handed_back": HandedBack,
    "undone": StepUndone,
    "redone": StepRedone,
    "report": Reported,
}
_NAMES = {cls: name for name, cls in _TYPES.items()}


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """An event in a run's log: its place, and when it was, in seconds since 1970."""

    sequence: int
    at: float
    event: RunEvent


def run_event_classes() -> dict[str, type[RunEvent]]:
    """Every class of event by its `type` on the wire and in the log."""
    return dict(_TYPES)


def run_event_name(event: RunEvent) -> str:
    """The event's `type` on the wire and in the log."""
    return _NAMES[type(event)]


def run_event_data(event: RunEvent) -> dict[str, Any]:
    """The event as JSON-ready data, with its `type` first."""
    return {"type": run_event_name(event), **asdict(event)}
