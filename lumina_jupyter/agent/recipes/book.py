"""All recipes, and a plan by one of them that fits the scene's tools and the gear."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from ...errors import ToolDenied
from ..gears import Gear
from ..plan import Phase, Plan
from ..scene import Scene
from ..task import Action, Task
from .answer import answer
from .change import change
from .clean import clean
from .document import document
from .explain import explain
from .find import find
from .fix import fix
from .plot import plot
from .refactor import refactor
from .running import run_cells
from .testing import test
from .write import write

Recipe = Callable[[Task, Scene], Plan]

RECIPES: Mapping[Action, Recipe] = {
    "answer": answer,
    "explain": explain,
    "fix": fix,
    "write": write,
    "change": change,
    "refactor": refactor,
    "plot": plot,
    "clean": clean,
    "test": test,
    "document": document,
    "run": run_cells,
    "find": find,
}


def recipe_plan(task: Task, scene: Scene, gear: Gear) -> Plan:
    """The recipe's plan for the task's action, without what the scene has no tool for and what the gear has no step for.

    What was to be found, explained or answered is answered in words, then, from what is there.

    Raises:
        ToolDenied: when nothing of what is to be done is allowed.
    """
    plan = RECIPES[task.action](task, scene)
    left_out: list[str] = []
    gone: set[str] = set()
    room = gear.steps
    phases: list[Phase] = []
    for phase in plan.phases:
        kept = []
        for step in phase.steps:
            if step.tool not in scene.tools or any(made in gone for made in step.from_steps.values()):
                left_out.append(f"{step.title} ({step.tool} is not allowed here)")
                gone.add(step.id)
            elif room <= 0:
                left_out.append(f"{step.title} (no more steps in this gear)")
                gone.add(step.id)
            else:
                kept.append(step)
                room -= 1
        if kept:
            phases.append(replace(phase, steps=tuple(kept)))
    note = f"Left out: {'; '.join(left_out)}." if left_out else ""
    if left_out and not phases and not plan.answers:
        raise ToolDenied(f"Nothing of this can be done here. {note}", hint="Allow it, or ask for something else.")
    return replace(plan, phases=tuple(phases), answers=plan.answers or not phases, note=note, left_out=tuple(left_out))
