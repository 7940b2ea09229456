"""Whether a plan can be carried out: tools that there are, arguments that fit them, steps that are no more than allowed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ...errors import LuminaError
from ...tools import Toolbox
from ..gears import Gear
from ..plan import Phase, Plan, Step
from ..scene import Scene
from .arguments import place_of_text

MOST_FAULTS = 8
_PLACEHOLDER = "x"


async def faults_of(plan: Plan, scene: Scene, gear: Gear, toolbox: Toolbox, known: set[str] | None = None) -> list[str]:
    """What is wrong with a plan, a sentence each, for the model that made it.

    Args:
        plan: The plan.
        scene: Has the tools.
        gear: Says how many steps there may be.
        toolbox: Knows what their arguments are.
        known: Steps of earlier plans, whose cells may be meant.
    """
    faults: list[str] = []
    steps = plan.steps
    if not steps and not plan.answers:
        faults.append("The plan has no steps and gives no answer.")
    if len(steps) > gear.steps:
        faults.append(f"The plan has {len(steps)} steps; {gear.steps} are allowed.")
    earlier = set(known or ())
    for step in steps[: gear.steps + 1]:
        if step.id in earlier:
            faults.append(f"Two steps have the id {step.id!r}.")
        faults += await step_faults(step, scene, toolbox, earlier)
        earlier.add(step.id)
    return faults[:MOST_FAULTS]


async def step_faults(step: Step, scene: Scene, toolbox: Toolbox, earlier: set[str]) -> list[str]:
    """What is wrong with one step."""
    if step.tool not in scene.tools:
        return [f"Step {step.id!r} calls the tool {step.tool[:64]!r}, which there is not."]
    missing = [each for each in step.from_steps.values() if each not in earlier]
    if missing:
        return [f"Step {step.id!r} needs the cell of the step {missing[0]!r}, which does not come before it."]
    try:
        await toolbox.registry.ready(step.tool)
        toolbox.registry.get(step.tool, scene.notebook.path).check(_filled(step))
    except LuminaError as error:
        return [f"Step {step.id!r}: {error.message}"]
    except Exception as error:  # noqa: BLE001  # a tool that others made says what it likes of what a model wrote
        return [f"Step {step.id!r} has arguments that cannot be read: {type(error).__name__}."]
    return []


def _filled(step: Step) -> Mapping[str, Any]:
    """The arguments with something in place of what is known later."""
    later = dict.fromkeys(step.from_steps, _PLACEHOLDER)
    if step.writes:
        later[place_of_text(step)] = _PLACEHOLDER
    return {**step.arguments, **later}


def renamed(plan: Plan, taken: set[str]) -> Plan:
    """The plan with ids that no earlier step has, so that each step of a run is called otherwise."""
    names: dict[str, str] = {}
    for step in plan.steps:
        name, number = step.id, 2
        while name in taken:
            name, number = f"{step.id}-{number}", number + 1
        names[step.id] = name
    if all(old == new for old, new in names.items()):
        return plan

    def other(step: Step) -> Step:
        sources = {key: names.get(each, each) for key, each in step.from_steps.items()}
        return replace(step, id=names[step.id], from_steps=sources)

    phases = tuple(Phase(title=each.title, steps=tuple(other(step) for step in each.steps)) for each in plan.phases)
    return replace(plan, phases=phases)
