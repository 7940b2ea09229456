"""The text of a step: code that runs, or Markdown."""

from __future__ import annotations

import re
from dataclasses import replace

from ...context.advice import advice
from ...context.code_names import code_names
from ...context.envelope import contained
from ...context.failure import Failure, failure_of
from ...context.item import cut_middle
from ...errors import AnswerUnusable
from ...gateway import Message
from ..plan import Step
from ..scene import Done, Scene
from ..task import Task
from .asking import Asker, Said
from .instructions import system
from .repair import certain_fix, repaired, syntax_fault
from .reply_text import code_in, markdown_in
from .scene_text import Sight

MOST_TOKENS = 700
"""Of a text that a small model writes."""
_SHOWN_CODE = 6_000
_SHOWN_FAULT = 1_500
_COLUMNS = 30
_KEY = re.compile(r"KeyError: ['\"]?(.{1,200}?)['\"]?$")
_ANOTHER_DRAW = 0.5
"""Temperature where the likeliest text has failed before."""


async def write(asker: Asker, task: Task, step: Step, sight: Sight, *, fault: str = "") -> str:
    """What the step asks for.

    Raises:
        AnswerUnusable: when nothing of use was written, also when told why.
        LuminaError: when the model cannot be reached.
    """
    place = _Place.of(task, step, sight.scene)
    mended = _certain(task, place, sight.scene) if asker.ability.small and not fault else ""
    if mended:
        return mended
    sight = replace(sight, focus=place.cell)
    messages = [
        Message.of("system", system(asker.thinking.persona, place.form)),
        Message.of("user", _prompt(task, step, sight, place, fault)),
    ]
    tried = _tried(step, sight.scene) if fault else set()
    temperature = _ANOTHER_DRAW if asker.ability.small and len(tried) > 1 else None
    # What this step wrote before is not there to be used.
    others = _without_own(step, sight.scene) if fault else sight.scene
    asked = messages
    text = wrong = ""
    for _ in range(2):
        said = await asker.text(asked, most=MOST_TOKENS, temperature=temperature)
        text, wrong = _usable(said, task, place, others)
        if not wrong and not fault and place.before and text.strip() == place.before.strip():
            wrong = "That is the cell as it stands, with nothing changed in it."
        if not wrong and text.strip() not in tried:
            return text
        wrong = wrong or "That is the same as before, which failed; write it in another way."
        temperature = _ANOTHER_DRAW if asker.ability.small else None
        shown = Message.of("assistant", said.text[:_SHOWN_CODE] or "(nothing)")
        asked = [*messages, shown, Message.of("user", f"{wrong} Write all of it again.")]
    raise AnswerUnusable(f"The model wrote nothing that could be used for “{step.title}”: {wrong}")


def _certain(task: Task, place: _Place, scene: Scene) -> str:
    """The cell mended without a model, where its error says how: a column in another case, an import that is missing."""
    if task.action != "fix" or place.failure is None or place.form != "code" or place.language != "python":
        return ""
    return certain_fix(place.before, place.failure, scene)


def _tried(step: Step, scene: Scene) -> set[str]:
    """What was written before for the step's cell, and what stands there now."""
    last = _last(step, scene)
    if last is None:
        return set()
    cell = scene.notebook.cell(last.cell)
    written = {
        each.written.strip() for each in scene.done if each.written and (each.step == step.id or each.cell == last.cell)
    }
    return written | ({cell.source.strip()} if cell is not None else set())


def _last(step: Step, scene: Scene) -> Done | None:
    return next((each for each in reversed(scene.done) if each.step == step.id and (each.written or each.cell)), None)


def _without_own(step: Step, scene: Scene) -> Scene:
    """The scene without the cell that the step has made."""
    last = _last(step, scene)
    if last is None or not last.cell:
        return scene
    cells = tuple(cell for cell in scene.notebook.cells if cell.id != last.cell)
    return replace(scene, notebook=replace(scene.notebook, cells=cells))


