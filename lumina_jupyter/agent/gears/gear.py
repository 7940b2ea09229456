"""A gear: one row of the table that says how a run goes about its work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ...gateway import ReasoningEffort
from ...tools import Autonomy

GearName = Literal["auto", "reverse", "1", "2", "3", "4", "5"]
"""What people choose: a number, `auto` for the one that fits the task, `reverse` to undo the last run."""
Grid = Literal["step", "phase", "task"]
"""When a shift takes effect: never in the middle of what it would change."""
ModelStrategy = Literal["reasoning", "default", "small"]
"""Which model works: the one set for reasoning, the notebook's own, or the one set for small things; each of them is
the notebook's own where nothing is set."""
StepSize = Literal["small", "normal", "large"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gear:
    """How a run goes about its work.

    `steps` is the most that a plan may have, `attempts` how often a step is tried, `tokens`, `usd` and `seconds` what
    the whole run may take. `approves_plan` lets nothing begin before a person has seen the plan and its dry run;
    `reflects` has the model criticise its work and mend it before the report. `autonomy` is the gate's: what may
    be done without asking. Snapshots are made in every gear.
    """

    number: int
    title: str
    model: ModelStrategy
    effort: ReasoningEffort
    step_size: StepSize
    steps: int
    attempts: int
    autonomy: Autonomy
    approves_plan: bool
    reflects: bool
    tokens: int
    usd: float
    seconds: float
