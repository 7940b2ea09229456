"""Whether a plan can be done: the scene's tools alone, arguments that fit their schemas, cells that are there, limits."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable

from ...context import NotebookView
from ...errors import LuminaError
from ...syntax import parse
from ...tools import Tool
from ..gears import Gear
from ..plan import Plan, Step
from ..scene import Scene

ToolOf = Callable[[str, str], Tool]
"""The tool of a name as it is seen from a notebook; raises UnknownTool."""

SAME_STEP = 2
"""How often the very same call may stand in a plan."""
LONGEST_ARGUMENTS = 40_000
"""Characters of a step's arguments as JSON."""
_TOLD = 6
"""Faults that a model is told at once."""
_CELL_CHECKS = {"runs", "has_output", "reads_back", "same"}
_NAMED_CELLS = ("cell_id",)


def faults_of(plan: Plan, scene: Scene, gear: Gear, tool: ToolOf) -> list[str]:
    """What is wrong with a plan, a sentence each; nothing when it can be done."""
    faults: list[str] = []
    steps = plan.steps
    if not steps and not plan.answers:
        faults.append("It does nothing: it has no steps, and `answers` is false.")
    if len(steps) > gear.steps:
        faults.append(f"It has {len(steps)} steps; at most {gear.steps} are allowed.")
    for name, count in Counter(step.id for step in steps).items():
        if count > 1:
            faults.append(f"{count} steps have the id {name!r}; each needs its own.")
    for same, count in Counter(map(_same, steps)).items():
        if count > SAME_STEP:
            faults.append(f"It does the same thing {count} times: {same[:120]}.")
    earlier: set[str] = set()
    for step in steps:
        faults += step_faults(step, scene, tool, earlier)
        earlier.add(step.id)
    return faults[:_TOLD]


def step_faults(step: Step, scene: Scene, tool: ToolOf, earlier: set[str]) -> list[str]:
    """What is wrong with one step, after those of the ids given."""
    name = f"Step {step.id!r}"
    if step.tool not in scene.tools:
        return [f"{name}: there is no tool {step.tool[:80]!r} here; there are: {', '.join(scene.tools)[:600]}."]
    try:
        found = tool(step.tool, scene.notebook.path)
    except LuminaError as error:
        return [f"{name}: {error.message}"]
    properties = found.parameters.get("properties", {})
    faults = [
        f"{name}: `from_steps` names {each!r}, which is no earlier step."
        for each in step.from_steps.values()
        if each not in earlier
    ]
    if step.writes and (step.writes_to or "content") not in properties:
        faults.append(f"{name}: {step.tool} has no argument {step.writes_to or 'content'!r} to write to.")
    faults += [f"{name}: {step.tool} has no argument {each!r}." for each in step.from_steps if each not in properties]
    return faults or [*_argument_faults(step, found), *_cell_faults(step, scene.notebook), *_check_faults(step)]


def _argument_faults(step: Step, tool: Tool) -> list[str]:
    try:
        length = len(json.dumps(dict(step.arguments)))
    except (TypeError, ValueError, RecursionError):
        return [f"Step {step.id!r}: its arguments are no JSON."]
    if length > LONGEST_ARGUMENTS:
        return [f"Step {step.id!r}: its arguments are too long; say in `writes` what to write."]
    # What is known only later is text: a cell's id, or what the model is going to write.
    later = dict.fromkeys(step.from_steps, "later")
    if step.writes:
        later[step.writes_to or "content"] = "later"
    try:
        tool.check({**step.arguments, **later})
    except LuminaError as error:
        return [f"Step {step.id!r}: {error.message}"]
    return []


def _cell_faults(step: Step, notebook: NotebookView) -> list[str]:
    if step.arguments.get("file_path") not in (None, "", notebook.path):
        return []
    faults = []
    for name in _NAMED_CELLS:
        cell = step.arguments.get(name)
        if isinstance(cell, str) and cell and name not in step.from_steps and notebook.cell(cell) is None:
            faults.append(
                f"Step {step.id!r}: there is no cell {cell[:60]!r}; use an id of the notebook's, or `from_steps` for a cell "
                "that an earlier step makes."
            )
    return faults


def _check_faults(step: Step) -> list[str]:
    check = step.check
    if check.kind == "assert":
        try:
            parse(check.text.strip(), filename="<check>", mode="eval")
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return [f"Step {step.id!r}: the text of an `assert` check is one Python expression."]
    if check.kind == "contains" and not check.text:
        return [f"Step {step.id!r}: a `contains` check needs a text."]
    if check.kind in _CELL_CHECKS and "cell" not in step.tool:
        return [f"Step {step.id!r}: a `{check.kind}` check is for steps with a cell."]
    return []


def _same(step: Step) -> str:
    arguments = json.dumps(dict(step.arguments), sort_keys=True, default=str)[:LONGEST_ARGUMENTS]
    return f"{step.tool} {arguments} {dict(step.from_steps)} {step.writes}"