class _Place:
    """What is written, and where it goes."""

    def __init__(self, form: str, language: str, cell: str, before: str, failure: Failure | None) -> None:
        self.form = form
        self.language = language
        self.cell = cell
        self.before = before
        self.failure = failure

    @classmethod
    def of(cls, task: Task, step: Step, scene: Scene) -> _Place:
        cell_id = str(step.arguments.get("cell_id") or "")
        cell = scene.notebook.cell(cell_id)
        if step.tool == "edit_cell" and cell is not None:
            form = "code" if cell.kind == "code" else "markdown"
            failure = failure_of(cell.source, cell.outputs)
            return cls(form, scene.notebook.language, cell_id, cell.source, failure)
        path = str(step.arguments.get("path") or step.arguments.get("file_path") or "")
        if step.tool in {"add_cell", "insert_cell"}:
            form = "code" if step.arguments.get("cell_type", "code") == "code" else "markdown"
        else:
            form = (
                "markdown"
                if path.endswith((".md", ".txt", ".rst"))
                else "code"
                if step.writes_to in {"code", "content"}
                else "text"
            )
        focus = task.target if task.target_kind == "cell" else ""
        return cls(form, scene.notebook.language, focus, "", None)


def _prompt(task: Task, step: Step, sight: Sight, place: _Place, fault: str) -> str:
    # What a small model reads last it copies, so that what to do stands at the end, and the code that it is done to before it.
    parts = [sight.text(done=not fault)]
    fence = place.language if place.form == "code" else "markdown"
    if place.before:
        parts.append(f"The cell:\n```{fence}\n{cut_middle(place.before, _SHOWN_CODE)}\n```")
    elif place.cell and (cell := sight.scene.notebook.cell(place.cell)) is not None and cell.source.strip():
        parts.append(
            f"The cell that this is about, which has run:\n```{fence}\n{cut_middle(cell.source, _SHOWN_CODE)}\n```"
        )
    if place.failure is not None and not fault:
        parts.append(_failure(place.failure, sight.scene))
    parts.append(f"Task: {task.words.strip()}")
    if task.constraints:
        parts.append(f"Mind: {'; '.join(task.constraints)}")
    if fault:
        parts.append(_fault(step, sight.scene, fault, fence))
    parts.append(f"Write: {step.writes}")
    return "\n\n".join(part for part in parts if part.strip())


def _failure(failure: Failure, scene: Scene) -> str:
    """An error, and what usually mends it."""
    told = f"It fails with {failure.sentence}. {_hint(failure, scene)}".strip()
    return f"{told}\n{contained(failure.trace)}" if failure.trace else told


def _hint(failure: Failure, scene: Scene) -> str:
    """What the scene says of an error; else what usually mends it."""
    key = _KEY.match(failure.error)
    tables = [each for each in scene.variables if each.columns and each.name in failure.line]
    if key is not None and tables:
        columns = ", ".join(repr(column.name) for column in tables[0].columns[:_COLUMNS])
        return f"`{tables[0].name}` has no column {key[1]!r}. Its columns are {columns}."
    return advice(failure.error)


def _fault(step: Step, scene: Scene, fault: str, fence: str) -> str:
    """What was written before, and what came of it."""
    last = _last(step, scene)
    cell = scene.notebook.cell(last.cell) if last is not None and last.cell else None
    # The cell as it stands is what failed; a later step may have written it since.
    written = cell.source if cell is not None else last.written if last is not None else ""
    shown = f"You wrote:\n```{fence}\n{cut_middle(written, _SHOWN_CODE)}\n```\n" if written.strip() else ""
    failure = failure_of(cell.source, cell.outputs) if cell is not None else None
    told = (
        _failure(failure, scene)
        if failure is not None
        else f"It did not do: {contained(cut_middle(fault, _SHOWN_FAULT))}"
    )
    return f"{shown}{told}"


def _usable(said: Said, task: Task, place: _Place, scene: Scene) -> tuple[str, str]:
    """The text to be used, and what is wrong with it."""
    if place.form != "code":
        text = markdown_in(said.text)
        return text, "" if text else "There is nothing in it."
    code = code_in(said.text, place.language)
    if not code.strip():
        return code, "There is no code in it."
    if place.language != "python":
        return code, ""
    wrong = syntax_fault(code)
    if wrong:
        return code, f"{wrong}." if not said.cut else "It is too long: it was cut off. Write shorter code."
    shows = task.action == "answer"
    given = _given(task, place, scene)
    return repaired(code, scene, words=task.words, shows=shows, before=place.before, given=given), ""


def _given(task: Task, place: _Place, scene: Scene) -> frozenset[str]:
    """The functions and classes that tests are of."""
    cell = scene.notebook.cell(place.cell)
    if task.action != "test" or cell is None or place.before:
        return frozenset()
    return frozenset(name for name, _ in code_names(cell.source).late)
