"""A plan: phases of steps, each with the tool that does it, what it shall come to and how that is checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

CheckKind = Literal["none", "runs", "assert", "contains", "has_output", "reads_back", "same"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """How a step is verified.

    `runs`: the cell runs again without an error. `assert`: the Python expression in `text` is true in the notebook's
    kernel. `contains`: what the step gave back contains `text`. `has_output`: the cell shows something; `text` may name
    a media type, as `image/png`. `reads_back`: the edited cell, read again, has the hash of what was written.
    `same`: the edited cell, and the cells whose ids `text` names, show and bind what they did before, run again.
    """

    kind: CheckKind = "none"
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One call of a tool.

    Some arguments are known only when the step is due. `writes` says what the model has to write then into the
    argument `writes_to`; `from_steps` names for an argument the earlier step that made the cell meant by it. `check`
    comes after it; `expects` is the same for people.
    """

    id: str
    title: str
    tool: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    writes: str = ""
    writes_to: str = ""
    from_steps: Mapping[str, str] = field(default_factory=dict)
    expects: str = ""
    check: Check = Check()


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """Steps that belong together; between phases a run can shift, pause and be looked at."""

    title: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All phases, in their order. `answers` says that the run ends with an answer in words."""

    phases: tuple[Phase, ...]
    answers: bool = False
    note: str = ""
    """What the planner wants people to know, such as what it could not plan."""
    left_out: tuple[str, ...] = ()
    """What belongs to the task and is not among the steps, with why: the report says that it was not done."""

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps of all phases."""
        return tuple(step for phase in self.phases for step in phase.steps)
