"""A run of the agent, as it is asked for and as people see it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Literal
from uuid import uuid4

from ..memory.question import Right
from .gears import GearName
from .plan import Plan
from .report import Report
from .task import Task

RunState = Literal[
    "reading", "planning", "waiting", "running", "paused", "done", "failed", "stopped", "interrupted", "undone"
]
"""`waiting` is for a person: a plan to approve, a call to approve, a question. `interrupted`: the server ended while it
ran, and nobody has resumed it yet."""
ENDED: frozenset[RunState] = frozenset({"done", "failed", "stopped", "undone"})


def new_run_id() -> str:
    """A fresh id; it holds no colon, for it stands in the origins of edits."""
    return f"run_{uuid4().hex[:16]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRequest:
    """What somebody asks the agent to do in a notebook.

    `gear` is what the person chose; `most_gear` how far `auto` may shift up. With `plan_only` the run ends with the plan
    and its dry run, and can be started later by approving it. `user`, `asked_by` and `rights` are told by who takes the
    request in, whatever it says of them itself. The same holds for what a coordinator tells of a colleague's run: `parent`
    is its own run, `depth` how often the work was given away, `most_tokens` and `most_usd` what it may take at most
    beside the gear's limits (0 and None: these alone).
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    words: str
    notebook: str
    kernel_id: str = ""
    active_cell: str = ""
    gear: GearName = "auto"
    most_gear: int = 4
    model: str = ""
    persona: str = ""
    plan_only: bool = False
    conversation: str = ""
    user: str = ""
    asked_by: Literal["chat", "magic", "agent"] = "chat"
    rights: tuple[Right, ...] = ("read", "write", "execute", "network")
    parent: str = ""
    depth: int = 0
    most_tokens: int = 0
    most_usd: float | None = None
    run_id: str = field(default_factory=new_run_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunView:
    """A run as it is now.

    `conversation` is the one in which it was asked for, empty for none; its turn has the run's id. `gear` is the number
    that it runs in; `sequence` that of its last event; `why` says what it waits for, or why it ended as it did.
    """

    id: str
    words: str
    notebook: str
    user: str
    state: RunState
    gear: int
    gear_name: GearName
    model: str
    persona: str = ""
    conversation: str = ""
    parent: str = ""
    why: str = ""
    task: Task | None = None
    plan: Plan | None = None
    step: str = ""
    report: Report | None = None
    input_tokens: int = 0
    output_tokens: int = 0
    usd: float | None = 0.0
    seconds: float = 0.0
    created_at: float = 0.0
    updated_at: float = 0.0
    sequence: int = 0
