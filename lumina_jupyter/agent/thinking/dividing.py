"""From a task to parts for colleagues: what the plan of a coordinator is."""

from __future__ import annotations

from typing import Any

from ...gateway import JsonSchema, Message
from ..plan import Phase, Plan, Step
from ..task import Task
from ..team.colleagues import DELEGATE
from .asking import Asker
from .instructions import system
from .scene_text import Sight

MOST_PARTS = 6
MOST_TOKENS = 1_200
_TASK_LENGTH = 2_000


async def divide(asker: Asker, task: Task, sight: Sight) -> Plan:
    """One step that gives parts of the task to colleagues; the answer is made of their reports.

    Raises:
        AnswerUnusable: when the model cannot divide it.
        LuminaError: when the model cannot be reached.
    """
    colleagues = dict(sight.scene.colleagues)

    def read(found: dict[str, Any]) -> Plan:
        parts = [_part(each, colleagues) for each in found.get("parts") or ()]
        if not 1 <= len(parts) <= MOST_PARTS:
            raise ValueError(f"There have to be 1 to {MOST_PARTS} parts.")
        names = ", ".join(dict.fromkeys(part["persona"] for part in parts))
        step = Step(id="s1", title=f"Give the work to {names}", tool=DELEGATE, arguments={"parts": parts})
        return Plan(phases=(Phase(title="Colleagues", steps=(step,)),), answers=True)

    listed = "\n".join(f"- {name}: {description}" for name, description in colleagues.items())
    prompt = (
        f"{sight.text()}\n\nColleagues:\n{listed}\n\nTask: {task.words.strip()}\n\nDivide the task into as few parts as "
        'make sense, each for the colleague who fits it best: {"parts": [{"persona": a name, "task": what to do and what '
        "to report, in words that make sense alone}]}. All parts are worked on at the same time."
    )
    schema = JsonSchema(_schema(colleagues), name="division", strict=False)
    messages = [Message.of("system", system(asker.thinking.persona, "plan")), Message.of("user", prompt)]
    return await asker.data(messages, schema=schema, read=read, most=MOST_TOKENS)


def _part(found: object, colleagues: dict[str, str]) -> dict[str, str]:
    persona, task = (found.get("persona"), found.get("task")) if isinstance(found, dict) else (None, None)
    if persona not in colleagues:
        raise ValueError(f"There is no colleague {str(persona)[:40]!r}; there are {', '.join(colleagues)}.")
    if not isinstance(task, str) or not task.strip():
        raise ValueError(f"The part for {persona} has no task.")
    return {"persona": str(persona), "task": task.strip()[:_TASK_LENGTH]}


def _schema(colleagues: dict[str, str]) -> dict[str, Any]:
    part = {
        "type": "object",
        "properties": {
            "persona": {"type": "string", "enum": list(colleagues)},
            "task": {"type": "string", "maxLength": _TASK_LENGTH},
        },
        "required": ["persona", "task"],
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": {"parts": {"type": "array", "items": part, "minItems": 1, "maxItems": MOST_PARTS}},
        "required": ["parts"],
        "additionalProperties": False,
    }
