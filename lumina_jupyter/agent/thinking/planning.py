"""From a task to a plan: a strong model's own, checked and once corrected; else the recipe's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ...errors import AnswerUnusable
from ...gateway import JsonSchema, Message
from ...tools import Tool
from ..gears import Gear
from ..plan import Plan, Step
from ..recipes import recipe_plan
from ..recipes.steps import HAS_OUTPUT, look_at_files
from ..scene import Scene
from ..task import Task
from ..team.colleagues import DELEGATE
from .asking import Asker
from .instructions import system
from .plan_checks import ToolOf, faults_of, step_faults
from .plan_reading import plan_of, step_of
from .scene_text import Sight

MOST_TOKENS = 4_000
_DESCRIPTION = 220
_SIZES = {
    "small": "Small steps: each does one thing and is checked by itself.",
    "normal": "Steps of an ordinary size: what belongs together is one cell.",
    "large": "As few steps as possible.",
}


async def make_plan(asker: Asker, task: Task, sight: Sight, tool: ToolOf, *, faults: Sequence[str] = ()) -> Plan:
    """Steps that do the task, or that mend the faults of what was done for it.

    Raises:
        LuminaError: when the model cannot be reached.
    """
    scene, gear = sight.scene, asker.thinking.gear

    def read(found: dict[str, Any]) -> Plan:
        plan = plan_of(found)
        wrong = faults_of(plan, scene, gear, tool)
        if wrong:
            raise ValueError(" ".join(wrong))
        return plan

    messages = [
        Message.of("system", system(asker.thinking.persona, "plan")),
        Message.of("user", _prompt(task, sight, gear, _listed(scene, tool), faults)),
    ]
    try:
        return await asker.data(messages, schema=_plan_schema(scene.tools), read=read, most=MOST_TOKENS)
    except AnswerUnusable as error:
        usual = recipe_plan(task, scene, gear)
        note = f"{error.message} These are the usual steps instead. {usual.note}".strip()
        return replace(usual, note=note)


async def another_step(asker: Asker, task: Task, plan: Plan, step: Step, sight: Sight, tool: ToolOf) -> Step | None:
    """Another way to what a step was for; None when the model knows none.

    Raises:
        LuminaError: when the model cannot be reached.
    """
    scene = sight.scene
    earlier = {each.id for each in plan.steps[: _place(plan, step)]}

    def read(found: dict[str, Any]) -> Step | None:
        if found.get("step") is None:
            return None
        other = replace(step_of(found["step"]), id=step.id)
        wrong = step_faults(other, scene, tool, earlier)
        if (other.tool, other.arguments, other.writes) == (step.tool, step.arguments, step.writes):
            wrong.append("It is the step that failed.")
        if wrong:
            raise ValueError(" ".join(wrong))
        return other

    prompt = (
        f"{sight.text()}\n\nTools:\n{_listed(scene, tool)}\n\nTask: {task.words.strip()}\n\nThis step of the plan has failed "
        f"for good: {step.title} ({step.tool}). {step.writes}\n\nGive one other step that comes to the same, or null when "
        f"there is none.\n{_RULES}"
    )
    messages = [Message.of("system", system(asker.thinking.persona, "plan")), Message.of("user", prompt)]
    schema = JsonSchema(
        {
            "type": "object",
            "properties": {"step": {"anyOf": [_step_schema(scene.tools), {"type": "null"}]}},
            "required": ["step"],
        },
        name="step",
        strict=False,
    )
    try:
        return await asker.data(messages, schema=schema, read=read, most=1_000)
    except AnswerUnusable:
        return None


SIMPLER = " Do it in the simplest way, in few lines, with what is imported already."


def simpler_step(step: Step, scene: Scene) -> Step | None:
    """The same step for a small model, told to go about it more simply; None when that has been tried.

    A look at a file is for orientation alone: where it fails, the names of the files do.
    """
    if step.tool == "read_file" and "list_files" in scene.tools:
        return look_at_files(step.id)
    if step.tool == "run_cell" and step.check.kind == "contains":
        # What is printed in another form can be said in words.
        return replace(step, check=HAS_OUTPUT)
    if not step.writes or step.writes.endswith(SIMPLER):
        return None
    return replace(step, writes=step.writes + SIMPLER)


def _place(plan: Plan, step: Step) -> int:
    return next((at for at, each in enumerate(plan.steps) if each.id == step.id), len(plan.steps))


_RULES = (
    "A step: `id`; `title` for people; `tool` and its `arguments`. Code and prose never stand in `arguments`: `writes` says "
    "in a sentence what is to be written, `writes_to` into which argument (`content` for cells), and it is written when "
    "the step is due. `from_steps` names for an argument the earlier step that makes the cell meant by it, as "
    '{"cell_id": "s1"}; other cells are named by the ids that they have. `check`: `runs` (the cell runs without an error), '
    "`assert` (the Python expression in `text` is true in the kernel), `contains` (what came back contains `text`), "
    "`has_output` (the cell shows something; `text` may be a media type, as image/png), `reads_back`, `same` (for code that is rewritten "
    "and does the same: the cell, and the cells whose ids are in `text`, show and bind what they did before), `none`."
)


_COLLEAGUES = (
    f"The work is yours. Only what one of these colleagues is for, and you are not, goes to them by `{DELEGATE}`, with "
    '{"parts": [{"persona": a name, "task": what to do, in words that make sense alone}]}; most tasks need none of them:\n'
)


def _prompt(task: Task, sight: Sight, gear: Gear, tools: str, faults: Sequence[str]) -> str:
    parts = [sight.text(), f"Tools:\n{tools}", _RULES]
    if sight.scene.colleagues and DELEGATE in sight.scene.tools:
        parts.append(_COLLEAGUES + "\n".join(f"- {name}: {about}" for name, about in sight.scene.colleagues))
    parts.append(
        f"{_SIZES[gear.step_size]} At most {gear.steps} steps. Where a cell's edit is checked by `runs`, it need not be run "
        "by a step of its own. `answers` is true when the user wants an answer in words at the end. Change nothing that "
        "was not asked for."
    )
    parts.append(f"Task ({task.action}): {task.words.strip()}")
    if task.constraints:
        parts.append(f"What must hold: {'; '.join(task.constraints)}")
    if task.expects:
        parts.append(f"What will be there in the end: {task.expects}")
    if faults:
        listed = "\n".join(f"- {fault}" for fault in faults)
        parts.append(f"It was done, as shown above, and this is wrong with it:\n{listed}\nPlan only what mends that.")
    return "\n\n".join(parts)


def _listed(scene: Scene, tool: ToolOf) -> str:
    lines = []
    for name in scene.tools:
        found = tool(name, scene.notebook.path)
        lines.append(f"- {name}({_parameters(found)}): {' '.join(found.description.split())[:_DESCRIPTION]}")
    return "\n".join(lines)


def _parameters(tool: Tool) -> str:
    required = set(tool.parameters.get("required", ()))
    properties: Mapping[str, Any] = tool.parameters.get("properties", {})
    return ", ".join(
        f"{name}{'' if name in required else '?'}: {_kind(schema)}"
        for name, schema in properties.items()
        if isinstance(schema, Mapping)
    )


def _kind(schema: Mapping[str, Any]) -> str:
    if "enum" in schema:
        return "|".join(str(each) for each in schema["enum"])[:80]
    return str(schema.get("type", "any"))


def _step_schema(tools: Sequence[str]) -> dict[str, Any]:
    text = {"type": "string"}
    return {
        "type": "object",
        "properties": {
            "id": text,
            "title": text,
            "tool": {"type": "string", "enum": list(tools)},
            "arguments": {"type": "object"},
            "writes": text,
            "writes_to": text,
            "from_steps": {"type": "object", "additionalProperties": text},
            "expects": text,
            "check": {
                "type": "object",
                "properties": {
                    "kind": {
                        "type": "string",
                        "enum": ["none", "runs", "assert", "contains", "has_output", "reads_back", "same"],
                    },
                    "text": text,
                },
                "required": ["kind"],
            },
        },
        "required": ["id", "title", "tool", "arguments"],
    }


def _plan_schema(tools: Sequence[str]) -> JsonSchema:
    # Not strict: the arguments are the tool's own, and providers that are strict allow no open objects.
    phase = {
        "type": "object",
        "properties": {"title": {"type": "string"}, "steps": {"type": "array", "items": _step_schema(tools)}},
        "required": ["title", "steps"],
    }
    return JsonSchema(
        {
            "type": "object",
            "properties": {
                "phases": {"type": "array", "items": phase},
                "answers": {"type": "boolean"},
                "note": {"type": "string"},
            },
            "required": ["phases", "answers"],
        },
        name="plan",
        strict=False,
    )
