"""Looking back: what is wrong with the work, first by what can be seen without a model, then by a strong one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ...context.envelope import contained
from ...gateway import JsonSchema, Message
from ..gears import Gear
from ..plan import Phase, Plan, Step
from ..recipes import recipe_plan
from ..recipes.steps import READS_BACK, RUNS, edit
from ..report import Report
from ..scene import Done, Scene
from ..task import Task
from .asking import Asker
from .grounding import unfounded
from .instructions import system
from .scene_text import Sight, result_of

MOST_FAULTS = 5
MOST_TOKENS = 500
_FAULT_LENGTH = 300


def plain_faults(task: Task, report: Report, scene: Scene) -> tuple[str, ...]:
    """What is wrong for all to see: steps that failed, no answer, numbers in the answer that nothing put out."""
    faults: list[str] = []
    if scene.done and scene.done[-1].failed:
        faults.append(f"The last step, “{scene.done[-1].title}”, failed.")
    if task.action in {"answer", "explain", "find"} and not report.answer.strip():
        faults.append("There is no answer.")
    results = [result_of(each) for each in scene.done if not each.failed and each.result]
    if task.action == "answer" and results:
        wrong = unfounded(report.answer, [*results, task.words])
        if wrong:
            faults.append(f"The answer says {', '.join(wrong[:3])}, which stands in no output.")
    return tuple(faults)


async def critique(asker: Asker, task: Task, report: Report, sight: Sight) -> tuple[str, ...]:
    """What is wrong with the work; of a small model nothing is asked, because it finds faults in anything.

    Raises:
        AnswerUnusable: when the model says nothing of use.
        LuminaError: when it cannot be reached.
    """
    plain = plain_faults(task, report, sight.scene)
    if asker.ability.small or plain:
        return plain
    prompt = (
        f"{sight.text()}\n\nThis was asked: {task.words.strip()}\n"
        + (f"What must hold: {'; '.join(task.constraints)}\n" if task.constraints else "")
        + f"\nThe steps and what came of them stand above. The report:\n<lumina:report>\n{contained(report.summary)}\n"
        f"{contained(report.answer)}\n</lumina:report>\n\nWhat is wrong with the work, so that it does not do what was asked? "
        "Name only faults that you can point at, a sentence each, the worst first; none when it does what was asked. "
        "Taste is no fault."
    )

    def read(found: dict[str, Any]) -> tuple[str, ...]:
        faults = found.get("faults")
        if not isinstance(faults, list):
            raise ValueError("`faults` is a list of sentences.")
        return tuple(each.strip()[:_FAULT_LENGTH] for each in faults if isinstance(each, str) and each.strip())[
            :MOST_FAULTS
        ]

    messages = [Message.of("system", system(asker.thinking.persona, "critique")), Message.of("user", prompt)]
    return await asker.data(messages, schema=_SCHEMA, read=read, most=MOST_TOKENS)


def mending_plan(task: Task, faults: Iterable[str], scene: Scene, gear: Gear) -> Plan:
    """A recipe that mends: the cell that was written last is written again, with the faults in view."""
    written = next((each for each in reversed(scene.done) if each.written and scene.notebook.cell(each.cell)), None)
    if written is None or "edit_cell" not in scene.tools:
        return recipe_plan(task, scene, gear)
    step = _rewriting(written, " ".join(faults), scene)
    return Plan(phases=(Phase(title="Mend", steps=(step,)),), answers=task.action in {"answer", "explain", "find"})


def _rewriting(written: Done, faults: str, scene: Scene) -> Step:
    cell = scene.notebook.cell(written.cell)
    code = cell is None or cell.kind == "code"
    writes = f"The whole {'code' if code else 'text'} of the cell again, without this fault: {faults[:1_000]}"
    return edit(written.cell, writes, title="Write the cell again", check=RUNS if code else READS_BACK)


_SCHEMA = JsonSchema(
    {
        "type": "object",
        "properties": {"faults": {"type": "array", "items": {"type": "string"}}},
        "required": ["faults"],
        "additionalProperties": False,
    },
    name="critique",
)
