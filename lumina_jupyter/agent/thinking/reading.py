"""From words to a task: what they say plainly, and for the rest a model, bound to a schema."""

from __future__ import annotations

from typing import Any, cast

from ...gateway import JsonSchema, Message
from ..scene import Scene
from ..task import ACTIONS, Action, TargetKind, Task
from ..words import Clues, clues_of
from .asking import Asker
from .instructions import system
from .scene_text import Sight

LONGEST_WORDS = 20_000
MOST_TOKENS = 300
_MEANS: dict[Action, str] = {
    "answer": "a question about data or results, to be computed",
    "explain": "what code does",
    "fix": "code that fails or is wrong",
    "write": "new code",
    "change": "a change of code or text that is there",
    "refactor": "the same code, better",
    "plot": "a picture of data",
    "clean": "data to be cleaned or converted",
    "test": "tests of code",
    "document": "docstrings, comments, Markdown",
    "run": "cells to be run as they are",
    "find": "where something is in the notebook or the files",
}
_KINDS: tuple[TargetKind, ...] = ("notebook", "cell", "variable", "file", "none")


async def read(asker: Asker, words: str, sight: Sight) -> Task:
    """What the words ask for; a model's word on how hard it is can only make it harder.

    Raises:
        AnswerUnusable: when a strong model gives no task.
        LuminaError: when the model cannot be reached.
    """
    words = words[:LONGEST_WORDS]
    clues = clues_of(words, sight.scene)
    if asker.ability.small:
        action = clues.actions[0] if clues.certain or len(clues.actions) == 1 else await _chosen(asker, words, clues)
        found = clues if action == clues.actions[0] else clues.of_action(words, action, sight.scene)
        return _task(words, action, found)
    return await _read_by_model(asker, words, sight, clues)


def _task(words: str, action: Action, clues: Clues) -> Task:
    return Task(
        words=words,
        action=action,
        target_kind=clues.target.kind,
        target=clues.target.name,
        constraints=clues.constraints,
        complexity=clues.complexity,
    )


async def _chosen(asker: Asker, words: str, clues: Clues) -> Action:
    """One of the actions that the words may mean."""
    options = list(clues.actions)
    schema = JsonSchema(
        {
            "type": "object",
            "properties": {"action": {"type": "string", "enum": options}},
            "required": ["action"],
            "additionalProperties": False,
        },
        name="action",
    )
    listed = "\n".join(f"- {option}: {_MEANS[option]}" for option in options)
    prompt = f"Request: {words.strip()[:2_000]}\n\nWhat does it ask for?\n{listed}"

    def chosen(found: dict[str, Any]) -> Action:
        if found.get("action") not in options:
            raise ValueError(f"`action` is one of {', '.join(options)}.")
        return cast(Action, found["action"])

    messages = [Message.of("system", system("", "read")), Message.of("user", prompt)]
    return await asker.data(messages, schema=schema, read=chosen, most=24)


async def _read_by_model(asker: Asker, words: str, sight: Sight, clues: Clues) -> Task:
    listed = "\n".join(f"- {action}: {means}" for action, means in _MEANS.items())
    prompt = (
        f"{sight.text()}\n\nRequest: {words.strip()}\n\nRead what it asks for. Actions:\n{listed}\n\n"
        "`target` is a cell's id, a variable's name or a file's path, as `target_kind` says. `constraints` are what must "
        "hold, in the request's own words. `expects` is what will be there in the end. `complexity` is from 0 (one obvious "
        "step) to 1 (many steps that depend on each other)."
    )
    messages = [Message.of("system", system(asker.thinking.persona, "read")), Message.of("user", prompt)]

    def read_task(found: dict[str, Any]) -> Task:
        return _checked(found, words, sight.scene, clues)

    return await asker.data(messages, schema=_SCHEMA, read=read_task, most=MOST_TOKENS)


def _checked(found: dict[str, Any], words: str, scene: Scene, clues: Clues) -> Task:
    """The task that a model told, where it fits the scene; a target that is not there gives way to what the words say.

    Raises:
        ValueError: when it is no task.
    """
    action = found.get("action")
    if action not in ACTIONS:
        raise ValueError(f"`action` is one of {', '.join(ACTIONS)}.")
    kind, target = found.get("target_kind"), found.get("target")
    there = isinstance(target, str) and _is_there(kind, target, scene)
    said = found.get("complexity")
    complexity = float(said) if isinstance(said, int | float) and not isinstance(said, bool) and 0 <= said <= 1 else 0.0
    constraints = found.get("constraints")
    told = constraints if isinstance(constraints, list) else []
    expects = found.get("expects")
    return Task(
        words=words,
        action=cast(Action, action),
        target_kind=cast(TargetKind, kind) if there else clues.target.kind,
        target=str(target) if there else clues.target.name,
        constraints=tuple(str(each)[:300] for each in told if isinstance(each, str) and each.strip())[:8]
        or clues.constraints,
        expects=expects[:500] if isinstance(expects, str) else "",
        complexity=max(complexity, clues.complexity),
    )


def _is_there(kind: object, target: str, scene: Scene) -> bool:
    match kind:
        case "cell":
            return scene.notebook.cell(target) is not None
        case "variable":
            names = {each.name for each in scene.variables}
            return target in names or any(target == column.name for each in scene.variables for column in each.columns)
        case "file":
            return target in scene.files
        case "notebook" | "none":
            return True
    return False


_SCHEMA = JsonSchema(
    {
        "type": "object",
        "properties": {
            "action": {"type": "string", "enum": list(ACTIONS)},
            "target_kind": {"type": "string", "enum": list(_KINDS)},
            "target": {"type": "string"},
            "constraints": {"type": "array", "items": {"type": "string"}},
            "expects": {"type": "string"},
            "complexity": {"type": "number"},
        },
        "required": ["action", "target_kind", "target", "constraints", "expects", "complexity"],
        "additionalProperties": False,
    },
    name="task",
)
