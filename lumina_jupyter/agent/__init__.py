"""The agent: words become a task, the task a plan, the plan verified steps, and every step can be refused or undone."""

from .gears import GEARS, Gear, GearName
from .plan import Check, Phase, Plan, Step
from .report import Report
from .run import RunRequest, RunState, RunView
from .task import Task

__all__ = [
    "GEARS",
    "Check",
    "Gear",
    "GearName",
    "Phase",
    "Plan",
    "Report",
    "RunRequest",
    "RunState",
    "RunView",
    "Step",
    "Task",
]
